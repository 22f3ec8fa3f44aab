"""Ghost’s members.csv. https://docs.ghost.org/members/"""

from collections.abc import Iterator
from datetime import UTC

from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry
from broadsheet.importers.records import Reader, Wish
from broadsheet.importers.tables import headings_of, lines_of

SIGNS = {"email", "subscribed_to_emails"}


def is_members(entry: Entry) -> bool:
    return {heading.strip().lower() for heading in headings_of(entry)} >= SIGNS


def members_in(entry: Entry, newsletters: tuple[str, ...]) -> Iterator[Reader]:
    for line in lines_of(entry):
        if line.get("deleted_at"):
            continue
        gets = line.says_yes("subscribed_to_emails")
        since = moment_in(line.get("created_at"), UTC)
        is_complimentary = line.says_yes("complimentary_plan")
        customer = line.get("stripe_customer_id")
        yield Reader(
            address=line.get("email"),
            line=line.number,
            name=line.get("name"),
            newsletters=newsletters,
            wish=Wish.SUBSCRIBED if gets else Wish.NONE,
            since=since,
            proof="",
            labels=tuple(label.strip() for label in line.get("labels").split(",") if label.strip()),
            note=line.get("note"),
            is_complimentary=is_complimentary,
            is_paying=bool(customer and line.get("tiers") and not is_complimentary),
            customer=customer,
            plan=line.get("tiers"),
        )

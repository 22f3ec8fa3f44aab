"""Lists of readers, as newsletters’ systems export them, and any other table with addresses."""

from collections.abc import Iterator
from datetime import tzinfo
from ipaddress import ip_address

from django.utils.translation import gettext as _

from broadsheet.editorial.models import Publication
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry, Files
from broadsheet.importers.ghost.members import is_members, members_in
from broadsheet.importers.records import NotReadable, Reader, Record, Wish, Wishes
from broadsheet.importers.tables import Line, headings_of, lines_of

ADDRESS = ("email", "email address", "email_address", "e-mail", "subscriber email", "e-mail address", "mail")
FIRST, LAST = ("first name", "first_name", "firstname"), ("last name", "last_name", "lastname")
NAME = ("name", "full name", "full_name", "subscriber name")
SINCE = (
    "confirm_time", "optin_time", "subscription date", "subscribed_at", "created_at", "creation_date",
    "signup date", "date created", "start date", "subscription date (substack)", "created at", "date_added",
    "last_changed", "since",
)  # fmt: skip
LEFT_AT = ("unsub_time", "unsubscribed_at", "unsubscription_date", "cancelled_at")
NETWORK = ("confirm_ip", "optin_ip", "ip_address", "ip")
LABELS = ("tags", "labels", "tag")
NOTE = ("notes", "note")
CUSTOMER = ("stripe_customer_id", "stripe_connected_customer_id", "stripe customer id")
CONFIRMED = ("confirm_time", "optin_time")
UNTIL = ("expiry", "expires_at")
PLAN = ("tier", "plan", "type", "subscription_type")
STATE = ("status", "state", "subscriber_type", "subscription_status", "email_state")
WISHES = {
    Wish.SUBSCRIBED: "active subscribed confirmed enabled regular premium gifted true",
    Wish.UNSUBSCRIBED: "inactive unsubscribed unsubscribing cancelled canceled removed disabled false "
    "blocklisted complained spammy",
    Wish.CLEANED: "cleaned bounced undeliverable invalid",
    Wish.PENDING: "pending unactivated unconfirmed validating",
}
"""In which words systems say that somebody gets a list, or does not."""
WISH_OF = {word: wish for wish, words in WISHES.items() for word in words.split()}
PAYING = {"premium", "paid", "annual", "monthly", "yearly", "paid_subscriber", "founding"}
GIVEN = {"comp", "complimentary", "gift", "gifted"}


def is_list(entry: Entry) -> bool:
    return bool(set(ADDRESS) & {heading.strip().lower() for heading in headings_of(entry)})


class ListSource:
    """Tables of readers, one or more."""

    hosts: frozenset[str] = frozenset()

    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.files, self.wishes = files, wishes
        tables = files.ending(".csv", ".tsv", ".txt")
        chosen = wishes.columns.get("address", "")
        self.tables = [entry for entry in tables if is_list(entry) or chosen in headings_of(entry)]
        if not self.tables:
            there = ", ".join(heading for entry in tables for heading in headings_of(entry)[:12])
            raise NotReadable(
                _("There is no column of e-mail addresses in these files. Say which of these it is: %s.")
                % there
                if there
                else _(
                    "There is no column of e-mail addresses in these files. "
                    "Bring a CSV file whose first line names the columns."
                )
            )
        self.origin = f"readers:{files.given[0]}"[:200]

    def records(self) -> Iterator[Record]:
        for entry in self.tables:
            if is_members(entry):
                yield from members_in(entry, ())
            else:
                yield from readers_in(entry, self.wishes)


class Reading:
    """How one table is read: of all headings that a cell may have, those that are there."""

    def __init__(self, entry: Entry, wishes: Wishes, zone: tzinfo) -> None:
        self.entry, self.zone = entry, zone
        there = {heading.strip().lower() for heading in headings_of(entry)}

        def among(known: tuple[str, ...], what: str = "") -> tuple[str, ...]:
            chosen = wishes.columns.get(what, "").strip().lower()
            return tuple(heading for heading in ([chosen] if chosen else known) if heading in there)

        self.address, self.since = among(ADDRESS, "address"), among(SINCE, "since")
        self.network, self.labels = among(NETWORK, "network_address"), among(LABELS, "labels")
        self.name, self.first, self.last = among(NAME, "name"), among(FIRST), among(LAST)
        self.note, self.state = among(NOTE, "note"), among(STATE, "wish")
        self.left_at, self.customer, self.plan = among(LEFT_AT), among(CUSTOMER), among(PLAN)
        self.confirmed, self.until = among(CONFIRMED), among(UNTIL)
        file = entry.name.rpartition("/")[2].lower()
        self.is_of_cleaned, self.is_of_those_who_left = "cleaned" in file, "unsubscribed" in file

    def reader(self, line: Line) -> Reader:
        wish = self.wish_of(line)
        plan = line.get(*self.plan)
        is_given = plan.lower() in GIVEN
        paid = plan.lower() in PAYING or line.says_yes("active_subscription")
        network = _network(line.get(*self.network))
        name = line.get(*self.name) or f"{line.get(*self.first)} {line.get(*self.last)}"
        labels = line.get(*self.labels).replace('"', "").replace(";", ",")
        confirmed = line.get(*self.confirmed)
        return Reader(
            address=line.get(*self.address),
            line=line.number,
            name=" ".join(name.split()),
            wish=wish,
            since=moment_in(line.get(*self.since), self.zone),
            left_at=moment_in(line.get(*self.left_at), self.zone),
            proof=_("%(file)s: confirmed %(moment)s from %(network)s.")
            % {"file": self.entry.name, "moment": confirmed, "network": network}
            if confirmed and network
            else "",
            network_address=network,
            labels=tuple(label.strip() for label in labels.split(",") if label.strip()) if labels else (),
            note=line.get(*self.note),
            is_complimentary=(is_given or line.says_yes("complimentary")) and wish != Wish.CLEANED,
            is_paying=paid and not is_given,
            until=moment_in(line.get(*self.until), self.zone),
            customer=line.get(*self.customer),
            plan=plan,
        )

    def wish_of(self, line: Line) -> Wish:
        if self.is_of_cleaned or line.get("clean_time"):
            return Wish.CLEANED
        if self.is_of_those_who_left or line.get("unsub_time"):
            return Wish.UNSUBSCRIBED
        if line.says_yes("email_disabled", "unsubscribed"):
            return Wish.UNSUBSCRIBED
        state = line.get(*self.state).lower()
        # Of Mailchimp’s and most others’ lists of subscribers no column says it: the list itself does.
        return WISH_OF.get(state, Wish.SUBSCRIBED if not state else Wish.NONE)


def readers_in(entry: Entry, wishes: Wishes) -> Iterator[Reader]:
    reading = Reading(entry, wishes, Publication.load().zone)
    return (reading.reader(line) for line in lines_of(entry))


def _network(written: str) -> str:
    if not written:
        return ""
    try:
        return str(ip_address(written.strip()))
    except ValueError:
        return ""

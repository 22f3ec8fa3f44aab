"""Subscriptions and memberships of WooCommerce, as its exporters write them."""

import re
from collections.abc import Iterator
from datetime import UTC

from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry
from broadsheet.importers.records import Reader
from broadsheet.importers.tables import Line, headings_of, lines_of

CUSTOMER = re.compile(r"\bcus_\w+")
RUNNING = {
    "active",
    "wc-active",
    "pending-cancel",
    "wc-pending-cancel",
    "free_trial",
    "complimentary",
    "pending",
}


def is_of_woocommerce(entry: Entry) -> bool:
    headings = {heading.strip().lower() for heading in headings_of(entry)}
    return bool({"subscription_status", "membership_status"} & headings)


def readers_in(entry: Entry) -> Iterator[Reader]:
    for line in lines_of(entry):
        if line.get("subscription_status", "membership_status").lower() in RUNNING:
            yield _reader(line)


def _reader(line: Line) -> Reader:
    names = (
        line.get("billing_first_name", "member_first_name"),
        line.get("billing_last_name", "member_last_name"),
    )
    customer = CUSTOMER.search(" ".join(line.cells.values()))
    pays = bool(line.get("subscription_status") or line.get("subscription_id"))
    return Reader(
        address=line.get("billing_email", "customer_email", "member_email", "user_email"),
        line=line.number,
        name=" ".join(filter(None, names)),
        since=moment_in(line.get("start_date", "member_since"), UTC),
        is_paying=pays,
        is_complimentary=not pays,
        until=moment_in(line.get("next_payment_date", "end_date", "membership_expiration"), UTC),
        customer=customer[0] if customer else "",
        plan=line.get("order_items", "membership_plan", "membership_plan_slug"),
    )

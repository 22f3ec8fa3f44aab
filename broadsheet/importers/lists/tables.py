"""Lists of readers, as newsletters’ systems export them, and any other table with addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Reading:
    """How one table is read."""

    entry: Entry
    wishes: Wishes
    zone: tzinfo

    def _said(self, line: Line, what: str, *known: str) -> str:
        chosen = self.wishes.columns.get(what, "")
        return line.get(chosen.strip().lower()) if chosen else line.get(*known)

    def reader(self, line: Line) -> Reader:
        wish = self.wish_of(line)
        since = moment_in(self._said(line, "since", *SINCE), self.zone)
        plan = line.get(*PLAN)
        customer = line.get(*CUSTOMER)
        paid = plan.lower() in PAYING or line.says_yes("active_subscription")
        network = _network(self._said(line, "network_address", *NETWORK))
        name = self._said(line, "name", *NAME) or " ".join(filter(None, (line.get(*FIRST), line.get(*LAST))))
        labels = self._said(line, "labels", *LABELS).replace('"', "").replace(";", ",")
        confirmed = line.get("confirm_time", "optin_time")
        return Reader(
            address=self._said(line, "address", *ADDRESS),
            line=line.number,
            name=" ".join(name.split()),
            wish=wish,
            since=since,
            left_at=moment_in(line.get(*LEFT_AT), self.zone),
            proof=_("%(file)s: confirmed %(moment)s from %(network)s.")
            % {"file": self.entry.name, "moment": confirmed, "network": network}
            if confirmed and network
            else "",
            network_address=network,
            labels=tuple(label.strip() for label in labels.split(",") if label.strip()),
            note=self._said(line, "note", *NOTE),
            is_complimentary=(plan.lower() in GIVEN or line.says_yes("complimentary"))
            and wish != Wish.CLEANED,
            is_paying=paid and plan.lower() not in GIVEN,
            until=moment_in(line.get("expiry", "expires_at"), self.zone),
            customer=customer,
            plan=plan,
        )

    def wish_of(self, line: Line) -> Wish:
        name = self.entry.name.rpartition("/")[2].lower()
        if line.get("clean_time") or "cleaned" in name:
            return Wish.CLEANED
        if line.get("unsub_time") or "unsubscribed" in name:
            return Wish.UNSUBSCRIBED
        if line.says_yes("email_disabled", "unsubscribed"):
            return Wish.UNSUBSCRIBED
        state = self._said(line, "wish", *STATE).lower()
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

"""A readership as a large magazine has it, in a PostgreSQL that holds the demo's: made by COPY, in minutes.

1,000,000 readers; 200,000 of them subscribe or did, in every state, for up to three years, with the rows that
such a life leaves: entitlements, transitions, pauses, cancellations, mandates, invoices and their payments.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg

from broadsheet.platform.processes.progress import step

SEED = 20260302
READERS = 1_000_000
SUBSCRIPTIONS = 200_000
CHUNK = 5_000
DAY = timedelta(days=1)
STATES = {"active": 58, "cancelled": 5, "paused": 3, "past_due": 2, "trialing": 2, "ended": 30}
"""In how many of a hundred; one that is cancelled is active until its term ends."""
# fmt: off
FIRST = (
    "Ada", "Amara", "Anton", "Aoife", "Bela", "Bruno", "Carla", "Chidi", "Dana", "Dilan", "Edith",
    "Emre", "Farid", "Fiona", "Greta", "Hana", "Hugo", "Ilse", "Imre", "Ines", "Jonas", "Jun", "Kofi",
    "Leila", "Lotte", "Luca", "Mara", "Mateo", "Mina", "Nadia", "Noor", "Olu", "Otis", "Petra", "Priya",
    "Quinn", "Rafael", "Rosa", "Samir", "Sven", "Tariq", "Thea", "Uma", "Vera", "Wren", "Yara", "Yusuf",
    "Zoe",
)
LAST = (
    "Achebe", "Adeyemi", "Andersson", "Bauer", "Becker", "Bianchi", "Brandt", "Castillo", "Cheng",
    "Costa", "Dubois", "Eriksen", "Farouk", "Fischer", "Garcia", "Haddad", "Hansen", "Hofer", "Ivanova",
    "Jansen", "Kaya", "Keller", "Kim", "Kowalski", "Larsen", "Lindqvist", "Lopez", "Marr", "McLeish",
    "Meyer", "Moreau", "Murphy", "Nagy", "Novak", "Nwosu", "Okafor", "Olsen", "Patel", "Quist", "Rossi",
    "Schmidt", "Silva", "Tanaka", "Thompson", "Ueda", "Vargas", "Weber", "Yilmaz", "Zhang", "Zimmermann",
)
# fmt: on

COLUMNS = {
    "people_person": "id password last_login is_superuser first_name last_name is_staff is_active date_joined"
    " email",
    "membership_subscription": "id person_id price_id amount currency is_donation offer_terms_left provider"
    " state grace_days began_at anchored_at term_starts_at term_ends_at term_amount is_in_offer extra carried"
    " past_due_since lapses_at ended_at time_zone",
    "membership_entitlement": "id person_id subscription_id starts_at ends_at reason",
    "membership_transition": "id subscription_id what at from_state to_state who why",
    "membership_pause": "id subscription_id starts_at until ended_at unused",
    "membership_cancellation": "id subscription_id at who reason undone_at",
    "billing_mandate": "id subscription_id method last_digits expires_on reference buyer_name buyer_company"
    " buyer_address buyer_vat_number",
    "billing_invoice": "id number kind state edition is_donation seller_name seller_address seller_vat_number"
    " seller_email seller_note buyer_name buyer_company buyer_address"
    " buyer_vat_number buyer_email currency net tax total prices_include_tax tax_name tax_rate issued_at"
    " due_at person_id subscription_id time_zone",
    "billing_line": "id invoice_id description amount starts_at ends_at time_zone",
    "billing_payment": "id invoice_id state amount currency provider method reference fault at refunded",
}


@dataclass
class Table:
    """Rows of one table that wait to be copied."""

    name: str
    last: int
    """The highest primary key so far."""
    lines: list[str] = field(default_factory=list)

    def add(self, *values: object) -> int:
        self.last += 1
        written = ("\\N" if value is None else str(value) for value in (self.last, *values))
        self.lines.append("\t".join(written))
        return self.last

    def copy(self, connection: psycopg.Connection) -> None:
        if not self.lines:
            return
        columns = ", ".join(COLUMNS[self.name].split())
        with connection.cursor().copy(f"COPY {self.name} ({columns}) FROM STDIN") as copy:
            copy.write("\n".join(self.lines) + "\n")
        self.lines.clear()


@dataclass(frozen=True, slots=True)
class Price:
    pk: int
    edition: str
    currency: str
    amount: int
    length: timedelta

    @property
    def zone(self) -> str:
        return "America/New_York" if self.currency == "USD" else "Europe/London"


class Readership:
    def __init__(self, connection: psycopg.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.chance = Random(SEED)  # noqa: S311 (nothing secret)
        self.tables = {name: Table(name, self._last(name)) for name in COLUMNS}
        self.prices = [Price(*row[:4], row[4] * DAY) for row in self._sold()]
        self.counts: dict[str, int] = defaultdict(int)

    def _last(self, table: str) -> int:
        row = self.connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()  # noqa: S608
        return int(row[0]) if row else 0

    def _sold(self) -> list[tuple[int, str, str, int, int]]:
        sold = """SELECT price.id, edition, currency, amount, CASE term WHEN 'year' THEN 365 ELSE 30 END
            FROM membership_price price JOIN membership_plan plan ON plan.id = plan_id
            WHERE plan.kind = 'reading' AND retired_at IS NULL AND term IN ('year', 'month')
            ORDER BY price.id"""
        return self.connection.execute(sold).fetchall()

    def make(self) -> Iterator[int]:
        """Yields how many readers there are after each chunk."""
        every = READERS // SUBSCRIPTIONS
        for first in range(0, READERS, CHUNK):
            for number in range(first, first + CHUNK):
                self._introduce(number, subscribes=number % every == 0)
            for table in self.tables.values():
                self.counts[table.name] += len(table.lines)
                table.copy(self.connection)
            yield first + CHUNK

    def _introduce(self, number: int, *, subscribes: bool) -> None:
        first, last = self.chance.choice(FIRST), self.chance.choice(LAST)
        email = f"{first}.{last}.{number}@mail{number % 97}.example".lower()
        joined = self.now - self.chance.uniform(0, 1200) * DAY
        seen = joined + (self.now - joined) * self.chance.random() if number % 3 else None
        person = self.tables["people_person"].add("!", seen, False, first, last, False, True, joined, email)
        if subscribes:
            self._subscribe(person, f"{first} {last}", email)

    def _subscribe(self, person: int, name: str, email: str) -> None:
        chance, now = self.chance, self.now
        # Three of four pay by the year.
        yearly = chance.random() < 0.75
        price = chance.choice([price for price in self.prices if (price.length > 100 * DAY) == yearly])
        kind = chance.choices(list(STATES), list(STATES.values()))[0]
        age = chance.uniform(1, 13) if kind == "trialing" else chance.uniform(1, 1000 if yearly else 330)
        began = now - age * DAY
        length = 14 * DAY if kind == "trialing" else price.length
        terms = int((now - began) / length) + 1
        start = began + (terms - 1) * length
        end = start + length
        ended = None
        if kind == "ended":
            ended = min(start, now) if terms > 1 else began + (now - began) / 2
            terms = max(terms - 1, 1)
            start = began + (terms - 1) * length
            end = start + length
        state = "active" if kind == "cancelled" else kind
        fell_due = start + (now - start) * 0.1 if kind == "past_due" else None
        lapses = fell_due + 400 * DAY if fell_due else None
        is_card = self.chance.random() < 0.8
        provider = "till" if is_card else "transfer"
        subscription = self.tables["membership_subscription"].add(
            person, price.pk, price.amount, price.currency, False, 0, provider, state, 14, began, began,
            start, end, 0 if kind == "trialing" else price.amount, False, "0 days", "0 days", fell_due,
            lapses, ended, price.zone,
        )  # fmt: skip
        self._write_down(subscription, kind, began, start, length, terms, ended)
        paused_at = start + (now - start) / 2
        until = ended or (paused_at if kind == "paused" else end + 14 * DAY)
        self.tables["membership_entitlement"].add(person, subscription, began, until, "")
        if kind == "paused":
            until = now + chance.uniform(2, 80) * DAY
            self.tables["membership_pause"].add(
                subscription, paused_at, until, None, f"{(end - paused_at).days} days"
            )
        if kind == "cancelled":
            self.tables["membership_cancellation"].add(subscription, paused_at, "reader", "price", None)
        self._bill(person, subscription, price, name, email, began, length, terms, kind, is_card)

    def _write_down(
        self,
        subscription: int,
        kind: str,
        began: datetime,
        start: datetime,
        length: timedelta,
        terms: int,
        ended: datetime | None,
    ) -> None:
        add = self.tables["membership_transition"].add
        first = "trialing" if kind == "trialing" else "active"
        add(subscription, "begun", began, "", first, "reader", "")
        for term in range(1, terms):
            add(subscription, "renewed", began + term * length, "active", "active", "clock", "")
        middle = start + (self.now - start) / 2
        match kind:
            case "paused":
                add(subscription, "paused", middle, "active", "paused", "reader", "")
            case "cancelled":
                add(subscription, "cancelled", middle, "active", "active", "reader", "")
            case "past_due":
                add(subscription, "fell_due", middle, "active", "past_due", "provider", "")
            case "ended":
                add(subscription, "ended", ended, "active", "ended", "clock", "")

    def _bill(
        self,
        person: int,
        subscription: int,
        price: Price,
        name: str,
        email: str,
        began: datetime,
        length: timedelta,
        terms: int,
        kind: str,
        is_card: bool,
    ) -> None:
        provider = "till" if is_card else "transfer"
        method = "card" if is_card else "transfer"
        card = ("4242", "2040-01-31", "accept") if is_card else ("", None, "")
        self.tables["billing_mandate"].add(subscription, method, *card, name, "", "", "")
        if kind == "trialing":
            return
        for term in range(terms):
            at = began + term * length
            is_open = kind == "past_due" and term == terms - 1
            number = f"{at.year}-{self.tables['billing_invoice'].last:07}"
            invoice = self.tables["billing_invoice"].add(
                number, "invoice", "open" if is_open else "paid", price.edition, False,
                "The Meridian Press", "14 Quayside", "", "", "", name, "", "", "", email,
                price.currency, price.amount, 0, price.amount, True, "", 0, at, at + 14 * DAY, person,
                subscription, "Europe/London",
            )  # fmt: skip
            self.tables["billing_line"].add(
                invoice, f"Subscription {subscription}", price.amount, at, at + length, price.zone
            )
            self.tables["billing_payment"].add(
                invoice, "failed" if is_open else "succeeded", price.amount, price.currency, provider, method,
                f"{self.chance.getrandbits(64):016x}", "The bank declined the charge." if is_open else "",
                at + timedelta(minutes=5), 0,
            )  # fmt: skip


def make(database: str) -> dict[str, int]:
    """Fills `database`, an address, and says how many rows of what it made."""
    begun = time.monotonic()
    with psycopg.connect(database, autocommit=True) as connection:
        # What is made here points where it should: to ask of each row would take longer than to make it.
        connection.execute("SET session_replication_role = replica")
        readership = Readership(connection, datetime.now(UTC))  # noqa: TID251 (no part of the product)
        with step("Making", READERS, "readers", to=sys.stderr) as advance:
            before = 0
            for done in readership.make():
                advance(done - before)
                before = done
        with step("Statistics", len(COLUMNS), "tables", to=sys.stderr) as advance:
            for name, table in readership.tables.items():
                sequence = f"pg_get_serial_sequence('{name}', 'id')"
                connection.execute(f"SELECT setval({sequence}, {table.last})")
                connection.execute(f"VACUUM (ANALYZE) {name}")
                advance(1)
    readership.counts["seconds"] = round(time.monotonic() - begun)
    return dict(readership.counts)

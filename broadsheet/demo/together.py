"""Those who read together, and on paper: a school with seats, and the subscribers of a mailing house."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import translation

from broadsheet.billing.models import Buyer, Invoice, Mandate, Means, Payment
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.demo.people import PASSWORD
from broadsheet.membership.fulfilment import applying
from broadsheet.membership.fulfilment.label import link_by_label
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    Actor,
    FulfilmentHouse,
    Group,
    GroupDomain,
    HouseFile,
    Institution,
    Plan,
    Price,
    PrintDelivery,
    PrinterList,
    PrinterListLine,
    PrintSubscriber,
    Subscription,
)
from broadsheet.membership.models.printed.delivery import printed_subscriptions
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of

OWNER = ("owner@meridian.example", "Olga", "Frey")
ON_PAPER = ("paper@meridian.example", "Nora", "Lind")
SCHOOL = "Kestrel School"
PUPILS = ("Ines Alvarez", "Tomas Reiter", "Grace Obi", "Marek Novak", "Lea Simon")
INVITED = ("amir.khan@kestrel.example", "judith.wolf@kestrel.example")
SEATS = 12
PATRONS = ("Sigrid Vance", "Oren Halloway", "Bettina Marsh", "Cormac Dunne", "Yusuf Aksoy", "Delphine Roy")
"""Subscribers with the paper, who said where to."""
LABEL = ("Q-1007", "04101")
"""The number and the ZIP code that the tour has somebody link."""
STREETS = ("Alder Street", "Bridge Road", "Chapel Lane", "Dock Street", "Elm Court", "Ferry Road")


def read_together(now: datetime, staff: Person) -> None:
    _begin_school(now, staff)
    _deliver(now, staff)
    _take_file(staff)
    # Their letters went out at the time.
    Notice.objects.due(now).update(sent_at=F("due_at"))


def _begin_school(now: datetime, staff: Person) -> None:
    plan = Plan.objects.create(
        kind=Plan.Kind.GROUP,
        name="Together",
        summary="The whole magazine for a school, a firm or a team.",
        order=4,
    )
    for tag, currency in (("en-us", "USD"), ("en-gb", "GBP")):
        Price.objects.create(plan=plan, edition=tag, amount=2400, currency=currency, term=Term.YEAR)
    price = Price.objects.get(plan=plan, edition="en-us")
    with clock.moved_to(now - timedelta(days=60)):
        owner = _introduce(*OWNER)
        by = Actor.reader(owner)
        group = Group.objects.begin(owner, SCHOOL, price, SEATS, by, provider="transfer")
        buyer = Buyer("Olga Frey", SCHOOL, "3 Hill Road\nPortland, ME 04101", "", owner.email, "PO-2291")
        Mandate.objects.give(group.subscription, "transfer", Means(Payment.Method.TRANSFER), buyer)
        with translation.override(price.edition):
            invoice = Invoice.objects.issue_term(group.subscription, buyer)
    with clock.moved_to(now - timedelta(days=51)):
        if invoice:
            record_transfer(invoice, invoice.money, "KESTREL-1", Actor.staff(staff, "On the statement"))
    with clock.moved_to(now - timedelta(days=45)):
        GroupDomain.objects.create(group=group, domain="kestrel.example")
        for name in PUPILS:
            first, _, last = name.partition(" ")
            email = f"{first}.{last}@kestrel.example".lower()
            group.accept(group.invite(email, name=name), _introduce(email, first, last))
    with clock.moved_to(now - timedelta(days=2)):
        for email in INVITED:
            group.invite(email)
    group.hold(Institution.objects.create(name=f"{SCHOOL}, reading room", starts_at=now - timedelta(days=40)))


def _subscribe_to_paper(now: datetime, staff: Person) -> None:
    """By invoice, a month after one another."""
    price = Price.objects.get(plan__name="Supporter", edition="en-us", term=Term.YEAR, retired_at=None)
    for number, name in enumerate(PATRONS):
        first, _, last = name.partition(" ")
        with clock.moved_to(now - timedelta(days=30 * (len(PATRONS) - number) - 5)):
            person = _introduce(f"{first}.{last}@reader.example".lower(), first, last)
            by = Actor.reader(person)
            row = Subscription.objects.begin(person, price, by, provider="transfer")
            buyer = Buyer(name, "", f"{number + 2} Bridge Road\nPortland, ME 04101", "", person.email, "")
            Mandate.objects.give(row, "transfer", Means(Payment.Method.TRANSFER), buyer)
            with translation.override(price.edition):
                invoice = Invoice.objects.issue_term(row, buyer)
            if invoice:
                said = Actor.staff(staff, "On the statement")
                record_transfer(invoice, invoice.money, f"{last.upper()}-{number}", said)


def _deliver(now: datetime, staff: Person) -> None:
    """Supporters get the paper; all but the newest of them have said where to.

    The list of the last quarter's issue was given to the printer, and since then somebody has moved.
    """
    supporter = Plan.objects.get(name="Supporter")
    supporter.includes_print = True
    supporter.promises += "\nThe paper, four times a year"
    supporter.save()
    _subscribe_to_paper(now, staff)
    rows = list(printed_subscriptions("en-us").select_related("person").order_by("began_at", "pk"))
    deliveries = [
        PrintDelivery.go_to(
            row,
            {
                "recipient": row.person.get_full_name(),
                "street": f"{12 + 7 * n} {STREETS[n % len(STREETS)]}",
                "city": "Portland",
                "region": "ME",
                "postcode": f"041{n % 9 + 1:02}",
                "country": "US",
            },
        )
        for n, row in enumerate(rows[:-1])
    ]
    closing = day_of(now, deliveries[0].zone) + timedelta(days=1)
    with clock.moved_to(now - timedelta(days=91)):
        PrinterList.objects.issue("en-us", closing - timedelta(days=91), staff)
        # Who subscribed later was not on it.
        later = [row.subscription.number for row in deliveries if row.subscription.began_at > clock.now()]
        PrinterListLine.objects.filter(number__in=later).delete()
    PrintDelivery.go_to(deliveries[1].subscription, deliveries[1].address | {"street": "9 Alder Street"})
    hold = deliveries[0]
    hold.hold(hold.today + timedelta(days=1), hold.today + timedelta(days=15))
    PrinterList.objects.issue("en-us", closing, staff)


def _take_file(staff: Person) -> None:
    reader = _introduce(*ON_PAPER)
    house = FulfilmentHouse.objects.create(name="Quayside Mailing", edition="en-us", delimiter=";")
    lines = ["Subscriber no.;ZIP;E-mail;Name;Paid until"]
    lines += [f"Q-{1000 + n};041{n % 9 + 1:02};;Reader {n};" for n in range(1, 25) if n not in {7, 9, 10}]
    lines += [f"{LABEL[0]};{LABEL[1]};;Ada Brandt;"]
    lines += [f"Q-{n};04103;{reader.email};Nora Lind;" for n in (1009, 1010)]
    lines += ["Q-1030;;;A line without a ZIP code;"]
    file = HouseFile.objects.take(house, "quayside.csv", "\r\n".join(lines).encode("cp1252"), staff)
    applying.check(file)
    applying.begin(file, ends=None)
    applying.apply(file)
    # Somebody has moved, and a person must look.
    mover = Person.objects.get(email=f"{PUPILS[0].replace(' ', '.').lower()}@kestrel.example")
    link_by_label(mover, PrintSubscriber.objects.get(number="Q-1003").number, "04999")


def _introduce(email: str, first: str, last: str) -> Person:
    return Person.objects.create_user(email, PASSWORD, first_name=first, last_name=last)

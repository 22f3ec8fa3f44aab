"""Whom the magazine's visitors can sign in as, and the library whose people read by its contract."""

from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.utils.text import slugify

from broadsheet.editorial.models import Author
from broadsheet.membership.models import Institution, InstitutionDomain, InstitutionNetwork
from broadsheet.people.models import Person

PASSWORD = "press-card-in-hatband"  # noqa: S105 (the demo prints it; nothing else has it)
STAFF = (
    ("editor@meridian.example", "Carla", "Nwosu", "Editor"),
    ("reporter@meridian.example", "Dev", "Patel", "Reporter"),
    ("audience@meridian.example", "Edith", "Moreau", "Audience editor"),
    ("subscriptions@meridian.example", "Farid", "Haddad", "Subscriptions manager"),
    ("operator@meridian.example", "Greta", "Olsen", "Operator"),
)
WRITERS = {"Editor", "Reporter"}
"""Those whose new articles begin with their own byline."""
READER = ("reader@meridian.example", "Ada", "Brandt")
SUBSCRIBER = ("subscriber@meridian.example", "Bruno", "Keller")


def make_people() -> None:
    for email, first, last, role in STAFF:
        person = Person.objects.create_user(
            email, PASSWORD, first_name=first, last_name=last, is_superuser=role == "Operator"
        )
        group, _ = Group.objects.get_or_create(name=role)
        person.groups.add(group)
        if role in WRITERS:
            Author.objects.create(
                name=f"{first} {last}", slug=slugify(f"{first} {last}"), role=role, person=person
            )
    for email, first, last in (READER, SUBSCRIBER):
        Person.objects.create_user(email, PASSWORD, first_name=first, last_name=last)


def make_library(now: datetime) -> None:
    # Networks that are set aside for documents: nobody comes from there.
    Institution(
        name="Halden University Library",
        starts_at=now - timedelta(days=200),
        note="The contract is renewed in January. Call the periodicals desk.",
        networks=[InstitutionNetwork(cidr=cidr) for cidr in ("192.0.2.0/24", "2001:db8:4a1d::/48")],
        domains=[InstitutionDomain(domain="halden.example")],
    ).save()

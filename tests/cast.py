"""The people in the tests. Ask for one by name and they exist: `def test_…(ada): …`.

Ada and Bruno read. Carla, Dev, Edith, Farid and Greta work here, one in each role. Mallory never gets in.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from broadsheet.membership.models import Entitlement, Institution, InstitutionDomain, InstitutionNetwork
from broadsheet.people.models import Person
from broadsheet.platform import clock

PASSWORD = "press-card-in-hatband"
STRANGER = "mallory@stranger.example"
"""Has no account, and whoever asks must not learn that."""


def introduce(name: str, email: str, **fields: object) -> Person:
    """A person with a password."""
    first, _, last = name.partition(" ")
    return Person.objects.create_user(email, PASSWORD, first_name=first, last_name=last, **fields)


def employ(name: str, email: str, role: str, **fields: object) -> Person:
    person = introduce(name, email, **fields)
    person.groups.add(Group.objects.get(name=role))
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def ada(db: None) -> Person:
    """A registered reader."""
    return introduce("Ada Brandt", "ada@reader.example")


@pytest.fixture
def bruno(db: None, farid: Person) -> Person:
    """A subscriber, by a complimentary subscription that Farid gave."""
    person = introduce("Bruno Keller", "bruno@reader.example")
    now = clock.now()
    Entitlement.objects.create(
        person=person,
        starts_at=now - timedelta(days=30),
        ends_at=now + timedelta(days=335),
        reason="Won the Christmas quiz",
        given_by=farid,
    )
    return person


@pytest.fixture
def carla(db: None) -> Person:
    return employ("Carla Nwosu", "carla@magazine.example", "Editor")


@pytest.fixture
def dev(db: None) -> Person:
    return employ("Dev Patel", "dev@magazine.example", "Reporter")


@pytest.fixture
def edith(db: None) -> Person:
    return employ("Edith Moreau", "edith@magazine.example", "Audience editor")


@pytest.fixture
def farid(db: None) -> Person:
    return employ("Farid Haddad", "farid@magazine.example", "Subscriptions manager")


@pytest.fixture
def greta(db: None) -> Person:
    return employ("Greta Olsen", "greta@magazine.example", "Operator", is_superuser=True)


@pytest.fixture
def halden(db: None) -> Institution:
    """A university's library: 192.0.2.0/24, 2001:db8:4a1d::/48, and mailboxes at halden.example."""
    library = Institution(
        name="Halden University Library",
        starts_at=clock.now() - timedelta(days=30),
        networks=[InstitutionNetwork(cidr=cidr) for cidr in ("192.0.2.0/24", "2001:db8:4a1d::/48")],
        domains=[InstitutionDomain(domain="halden.example")],
    )
    library.save()
    return library

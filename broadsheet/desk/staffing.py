"""Letting people in, for whoever has the host's terminal and for the first run."""

from django.contrib.auth.models import Group
from django.db import transaction

from broadsheet.desk.roles import Role
from broadsheet.people.models import Person


class NotLetIn(Exception):
    """Why somebody gets no role, in a sentence."""


@transaction.atomic
def let_in(address: str, role: Role, name: str = "") -> tuple[Person, bool]:
    """Gives whoever has `address`, a reachable one, a role; their account is made if there is none.

    Also whether it was made. Raises NotLetIn.
    """
    try:
        group = Group.objects.get(name=role.name)
    except Group.DoesNotExist as error:
        raise NotLetIn("The roles are missing: run `broadsheet prepare` first.") from error
    person = Person.objects.filter(email=address).first()
    is_new = person is None
    person = person or Person.objects.create_user(address)
    if not person.is_active:
        raise NotLetIn(f"The account {address} is switched off. Switch it on in the desk first.")
    if name.strip():
        person.first_name, _, person.last_name = name.strip().partition(" ")
    person.is_superuser = person.is_superuser or role.is_superuser
    person.save()
    person.groups.add(group)
    return person, is_new

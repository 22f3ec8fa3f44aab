from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.delivery.addresses import NotAnAddress, NotForOurServer, reachable
from broadsheet.desk.roles import ROLES, Role
from broadsheet.desk.staffing import NotLetIn, let_in
from broadsheet.people.models import Person


class Command(BaseCommand):
    help = "Lets people into the newsroom: `staff add EMAIL --role editor`, `staff list`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="give someone a role; their account is made if there is none")
        add.add_argument("email")
        add.add_argument("--role", required=True, choices=[role.option for role in ROLES])
        add.add_argument("--name", default="", help="as in a byline: “Carla Nwosu”")
        actions.add_parser("list", help="who works here")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list()
        else:
            role = next(role for role in ROLES if role.option == options["role"])
            self._add(options["email"], role, options["name"])

    def _add(self, email: str, role: Role, name: str) -> None:
        try:
            address = reachable(email)
        except NotForOurServer as error:
            raise CommandError(
                f"The mail server takes only plain letters before the @ of “{email}”."
            ) from error
        except NotAnAddress as error:
            raise CommandError(f"“{email}” is no e-mail address.") from error
        try:
            person, is_new = let_in(address, role, name)
        except NotLetIn as error:
            raise CommandError(str(error)) from error
        made = "Made an account for" if is_new else "Found the account of"
        self.stdout.write(
            f"{made} {person.email}; the role is {role.name}.\n"
            f"They sign in at {settings.PUBLIC_URL}/account/sign-in/ with a code that comes by e-mail, "
            f"and find the newsroom at {settings.PUBLIC_URL}/desk/."
        )

    def _list(self) -> None:
        names = [role.name for role in ROLES]
        people = Person.objects.filter(groups__name__in=names).distinct().prefetch_related("groups")
        for person in people.order_by("email"):
            roles = ", ".join(sorted(group.name for group in person.groups.all() if group.name in names))
            off = "" if person.is_active else "  (switched off)"
            self.stdout.write(f"{person.email:40} {person.get_full_name():28} {roles}{off}")
        if not people:
            self.stdout.write(
                "Nobody yet. `broadsheet staff add EMAIL --role operator` lets the first one in."
            )

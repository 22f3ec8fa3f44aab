import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from broadsheet.desk.first_run import link
from broadsheet.desk.first_run.form import SetUpForm
from broadsheet.desk.first_run.setting_up import AlreadySetUp, set_up
from broadsheet.desk.staffing import NotLetIn
from broadsheet.editorial.models import Edition, Publication
from broadsheet.people.models import Person

OPTIONS = {
    "name": ("--name", "the magazine’s"),
    "editions": ("--edition", "the tag of a further one of EDITIONS; repeat it for several"),
    "section": ("--section", "the first section"),
    "time_zone": ("--time-zone", "such as Europe/London"),
    "currency": ("--currency", "such as GBP"),
    "sender": ("--sender", "the address that newsletters come from"),
    "person_name": ("--your-name", "as in a byline"),
    "email": ("--email", "yours, with which you sign in"),
    "password": (
        "--password-file",
        "its first line is your password; without one you sign in by e-mailed code",
    ),
}
"""Field of the form → its option and what that is."""


class Command(BaseCommand):
    help = "Sets up a magazine that has nothing yet, by questions or by options. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for field, (option, about) in OPTIONS.items():
            more: dict[str, Any] = {"action": "append"} if field == "editions" else {}
            parser.add_argument(option, dest=field, metavar=option[2:].upper(), help=about, **more)
        parser.add_argument("--no-input", action="store_true", help="ask nothing")
        parser.add_argument(
            "--link", action="store_true", help="print the link for a browser, and ask nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not link.is_needed():
            self._say_where()
        elif options["link"]:
            if not link.is_open():
                raise CommandError("Somebody works here already, so that there is no link: leave out --link.")
            self.stdout.write(link.address())
        else:
            # What a form says against an answer, it says in the language of this command.
            with translation.override("en"):
                answers = self._answers(options)
            self._carry_out(answers)
            self._say_where()

    def _answers(self, options: dict[str, Any]) -> dict[str, Any]:
        """As the form has cleaned them; raises CommandError."""
        has_staff = Person.objects.staff().exists()
        empty = SetUpForm(has_staff=has_staff)
        asks = not options["no_input"] and sys.stdin.isatty()
        said: dict[str, Any] = {}
        for name in empty.fields:
            said[name] = _given(name, options)
            if said[name] is None and asks:
                self._ask(empty, name, said)
            elif said[name] is None:
                said[name] = empty.initial.get(name, "")
        form = SetUpForm(said, has_staff=has_staff)
        if "password" in form.fields and not said["password"] and not asks:
            form.fields["password"].required = False
        for name, errors in form.errors.items():
            raise CommandError(f"{OPTIONS[name][0]}: {errors[0]}")
        return form.cleaned_data

    def _ask(self, empty: SetUpForm, name: str, said: dict[str, Any]) -> None:
        """Until the answer serves."""
        field: Any = empty.fields[name]
        usual = empty.initial.get(name, "")
        while True:
            about = f" {field.help_text}" if field.help_text else ""
            self.stdout.write(f"\n{field.label}.{about}")
            if name == "editions":
                self.stdout.write(
                    f"Their tags, separated by spaces: {' '.join(tag for tag, _ in field.choices)}"
                )
            prompt = f"[{usual}] " if usual else "> "
            typed = getpass(prompt) if name == "password" else input(prompt).strip()
            said[name] = typed.split() if name == "editions" else typed or usual
            errors = SetUpForm(said, has_staff="email" not in empty.fields).errors.get(name)
            if not errors:
                return
            self.stdout.write(" ".join(map(str, errors)))

    def _carry_out(self, answers: dict[str, Any]) -> None:
        try:
            set_up(answers)
        except AlreadySetUp:
            return  # meanwhile, in a browser
        except NotLetIn as error:
            raise CommandError(str(error)) from error

    def _say_where(self) -> None:
        for edition in Edition.objects.select_related("locale").order_by("path"):
            self.stdout.write(f"{edition}: {settings.PUBLIC_URL}{edition.prefix}/")
        self.stdout.write(
            f"{Publication.load()} is set up. Sign in at {settings.PUBLIC_URL}/account/sign-in/; "
            f"the desk at {settings.PUBLIC_URL}/desk/ lists what comes next."
        )


def _given(name: str, options: dict[str, Any]) -> Any:
    if name != "password" or options[name] is None:
        return options[name]
    try:
        return Path(options[name]).read_text().partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--password-file: {options[name]} can’t be read: {error}") from error

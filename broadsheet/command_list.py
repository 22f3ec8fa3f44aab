"""What `broadsheet --help` says: our commands with a sentence each, the others by name."""

import shutil
import textwrap
from itertools import groupby

import django
from django.core.management import get_commands, load_command_class

ASKED = ({"--help"}, {"-h"}, {"help"}, {"--help", "--all"}, {"-h", "--all"}, {"help", "--all"})


def is_asked_for(arguments: list[str]) -> bool:
    return not arguments or (len(arguments) <= 2 and set(arguments) in ASKED)


def text(*, has_all: bool) -> str:
    django.setup()
    commands = get_commands()
    ours = sorted(name for name, app in commands.items() if str(app).startswith("broadsheet."))
    ours.insert(0, "check")  # Django's, with checks of ours
    lines = ["usage: broadsheet COMMAND [OPTIONS]", ""]
    for name in ours:
        lines += _entry(name, load_command_class(commands[name], name).help)
    lines += ["", "broadsheet COMMAND --help says what a command can do."]
    if has_all:
        others = sorted((str(app), name) for name, app in commands.items() if name not in ours)
        for app, names in groupby(others, key=lambda entry: entry[0]):
            lines += ["", f"{app}:", *(f"  {name}" for _app, name in names)]
    else:
        lines.append("broadsheet --help --all lists those of Django and Wagtail as well.")
    return "\n".join(lines) + "\n"


def _entry(name: str, sentence: str) -> list[str]:
    width = min(shutil.get_terminal_size().columns, 110)
    indent = " " * 26
    first = sentence.partition(". ")[0].rstrip(".") + "."
    return textwrap.wrap(first, width, initial_indent=f"  {name:24}", subsequent_indent=indent)

"""The `broadsheet` command: Django's management commands under the product's name."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")
    try:
        if sys.argv[1:2] == ["serve"]:
            serve(sys.argv[2:])
        else:
            manage(sys.argv[1:])
    except KeyboardInterrupt:
        stop("stopped by Ctrl+C", 128 + 2)


def serve(arguments: Sequence[str]) -> None:
    """The one command that loads no Django: it stays as long as the magazine does."""
    from broadsheet.platform.processes import serving

    try:
        serving.main(arguments)
    except serving.Refused as error:
        stop(str(error))
    except serving.Unusable:
        sys.exit(1)


def manage(arguments: Sequence[str]) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from broadsheet import command_list

    try:
        if command_list.is_asked_for(list(arguments)):
            sys.stdout.write(command_list.text(has_all="--all" in arguments))
            return
        execute_from_command_line(["broadsheet", *arguments])
    except ImproperlyConfigured as error:
        stop(str(error))
    except lost() as error:
        from django.db import ProgrammingError

        from broadsheet.platform.processes.readiness import is_unprepared, one_line, sentence

        is_our_fault = isinstance(error, ProgrammingError) and not is_unprepared(error)
        if is_our_fault or "--traceback" in arguments:
            raise
        is_of_redis = type(error).__module__.startswith("redis.")
        stop(f"REDIS_URL: {one_line(error)}" if is_of_redis else sentence(error))


def lost() -> tuple[type[Exception], ...]:
    """What it is called that the database or Redis is away, or not prepared."""
    from django.db import InterfaceError, OperationalError, ProgrammingError
    from redis import ConnectionError, TimeoutError  # only now: who loses nothing does not wait for it

    return InterfaceError, OperationalError, ProgrammingError, ConnectionError, TimeoutError


def stop(sentence: str, status: int = 1) -> NoReturn:
    sys.stderr.write(f"broadsheet: {sentence}\n")
    # A mail server returns a message whose command failed in any other way, and that to nobody.
    sys.exit(os.EX_TEMPFAIL if sys.argv[1:2] == ["take_in"] else status)


if __name__ == "__main__":
    main()

"""What `bin/catalogues` does."""

import argparse
import sys

from harness.catalogues import languages
from harness.catalogues.checking import faults
from harness.catalogues.extracting import extract
from harness.catalogues.writing import compile_all, update


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/catalogues", description=__doc__)
    parser.add_argument("task", choices=("update", "compile", "check"))
    parser.add_argument(
        "language", nargs="*", help="all that there are, unless you name some; update makes new ones"
    )
    asked = parser.parse_args()
    wanted = asked.language or languages()
    if asked.task == "compile":
        for path in compile_all():
            say(f"compiled {path}")
        return 0
    said = extract()
    if asked.task == "update":
        for language in wanted:
            catalog = update(language, said)
            missing = sum(not _is_translated(message.string) for message in catalog if message.id)
            say(f"{language}: {len(catalog)} messages, {missing} to translate")
        compile_all()
        return 0
    found = [fault for language in wanted for fault in faults(language, said)]
    say(*found)
    return int(bool(found))


def say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _is_translated(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


raise SystemExit(main())

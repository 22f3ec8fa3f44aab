"""What docs/ tell to type: each command is run by the walk in test_install.py, or marked as an example."""

import re
from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandParser

from tests.running.blocks import DOCUMENTS, blocks
from tests.running.test_install import DOCUMENTS as WALKED

INDENTED = re.compile(r"(?:\A|\n)\n    \S.*")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(?:bin/)?broadsheet ([a-z_]+)((?: [^`]*)?)`")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_block_is_run_or_written_or_an_example(path: Path) -> None:
    for block in blocks(path.name):
        assert block.language, f"{path.name}: a block without a language: {block.text}"
        if not block.is_example and not block.path:
            assert block.kind == "", f"{path.name}: what is “{block.kind}”?"
            assert block.language == "sh"
            assert path.name in WALKED, f"{path.name}: nobody runs {block.text}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_command_hides_in_an_indented_block(path: Path) -> None:
    assert INDENTED.findall(FENCED.sub("", path.read_text())) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_that_is_named_has_the_options_that_are_named(path: Path) -> None:
    text = path.read_text()
    named = NAMED.findall(text)
    named += re.findall(r"^broadsheet ([a-z_]+)(.*)$", text, re.MULTILINE)
    commands = get_commands()
    for name, rest in named:
        assert name in commands, f"{path.name}: there is no command {name}"
        parser = load_command_class(commands[name], name).create_parser("broadsheet", name)
        for option in re.findall(r"--[a-z-]+", rest.partition("<")[0]):
            assert option in known_options(parser), f"{path.name}: {name} has no {option}"


def known_options(parser: CommandParser) -> set[str]:
    """Those of its subcommands as well."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action.choices, dict):
            below = [choice for choice in action.choices.values() if isinstance(choice, ArgumentParser)]
            found.update(*(parser._option_string_actions for parser in below))
    return found

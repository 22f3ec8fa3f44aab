"""What import-linter doesn't see: templates, static files and foreign keys obey the direction of imports.

The layers are those of its contract in ``pyproject.toml``.
"""

import ast
import posixpath
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from django.template import engines
from wagtail.images import get_image_model

from broadsheet.platform import slots

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "broadsheet"

TAGS = {
    "templates": re.compile(r"""{%-?\s*(?:extends|include)\s+(?:"([^"]+)"|'([^']+)'|(\S+))"""),
    "static": re.compile(r"""{%-?\s*static\s+(?:"([^"]+)"|'([^']+)'|(\S+))"""),
}
LOAD = re.compile(r"{%\s*load\s+([^%]+?)\s*%}")
SLOT = re.compile(r'{%\s*slot\s+"([^"]+)"')
NAME = re.compile(r"[\w-]+/[\w./-]*\.(?:html|txt|xml|css|js)")
# In style sheets.
ADDRESS = re.compile(r"""@import\s+["']([^"']+)["']|url\(["']?([^"')]+)["']?\)""")


def floors() -> dict[str, int]:
    """Room → how high it stands, from the contract in pyproject.toml."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {
        room.strip(): height for height, layer in enumerate(reversed(layers)) for room in layer.split("|")
    }


HEIGHTS = floors()


def may_use(here: str, there: str) -> bool:
    return here == there or HEIGHTS[there] < HEIGHTS[here]


def owners(kind: str, name: str) -> set[str]:
    """The rooms that have `name` among their `kind`, ``templates`` or ``static``; none for Wagtail's."""
    return {room for room in HEIGHTS if (SOURCE / room / kind / name).is_file()}


def files(kind: str, *suffixes: str) -> Iterator[tuple[str, str, str]]:
    """(room, name, text) of each file of `kind`."""
    for room in sorted(HEIGHTS):
        folder = SOURCE / room / kind
        for path in sorted(folder.rglob("*")):
            if path.suffix in suffixes:
                yield room, path.relative_to(folder).as_posix(), path.read_text()


def templates() -> Iterator[tuple[str, str, str]]:
    return files("templates", ".html", ".txt", ".xml")


def used_by_template(text: str) -> Iterator[tuple[str, str]]:
    """(room, what of it) for all that a template includes, extends, loads or links."""
    for kind, pattern in TAGS.items():
        for double, single, variable in pattern.findall(text):
            assert not variable, f"nobody can tell whose template or file {variable} is"
            name = double or single
            rooms = owners(kind, name)
            assert rooms or name.partition("/")[0] not in HEIGHTS, f"there is no {name}"
            for room in rooms:
                yield room, name
    libraries = engines["django"].engine.libraries  # type: ignore[attr-defined]
    for names in LOAD.findall(text):
        for library in names.partition(" from ")[2].split() or names.split():
            if (module := libraries.get(library, "")).startswith("broadsheet."):
                yield module.split(".")[1], f"load {library}"


def test_every_room_has_its_floor() -> None:
    rooms = {app.label for app in apps.get_app_configs() if app.name.startswith("broadsheet.")}

    assert rooms == HEIGHTS.keys()


def test_templates_use_only_what_their_room_or_one_below_holds() -> None:
    upward = [
        f"{here}: {name} uses {what} of {there}"
        for here, name, text in templates()
        for there, what in used_by_template(text)
        if not may_use(here, there)
    ]

    assert upward == []


def test_code_names_only_templates_and_static_files_of_its_room_or_one_below() -> None:
    upward, missing = [], []
    for here in sorted(HEIGHTS):
        for path in sorted((SOURCE / here).rglob("*.py")):
            nodes = ast.walk(ast.parse(path.read_text()))
            constants = (node.value for node in nodes if isinstance(node, ast.Constant))
            for text in sorted(
                {text for text in constants if isinstance(text, str) and NAME.fullmatch(text)}
            ):
                rooms = owners("templates", text) | owners("static", text)
                named = f"{path.relative_to(SOURCE)} names {text}"
                upward += [named for there in rooms if not may_use(here, there)]
                missing += [named] if not rooms and text.partition("/")[0] in HEIGHTS else []

    assert upward == missing == []


def test_style_sheets_use_only_what_their_room_or_one_below_holds() -> None:
    wrong = []
    for here, name, text in files("static", ".css"):
        for imported, linked in ADDRESS.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), imported or linked))
            rooms = owners("static", target)
            wrong += [] if rooms and all(may_use(here, there) for there in rooms) else [f"{name}: {target}"]

    assert wrong == []


def test_a_slot_is_declared_by_a_room_that_stands_no_higher_than_those_which_fill_it() -> None:
    declared = {slot: room for room, _, text in templates() for slot in SLOT.findall(text)}
    filled = slots.filled()

    assert filled.keys() == declared.keys()
    for slot, names in filled.items():
        for name in names:
            assert all(may_use(room, declared[slot]) for room in owners("templates", name)), (slot, name)


def test_no_two_rooms_have_a_template_of_the_same_name() -> None:
    names = [name for _, name, _ in templates()]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ('{% extends "site/give.html" %}', "site"),
        ("{% include 'paywall/wall.html' with wall=wall %}", "paywall"),
        ("{% load static contact_tags %}", "contact"),
        ("{% load sells_here from billing_tags %}", "billing"),
        ("{% static 'site/article.js' %}", "site"),
    ],
)
def test_an_upward_reference_would_be_seen(text: str, room: str) -> None:
    assert {there for there, _ in used_by_template(text)} == {room}
    assert not may_use("editorial", room)


def rooms_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in HEIGHTS]


def test_rows_point_only_downward() -> None:
    upward = []
    for model in rooms_models():
        here = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            if field.auto_created or not field.is_relation or field.related_model in {None, "self"}:
                continue
            if field.related_model is get_image_model():
                continue  # the one exception: it is whatever Wagtail is configured with
            there = field.related_model._meta.app_label
            if there in HEIGHTS and not may_use(here, there):
                upward.append(f"{model._meta.label}.{field.name} → {there}")

    assert upward == []

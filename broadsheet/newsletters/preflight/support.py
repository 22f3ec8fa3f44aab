"""Which mail programs show what a letter uses, by caniemail's data, which `bin/caniemail` renews."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from django.utils.translation import gettext as _

from broadsheet.newsletters.letter.rendering import Rendered
from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning
from broadsheet.newsletters.preflight.markup import declarations, place_of

DATA = Path(__file__).with_name("caniemail") / "features.json"

ADDS_ONLY = {
    "css-at-media": "the letter is one column of full width without it",
    "css-at-media-prefers-color-scheme": "without it the letter is light",
    "css-max-height": "only hides the preheader once more",
    "css-opacity": "only hides the preheader once more",
    "css-overflow": "only hides the preheader once more",
    "css-height": "the height of a picture is its own",
    "css-outline": "pictures have none anyway",
    "html-style": "only what @media holds stands in it",
    "html-dir": "the attribute align says it too",
    "html-lang": "for who listens, where it is kept",
    "html-role": "for who listens, where it is kept",
    "html-aria-hidden": "for who listens, where it is kept",
    "html-body": "its colours stand in a table as well",
}
"""What our own components use though some programs lack it, and why that does no harm."""

IMAGES = {
    "webp": "image-webp",
    "avif": "image-avif",
    "svg": "image-svg",
    "bmp": "image-bmp",
    "gif": "image-gif",
}
INSIDE_VALUES = {
    "display": {"flex": "css-display-flex", "grid": "css-display-grid", "none": "css-display-none"},
}
FUNCTIONS = {
    "calc(": "css-unit-calc",
    "var(": "css-variables",
    "min(": "css-function-min",
    "max(": "css-function-max",
    "clamp(": "css-function-clamp",
    "light-dark(": "css-function-light-dark",
    "linear-gradient(": "css-linear-gradient",
    "radial-gradient(": "css-radial-gradient",
}
PLACES = {"top", "right", "bottom", "left"}
AT_RULE = re.compile(r"@([a-z-]+)([^{;]*)")
DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;{}]+)\s*[;}]")


@dataclass(frozen=True, slots=True)
class Feature:
    slug: str
    title: str
    missing: tuple[str, ...]
    """The mail programs that don't know it."""


@cache
def features() -> dict[str, Feature]:
    data = json.loads(DATA.read_text())
    found = {}
    for slug, (title, support) in data["features"].items():
        missing = tuple(
            client for client, known in zip(data["clients"], support, strict=True) if known == "n"
        )
        found[slug] = Feature(slug, title, missing)
    return found


@cache
def dated() -> str:
    return str(json.loads(DATA.read_text())["dated"])


def check_support(rendered: Rendered) -> Iterator[Finding]:
    everything = len(json.loads(DATA.read_text())["clients"])
    for slug, place in sorted(used_in(rendered.html).items()):
        feature = features()[slug]
        if not feature.missing or slug in ADDS_ONLY:
            continue
        message = _("{feature} is not shown by {programs}.").format(
            feature=feature.title, programs=", ".join(feature.missing)
        )
        is_grave = len(feature.missing) * 2 >= everything
        yield (fault if is_grave else warning)(_("Mail programs"), message, place)
    yield note(_("Mail programs"), _("Compared with what caniemail.com knew on {day}.").format(day=dated()))


def used_in(html: str) -> dict[str, str]:
    """Slug of each feature that `html` uses → where it is first used."""
    soup = BeautifulSoup(html, "html.parser")
    found: dict[str, str] = {}
    for element in soup.find_all(True):
        for slug in _of_element(element):
            if slug in features() and slug not in found:
                found[slug] = place_of(element)
    return found


def _of_element(element: Tag) -> Iterator[str]:
    yield f"html-{element.name}"
    for attribute in element.attrs:
        yield f"html-{attribute}"
    yield from _of_declarations(declarations(str(element.get("style") or "")))
    if element.name == "style":
        yield from _of_sheet(element.get_text())
    if element.name == "img":
        source = str(element.get("src") or "")
        yield "image-base64" if source.startswith("data:") else IMAGES.get(source.rpartition(".")[2], "")
    if element.name == "a" and str(element.get("href") or "").startswith("mailto:"):
        yield "html-mailto-links"


def _of_sheet(css: str) -> Iterator[str]:
    for name, rest in AT_RULE.findall(css):
        yield f"css-at-{name}"
        for feature in re.findall(r"\(\s*([a-z-]+)", rest):
            yield f"css-at-media-{feature}"
    for name, value in DECLARATION.findall(css):
        yield from _of_declarations({name: value})


def _of_declarations(found: dict[str, str]) -> Iterator[str]:
    for name, value in found.items():
        yield "css-left-right-top-bottom" if name in PLACES else f"css-{name}"
        yield from (slug for word, slug in INSIDE_VALUES.get(name, {}).items() if word == value.split(" ")[0])
        yield from (slug for written, slug in FUNCTIONS.items() if written in value)
        yield from (f"css-unit-{unit}" for unit in re.findall(r"\d(rem|em|vh|vw|vmin|vmax|ch)\b", value))

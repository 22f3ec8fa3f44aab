"""What can be told from the letter alone: its size, its pictures, its contrast."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from django.utils.translation import gettext as _

from broadsheet.newsletters.letter.rendering import Rendered, in_the_dark
from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning

MOST = 90 * 1024
"""Bytes. Gmail cuts a letter off behind 102 KB, and tokens and encoding make it longer."""
SMALL_TEXT, LARGE_TEXT = 4.5, 3.0
"""The contrast that WCAG 2.2 AA asks."""
HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)

type Colour = tuple[int, int, int]


def check_size(rendered: Rendered) -> Iterator[Finding]:
    kilobytes = rendered.size / 1024
    if rendered.size > MOST:
        yield fault(
            _("Size"),
            _(
                "The letter has {size} KB, and mail programs cut it off. Leave some articles out: {most} KB "
                "is the most."
            ).format(size=f"{kilobytes:.0f}", most=MOST // 1024),
        )
    else:
        yield note(
            _("Size"), _("{size} KB of at most {most}.").format(size=f"{kilobytes:.0f}", most=MOST // 1024)
        )
    if not rendered.text.strip():
        yield fault(_("Text part"), _("There is no text for those who read without HTML."))


def check_pictures(rendered: Rendered) -> Iterator[Finding]:
    for picture in BeautifulSoup(rendered.html, "html.parser").find_all("img"):
        place = place_of(picture)
        if not str(picture.get("alt") or "").strip():
            yield fault(
                _("Pictures"),
                _("A picture has no alternative text. Describe it in the picture library."),
                place,
            )
        if not str(picture.get("src") or "").startswith(("https://", "http://")):
            yield fault(_("Pictures"), _("A picture has no absolute address."), place)


def check_contrast(rendered: Rendered) -> Iterator[Finding]:
    found: dict[Finding, None] = {}
    on_light = _("On a light screen, “{words}” has a contrast of {ratio}: 1, not {needed}: 1.")
    on_dark = _("On a dark screen, “{words}” has a contrast of {ratio}: 1, not {needed}: 1.")
    for said, html in ((on_light, rendered.html), (on_dark, in_the_dark(rendered.html))):
        body = BeautifulSoup(html, "html.parser").body
        for text, style in _texts(body, {}) if body else ():
            ratio = contrast(_colour(style, "color", (0, 0, 0)), _background(style))
            needed = LARGE_TEXT if _is_large(style) else SMALL_TEXT
            if ratio < needed:
                words = " ".join(text.split())[:40]
                message = said.format(words=words, ratio=f"{ratio:.1f}", needed=needed)
                found[warning(_("Contrast"), message)] = None
    yield from found


def place_of(element: Tag) -> str:
    """The words of the heading that an element stands with."""
    for parent in element.parents:
        if "story" in (parent.get("class") or ()):
            heading = parent.find("h2")
            return heading.get_text(" ", strip=True) if heading else ""
    heading = element.find_previous(["h1", "h2", "h3"])
    return heading.get_text(" ", strip=True) if heading else ""


def declarations(style: str) -> dict[str, str]:
    """Of a `style` attribute."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip().lower(): value.strip() for name, _colon, value in pairs if value.strip()}


def contrast(one: Colour, other: Colour) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


INHERITED = ("color", "background-color", "font-size", "font-weight")


def _texts(element: Tag, inherited: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    own = declarations(str(element.get("style") or ""))
    if own.get("display", "").startswith("none"):
        return
    style = inherited | {name: own[name] for name in INHERITED if name in own}
    for child in element.children:
        if isinstance(child, Tag):
            yield from _texts(child, style)
        elif type(child) is NavigableString and child.strip():
            yield str(child), style


def _colour(style: dict[str, str], name: str, otherwise: Colour) -> Colour:
    found = HEX.search(style.get(name, ""))
    if not found:
        return otherwise
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _background(style: dict[str, str]) -> Colour:
    return _colour(style, "background-color", (255, 255, 255))


def _is_large(style: dict[str, str]) -> bool:
    size = re.match(r"([0-9.]+)px", style.get("font-size", ""))
    pixels = float(size[1]) if size else 16.0
    is_bold = style.get("font-weight", "") in {"bold", "600", "700"}
    return pixels >= 24 or (is_bold and pixels >= 18.66)

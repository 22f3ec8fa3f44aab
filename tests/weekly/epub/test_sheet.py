import re
from dataclasses import replace

import pytest

from broadsheet.identity.choices import PAIRINGS
from broadsheet.identity.colours import contrast, from_oklch
from broadsheet.identity.look import Look
from broadsheet.weekly.epub.sheet import GROUNDS, sheet

LOOK = Look(motto="")


@pytest.mark.parametrize("pairing", PAIRINGS)
def test_fonts_of_the_look_are_in_the_file(pairing: str) -> None:
    text, fonts = sheet(replace(LOOK, pairing=PAIRINGS[pairing]))
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', text))
    assert named == {name for name, _content in fonts}
    assert all(content.startswith(b"wOF2") for _name, content in fonts)
    assert "$" not in text


@pytest.mark.parametrize("hue", range(0, 360, 15))
@pytest.mark.parametrize("lightness", [0.1, 0.9])
def test_any_accent_can_be_read_on_white_and_on_black(hue: int, lightness: float) -> None:
    text, _fonts = sheet(replace(LOOK, accent=from_oklch((lightness, 0.2, hue))))
    (accent,) = set(re.findall(r"\.kicker \{[^}]*\n  color: (#\w+);", text))
    assert all(contrast(accent, ground) >= 4.5 for ground in GROUNDS)


def test_colours_of_charts_can_be_read_on_white_and_on_black() -> None:
    text, _fonts = sheet(LOOK)
    colours = set(re.findall(r"\.plot-\d \{\s+color: (#\w+);", text))
    assert len(colours) == 6
    assert all(contrast(colour, ground) >= 4.5 for colour in colours for ground in GROUNDS)


def test_no_ground_is_set_and_no_colour_of_text() -> None:
    text, _fonts = sheet(LOOK)
    assert "background" not in text
    (body,) = re.findall(r"\nbody \{([^}]*)\}", text)
    assert "color" not in body

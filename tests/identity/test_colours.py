import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.identity.choices import DARK, LIGHT, PAPERS, Scheme
from broadsheet.identity.colours import (
    contrast,
    for_the_dark,
    from_oklch,
    least_contrast,
    nearest,
    normal,
    to_oklch,
)

# The same on any database.
pytestmark = pytest.mark.sqlite

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
schemes = st.sampled_from([scheme for pair in PAPERS.values() for scheme in pair])


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colour=colours, scheme=schemes)
def test_the_nearest_colour_can_be_read_and_is_nearest_to_itself(colour: str, scheme: Scheme) -> None:
    near = nearest(colour, scheme.grounds)
    assert least_contrast(near, scheme.grounds) >= 4.5
    assert nearest(near, scheme.grounds) == near
    if least_contrast(colour, scheme.grounds) >= 4.5:
        assert near == colour


@given(colour=colours)
def test_any_colour_has_a_form_for_the_dark(colour: str) -> None:
    for _light, dark in PAPERS.values():
        assert least_contrast(for_the_dark(colour, dark.grounds), dark.grounds) >= 4.5


@given(colour=colours)
def test_a_colour_comes_back_from_oklch(colour: str) -> None:
    back = from_oklch(to_oklch(colour))
    assert all(abs(int(colour[at : at + 2], 16) - int(back[at : at + 2], 16)) <= 1 for at in (1, 3, 5))


def test_the_nearest_keeps_the_hue() -> None:
    yellow, near = "#ffcc00", nearest("#ffcc00", LIGHT.grounds)
    assert near != yellow
    assert abs(to_oklch(near)[2] - to_oklch(yellow)[2]) < 4


@pytest.mark.parametrize("typed", ["#ABC", "abc", " #aabbcc ", "AABBCC"])
def test_a_colour_may_be_typed_in_several_ways(typed: str) -> None:
    assert normal(typed) == "#aabbcc"


@pytest.mark.parametrize("typed", ["red", "#12345", "#12345g", "#1234567", "url(x)", "#abc;}"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(typed)):
        normal(typed)


@pytest.mark.parametrize("name", ["paper", "ink", "muted", "rule", "tint", "bright"])
def test_the_warm_paper_is_that_of_the_style_sheets(name: str) -> None:
    css = Path(str(finders.find("platform/css/elements.css"))).read_text()
    number = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
    found = re.search(rf"--{name}: light-dark\({number}, {number}\)", css)
    assert found
    numbers = tuple(map(float, found.groups()))
    assert numbers == (*getattr(LIGHT, name), *getattr(DARK, name))


@given(scheme=schemes)
def test_text_can_be_read_on_every_paper(scheme: Scheme) -> None:
    for name in ("ink", "muted"):
        assert least_contrast(from_oklch(getattr(scheme, name)), scheme.grounds) >= 4.5

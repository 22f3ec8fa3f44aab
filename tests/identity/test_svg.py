"""What is left of a drawing that somebody uploads."""

import pytest
from django.core.exceptions import ValidationError

from broadsheet.identity import drawing, svg

# The same on any database.
pytestmark = pytest.mark.sqlite

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"'
SHAPE = '<path d="M0 0h10v10z"/>'


def drawn(inner: str, head: str = HEAD, before: str = "") -> str:
    return svg.cleaned(f"{before}<svg {head}>{SHAPE}{inner}</svg>".encode()).decode()


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<script href="https://evil.example/x.js"/>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>',
        '<image href="https://evil.example/x.png"/>',
        '<image xlink:href="data:image/svg+xml;base64,AAAA"/>',
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<use xlink:href="data:image/svg+xml,x#a"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<path d="M0 0" onclick="alert(1)"/>',
        '<path d="M0 0" fill="url(https://evil.example/x)"/>',
        '<path d="M0 0" style="fill:url(//evil.example/x)"/>',
        '<style>@import "https://evil.example/x.css"; path { fill: url(https://evil.example/) }</style>',
        "<style>@font-face { font-family: x; src: url(https://evil.example/x) }</style>",
        "<text>evil.example</text>",
        '<filter id="f"><feImage href="https://evil.example/"/></filter>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
        '<html:script xmlns:html="http://www.w3.org/1999/xhtml">alert(1)</html:script>',
        "<!-- evil.example --><?xml-stylesheet href='https://evil.example/'?>",
    ],
)
def test_what_runs_or_fetches_is_left_out(inner: str) -> None:
    left = drawn(inner)
    for word in ("evil", "script", "alert", "onload", "onclick", "data:", "foreignObject", "style", "import"):
        assert word not in left
    assert "M0 0h10v10z" in left


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities_are_refused(before: str) -> None:
    with pytest.raises(ValidationError):
        drawn("<title>&x;&b;</title>", before=before)


def test_a_plain_doctype_does_no_harm() -> None:
    doctype = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert "DOCTYPE" not in drawn("", before=f'<?xml version="1.0"?>{doctype}')


def test_what_repeats_what_repeats_is_refused() -> None:
    inner = '<g id="a"><path d="M0 0"/></g><g id="b"><use href="#a"/><use href="#a"/></g><use href="#b"/>'
    with pytest.raises(ValidationError):
        drawn(inner)


def test_a_drawing_program_s_style_sheet_becomes_attributes() -> None:
    left = drawn('<style>.cls-1{fill:#123456;stroke:none}</style><rect class="cls-1" width="4" height="4"/>')
    assert '<rect width="4" height="4" fill="#123456" stroke="none"/>' in left


def test_gradients_within_stay() -> None:
    inner = '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
    left = drawn(inner + '<rect fill="url(#g)" width="1" height="1"/><use xlink:href="#g"/>')
    assert 'fill="url(#g)"' in left
    assert 'href="#g"' in left


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg",
        b"<html></html>",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x00" * 30,
        f"<svg {HEAD}></svg>".encode(),
        f"<svg {HEAD}><text>Hi</text></svg>".encode(),
        b"<svg>" + b" " * svg.MOST_BYTES + b"</svg>",
    ],
)
def test_what_is_no_drawing_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        svg.cleaned(content)


def test_a_size_without_a_view_box_becomes_one() -> None:
    assert 'viewBox="0 0 20 10"' in drawn("", 'xmlns="http://www.w3.org/2000/svg" width="20px" height="10"')


def test_an_icon_is_made_in_all_sizes() -> None:
    made = drawing.icons(f"<svg {HEAD}>{SHAPE}</svg>".encode())
    assert set(made) == set(drawing.SIZES)
    assert all(content.startswith(b"\x89PNG") for content in made.values())


def test_an_oblong_icon_is_refused() -> None:
    with pytest.raises(ValidationError):
        drawing.icons(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">{SHAPE}</svg>'.encode())


@pytest.mark.parametrize("name", ["The Meridian", "Łódź", "Жизнь", "…", ""])
@pytest.mark.parametrize("pairing", drawing.FAMILIES)
def test_any_name_has_an_initial(name: str, pairing: str) -> None:
    assert drawing.initial(name, pairing, "#123456", "#ffffff")[32].startswith(b"\x89PNG")

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.core.files.storage import FileSystemStorage
from rjsmin import jsmin

from broadsheet.platform.style_sheets import ReadyStorage, minified
from tests.platform.test_direction import HEIGHTS, SOURCE, files, templates

READERS_ROOMS = HEIGHTS.keys() - {"desk", "importers"}
# Mail and the files of weekly issues have style sheets of their own.
ELSEWHERE = ("newsletters/letter/", "weekly/blocks/", "weekly/epub/")
CLASS = re.compile(r"""\bclass="([^"]*)\"""")
TAG = re.compile(r"{%.*?%}|{{.*?}}")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """The folder of a room's static files: a sheet made of two, one of which lies with a font."""
    sheets = {
        "css/page.css": '@import "type.css";\n@import "../../below/css/parts.css";\n\nb { margin: 0 }\n',
        "css/type.css": '@font-face { src: url("../a.woff2") }\n',
        "../below/css/parts.css": "i { margin: 0 }\n",
        "a.woff2": "font",
    }
    for name, text in sheets.items():
        path = tmp_path / "source/room" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "source/room"


def collected(room: Path) -> str:
    """The text of the page's sheet as it is served."""
    source, target = room.parent, room.parents[1] / "collected"
    names = [path.relative_to(source).as_posix() for path in source.rglob("*.*")]
    storage = ReadyStorage(location=str(target), base_url="/static/")
    list(storage.post_process({name: (FileSystemStorage(str(source)), name) for name in names}))
    return (target / storage.stored_name("room/css/page.css")).read_text()


def test_a_sheet_is_served_with_what_it_imports_in_its_place(room: Path):
    text = collected(room)

    assert "@import" not in text
    assert re.fullmatch(
        r'@font-face{src: url\("\.\./a\.\w{12}\.woff2"\)}i{margin: 0}b{margin: 0}',
        text,
    )


def test_our_scripts_are_served_without_comments_and_those_of_packages_as_they_are(tmp_path: Path) -> None:
    script = "// Why.\nconst name = `a  ${1 + 1}`; // so\n"
    (tmp_path / "other.js").write_text(script)
    ours, theirs = SOURCE / "site/static/site/copy.js", FileSystemStorage(str(tmp_path))
    paths = {"copy.js": (FileSystemStorage(str(ours.parent)), "copy.js"), "other.js": (theirs, "other.js")}
    storage = ReadyStorage(location=str(tmp_path / "collected"), base_url="/static/")
    list(storage.post_process(paths))

    def served(name: str) -> str:
        return (tmp_path / "collected" / storage.stored_name(name)).read_text()

    assert served("other.js") == script
    assert served("copy.js") == jsmin(ours.read_text())
    assert len(served("copy.js")) < len(ours.read_text())


def test_a_change_of_what_is_imported_reaches_those_who_keep_the_sheet(room: Path):
    collected(room)
    (room.parent / "below/css/parts.css").write_text("i { margin: 1px }\n")

    assert "i{margin: 1px}" in collected(room)
    assert len(list((room.parents[1] / "collected/room/css").glob("page.*.css"))) == 2


def test_a_sheet_lies_compressed_beside_itself(room: Path):
    (room / "css/type.css").write_text("b { margin: 0 }\n" * 100)
    text = collected(room)
    (gz,) = room.parents[1].glob("collected/room/css/page.*.css.gz")
    (br,) = room.parents[1].glob("collected/room/css/page.*.css.br")

    assert gzip.decompress(gz.read_bytes()) == brotli.decompress(br.read_bytes()) == text.encode()


@pytest.mark.parametrize(
    ("css", "tight"),
    [
        ("/* why */\nb { margin: 0; }\n\ni { margin: 0 }\n", "b{margin: 0}i{margin: 0}"),
        (
            "@layer a {\n.b :is(c) {\n    d: calc(1px + 2px);\n  }\n}",
            "@layer a{.b :is(c){d: calc(1px + 2px)}}",
        ),
        ('a::after { content: "  ;  {" }', 'a::after{content: "  ;  {"}'),
        ("a/* x */b { c: d }", "a/**/b{c: d}"),
        ("@media (width > 40em) { a { b: c } }", "@media (width > 40em){a{b: c}}"),
        ("", ""),
    ],
)
def test_minified_keeps_what_means_something(css: str, tight: str):
    assert minified(css) == tight


def test_an_address_that_would_lead_elsewhere_is_refused(room: Path):
    (room.parent / "below/css/parts.css").write_text('i { background: url("../a.woff2") }\n')

    with pytest.raises(ValueError, match=r"names a file by its place"):
        collected(room)


def selectors() -> Iterator[tuple[str, str]]:
    """(sheet, selector) of all rules for readers' pages."""
    for room, name, text in files("static", ".css"):
        if room in READERS_ROOMS:
            for prelude in re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)):
                if not prelude.strip().startswith("@"):
                    yield name, prelude


def classes_in_sheets() -> set[str]:
    return {found for _, selector in selectors() for found in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}


def classes_in_templates() -> set[str]:
    """Those that a template completes from a value end in a hyphen: ``kind-``."""
    return {
        name
        for room, template, text in templates()
        if room in READERS_ROOMS and not template.startswith(ELSEWHERE)
        for found in CLASS.findall(text)
        for name in TAG.sub(" ", found).split()
    }


def test_every_class_of_a_template_has_a_rule():
    ruled = classes_in_sheets()

    assert [
        name
        for name in sorted(classes_in_templates())
        if name not in ruled and not (name.endswith("-") and any(rule.startswith(name) for rule in ruled))
    ] == []


def test_every_class_of_a_rule_is_used():
    """In a template, in a script, or in the attributes of a form's field."""
    paths = [
        path
        for room in READERS_ROOMS
        for path in (SOURCE / room).rglob("*")
        if path.suffix in {".html", ".js", ".py"}
    ]
    words = {word for path in paths for word in re.findall(r"[\w-]+", path.read_text())}
    completed = tuple(name for name in classes_in_templates() if name.endswith("-"))

    assert [n for n in sorted(classes_in_sheets()) if n not in words and not n.startswith(completed)] == []


def test_every_sheet_closes_what_it_opens():
    """A browser closes what is left open at the end, so that all after it belongs to one rule."""
    for _, name, text in files("static", ".css"):
        bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        assert bare.count("{") == bare.count("}"), name

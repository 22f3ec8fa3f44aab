from pathlib import Path

import pytest

from broadsheet.weekly.epub import NotStampable, stamp
from tests.weekly.epub.reading import Opened, found, words

NUMBER = "R-ABCDE-12345"


@pytest.fixture
def stamped(whole_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "stamped.epub"
    path.write_bytes(b"".join(stamp(whole_file, NUMBER)))
    return path


def test_the_number_stands_on_the_last_page_and_in_the_package(stamped: Path) -> None:
    opened = Opened(stamped)
    assert [text.strip() for text in opened.meta("dcterms:provenance")] == [NUMBER]
    (place,) = found(opened.document("colophon"), "//*[@id='readers-number']")
    assert words(place) == NUMBER
    assert f"made for reader no. {NUMBER}." in words(opened.document("colophon"))


def test_all_else_is_as_it_was(stamped: Path, whole_file: Path) -> None:
    kept, given = Opened(whole_file).files, Opened(stamped).files
    assert {name for name in kept if kept[name] != given[name]} == {
        "EPUB/package.opf",
        "EPUB/colophon.xhtml",
    }
    assert stamped.stat().st_size == whole_file.stat().st_size


@pytest.mark.parametrize("number", ["R-1", "R-0123456789A"])
def test_numbers_of_any_length_fit(number: str, whole_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "stamped.epub"
    path.write_bytes(b"".join(stamp(whole_file, number)))
    assert [text.strip() for text in Opened(path).meta("dcterms:provenance")] == [number]


@pytest.mark.parametrize("number", ["", "R-0123456789AB", "<b>", "R–1", "R 1"])
def test_what_is_no_number_is_refused(number: str, whole_file: Path) -> None:
    with pytest.raises(NotStampable):
        next(stamp(whole_file, number))


def test_a_stamped_file_is_not_stamped_again(stamped: Path) -> None:
    with pytest.raises(NotStampable, match="no room"):
        next(stamp(stamped, NUMBER))


@pytest.mark.parametrize("content", [b"", b"no zip, but long enough to look for one", b"PK\5\6" + b"\0" * 18])
def test_what_we_did_not_write_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.epub").write_bytes(content)
    with pytest.raises(NotStampable):
        next(stamp(tmp_path / "other.epub", NUMBER))


def test_a_file_replaced_meanwhile_is_sent_to_its_end(whole_file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.epub"
    kept.write_bytes(whole_file.read_bytes())
    parts = stamp(kept, NUMBER)
    sent = [next(parts)]
    kept.unlink()
    kept.write_bytes(b"another")
    path = tmp_path / "given.epub"
    path.write_bytes(b"".join([*sent, *parts]))
    assert Opened(path).meta("dcterms:provenance")[0].strip() == NUMBER

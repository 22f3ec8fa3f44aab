import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from PIL import Image

from broadsheet.weekly.content import Department, Issue
from broadsheet.weekly.epub import write, writing
from broadsheet.weekly.epub.pictures import fit
from broadsheet.weekly.files.makers import NotMade
from tests.weekly.epub.made import PICTURE, Originals, issue, piece
from tests.weekly.epub.reading import Opened

ROOM = 500_000


def read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_photograph_is_made_small_and_tells_nothing_of_its_camera(opened: Opened) -> None:
    picture = read(opened.files["EPUB/images/picture-1.jpg"])
    assert picture.size == (1600, 1067)
    assert not picture.getexif()
    assert not picture.info.keys() & {"exif", "icc_profile", "xmp", "comment"}


def test_a_drawing_stays_one_and_can_be_seen_in_the_dark(opened: Opened) -> None:
    picture = read(opened.files["EPUB/images/picture-2.png"])
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (800, 600))
    assert picture.getpixel((700, 20)) == (255, 255, 255)


MODES = {
    "jpg": ["L", "RGB", "CMYK"],
    "png": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "gif": ["L", "P", "RGB"],
    "webp": ["RGB", "RGBA"],
}
"""Of pixels, by the ending of files that have them."""


@pytest.mark.parametrize(("ending", "mode"), [(ending, mode) for ending in MODES for mode in MODES[ending]])
def test_any_picture_becomes_one_that_every_reader_shows(ending: str, mode: str, tmp_path: Path) -> None:
    original = tmp_path / f"original.{ending}"
    Image.new(mode, (60, 40)).save(original)
    fitted = fit(original, ROOM)
    assert (fitted.width, fitted.height) == (60, 40)
    assert read(fitted.content).format in {"PNG", "JPEG"}
    assert read(fitted.content).mode == "RGB"


def test_a_picture_that_lies_on_its_side_is_set_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (90, 40)).save(tmp_path / "turned.jpg", exif=exif)
    fitted = fit(tmp_path / "turned.jpg", ROOM)
    assert (fitted.width, fitted.height) == (40, 90)


def test_many_pictures_stay_within_the_limit(
    tmp_path: Path, made: Callable[[Issue], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST", writing.FOR_ALL_ELSE + 800_000)
    pictures = tuple(replace(PICTURE, name=f"picture-{number}.jpeg") for number in range(6))
    files = made(issue(images=pictures)).files
    sizes = [len(content) for name, content in files.items() if name.endswith(".jpg")]
    assert len(sizes) == 6
    assert sum(sizes) < 800_000


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 torn off"])
def test_a_picture_that_cannot_be_read_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "torn.jpg").write_bytes(content)
    torn = replace(PICTURE, path=PurePosixPath("torn.jpg"))
    with pytest.raises(NotMade, match="“The harbour of Aldmouth & its cranes” can’t") as caught:
        write(issue(Department("World", (piece(picture=torn),)), images=(torn,)), Originals(tmp_path))
    assert caught.value.article == 1


def test_a_picture_that_is_gone_is_named(tmp_path: Path, made: Callable[[Issue], Opened]) -> None:
    def gone(image: object) -> Path:
        raise FileNotFoundError(image)

    with pytest.raises(NotMade, match="can’t be read"):
        write(issue(cover=PICTURE, images=(PICTURE,)), gone)

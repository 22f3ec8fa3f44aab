"""Pictures as a file for reading holds them: at most as large as a screen, and all together within its limit.

Nothing but pixels is kept of an original: no EXIF, no profile.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from broadsheet.editorial.media.decoding import in_srgb, upright

LONG_EDGE = 1600
"""Pixels."""
TRIES = (
    (LONG_EDGE, 82, 1.0),
    (LONG_EDGE, 72, 0.78),
    (1280, 74, 0.6),
    (1280, 64, 0.5),
    (1024, 66, 0.36),
    (800, 60, 0.21),
    (640, 50, 0.12),
)
"""Long edge and quality of a JPEG, until one is small enough; the last one is. Then about what part of the
first one's bytes it has: what can't be enough isn't tried, since resizing takes most of the time."""
CLOSE = 1.15
"""How far over the room an estimate may be, and the picture is tried all the same."""
COLOURS_OF_A_DRAWING = 4096
LOOKED_AT = (400, 400)
"""Pixels in which the colours of a picture are counted."""


class PictureError(Exception):
    """It can't be read as a picture."""


@dataclass(frozen=True, slots=True)
class Fitted:
    content: bytes
    ending: str
    media_type: str
    width: int
    height: int


def fit(original: Path, room: int) -> Fitted:
    """The picture in about `room` bytes: a drawing as PNG where that is enough, all else as JPEG.

    What is transparent becomes white: a drawing in black would be gone on a dark page. Raises PictureError.
    """
    try:
        with Image.open(original) as opened:
            # A JPEG is read at half its size, or a quarter, where that is still enough.
            opened.draft(None, (LONG_EDGE, LONG_EDGE))
            is_lossless = opened.format in {"PNG", "GIF"}
            pixels = upright(opened, _on_white(_reduced(opened)))
    except (
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        UnidentifiedImageError,
        ValueError,
    ) as error:
        raise PictureError(str(error)) from error
    if is_lossless and _is_drawing(pixels):
        small = _within(pixels, LONG_EDGE)
        if len(content := _png(small)) <= room:
            return Fitted(content, "png", "image/png", *small.size)
    return _as_jpeg(pixels, room)


def _as_jpeg(pixels: Image.Image, room: int) -> Fitted:
    last, _quality, _part = TRIES[-1]
    whole = len(_jpeg(pixels, TRIES[0][1])) * min(1, LONG_EDGE / max(pixels.size)) ** 2
    small = pixels
    for edge, quality, part in TRIES:
        if whole * part > room * CLOSE and edge != last:
            continue
        if max(small.size) > edge:
            small = _within(pixels, edge)
        content = _jpeg(small, quality)
        if len(content) <= room:
            break
    return Fitted(content, "jpg", "image/jpeg", *small.size)


def _reduced(opened: Image.Image) -> Image.Image:
    """Made small before its colours are converted, which is less to convert, and still as large as shown."""
    times = max(opened.size) // LONG_EDGE
    picture = opened.reduce(times) if times > 1 and opened.mode in {"RGB", "L"} else opened
    return in_srgb(picture, opened.info.get("icc_profile"))


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        flat = picture
    else:
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture, mask=picture.getchannel("A"))
    flat.info.clear()
    return flat


def _within(picture: Image.Image, edge: int) -> Image.Image:
    share = edge / max(picture.size)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2)


def _is_drawing(picture: Image.Image) -> bool:
    small = picture.copy()
    # Without mixing colours, which would make new ones.
    small.thumbnail(LOOKED_AT, Image.Resampling.NEAREST)
    return small.getcolors(COLOURS_OF_A_DRAWING) is not None


def _png(picture: Image.Image) -> bytes:
    to = BytesIO()
    picture.save(to, "PNG", optimize=True)
    return to.getvalue()


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    to = BytesIO()
    picture.save(to, "JPEG", quality=quality, optimize=True)
    return to.getvalue()

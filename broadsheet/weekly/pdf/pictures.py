"""Pictures in the size in which they are printed: JPEG, and no more dots than their place takes."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

MILLIMETRES = 25.4
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
ORIENTATION = 0x0112
"""In EXIF; from `SIDEWAYS` on the picture lies on its side."""
SIDEWAYS = 5


class PictureError(Exception):
    """It is no picture that can be read."""


def fit(original: Path, to: Path, width: float, height: float, dots: int) -> tuple[int, int]:
    """Writes the picture to `to`, uncut, with no more dots than fill `width` × `height` millimetres.

    Its size in pixels; `dots` are an inch. Raises PictureError.
    """
    room = (round(width / MILLIMETRES * dots), round(height / MILLIMETRES * dots))
    try:
        with Image.open(original, formats=FORMATS) as opened:
            swapped = opened.getexif().get(ORIENTATION, 1) >= SIDEWAYS
            opened.draft("RGB", (room[1], room[0]) if swapped else room)
            picture = _flat(ImageOps.exif_transpose(opened))
        scale = max(room[0] / picture.width, room[1] / picture.height)
        if scale < 1:
            size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
            picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        picture.save(to, "JPEG", quality=QUALITY, optimize=True)
        return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        raise PictureError(str(error)) from error


def _flat(picture: Image.Image) -> Image.Image:
    """On white paper, where it is transparent."""
    if picture.mode in {"RGB", "L", "CMYK", "YCbCr"}:
        return picture.convert("RGB")
    coloured = picture.convert("RGBA")
    paper = Image.new("RGB", coloured.size, "white")
    paper.paste(coloured, mask=coloured.getchannel("A"))
    return paper

"""Addresses of pictures in any size and format, made on demand and kept for a year.

A page that shows a picture needs no rendition to exist and asks the database for none: the address is
computed, and signed as a whole so that nobody can order sizes or names we never print. The first request
makes the file.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from broadsheet.editorial.models.picture import Picture
from broadsheet.platform.signatures import AddressSigner

FORMATS = ("avif", "webp", "jpeg")
SHAPES: dict[str, tuple[int, int] | None] = {
    "whole": None,
    "landscape": (3, 2),
    "wide": (16, 9),
    "square": (1, 1),
    "portrait": (4, 5),
    "card": (1200, 630),  # beside a link that somebody shares
}
WIDTHS = (160, 320, 480, 640, 750, 960, 1280, 1600, 2000)

_signer = AddressSigner(salt="broadsheet.editorial.media.renditions")


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int


def size_of(picture: Picture, shape: str, width: int) -> Size:
    """What `picture` measures when cut to `shape` and scaled to `width`, never beyond the original."""
    ratio = SHAPES[shape]
    if ratio is None:
        # As Wagtail reckons the height that goes with a width.
        width = min(width, picture.width)
        return Size(width, max(1, int(picture.height * (width / picture.width))))
    across, down = ratio
    width = max(1, min(width, picture.width, int(picture.height * across / down)))
    return Size(width, max(1, round(width * down / across)))


def address(picture: Picture, shape: str, width: int, file_format: str) -> str:
    """The address of one rendition. It changes when the file or its focal point does."""
    size = size_of(picture, shape, width)
    scale = f"width-{size.width}" if SHAPES[shape] is None else f"fill-{size.width}x{size.height}"
    spec = f"{scale}|format-{file_format}"
    version = f"{picture.file_hash[:8]}{picture.focal_point_x or ''}{picture.focal_point_y or ''}"
    return _signed_address(picture.pk, spec, version, file_format)


# A front has hundreds of them, the same ones each time.
@lru_cache(maxsize=10_000)
def _signed_address(picture_id: int, spec: str, version: str, file_format: str) -> str:
    signature = _signer.signature(_named(picture_id, spec, version, file_format))
    return reverse("picture", args=[signature, picture_id, spec, version, file_format])


def srcset(picture: Picture, shape: str, largest: int, file_format: str) -> str:
    widths = {size_of(picture, shape, width).width for width in WIDTHS if width <= largest}
    return ", ".join(f"{address(picture, shape, width, file_format)} {width}w" for width in sorted(widths))


def is_signed(signature: str, picture_id: int, spec: str, version: str, file_format: str) -> bool:
    return _signer.has_signed(_named(picture_id, spec, version, file_format), signature)


def _named(picture_id: int, spec: str, version: str, file_format: str) -> str:
    return f"{picture_id}/{spec}/{version}.{file_format}"

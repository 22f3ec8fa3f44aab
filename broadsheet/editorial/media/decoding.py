"""How Willow reads a picture: upright, in sRGB, and without a word about who made it.

Nothing of the file but its pixels gets past here, so that no way of saving has anything to pass on: no EXIF,
XMP or IPTC, no comments. A colour profile is applied and dropped: browsers take what has none for sRGB.
"""

import struct
from io import BytesIO
from typing import Any

from django.conf import settings
from pi_heif import register_heif_opener
from PIL import ExifTags, Image, ImageCms
from willow.image import (
    AvifImageFile,
    BMPImageFile,
    GIFImageFile,
    HeicImageFile,
    IcoImageFile,
    ImageFile,
    JPEGImageFile,
    PNGImageFile,
    TIFFImageFile,
    WebPImageFile,
)
from willow.plugins.pillow import PillowImage
from willow.registry import registry

FILES = (
    AvifImageFile,
    BMPImageFile,
    GIFImageFile,
    HeicImageFile,
    IcoImageFile,
    JPEGImageFile,
    PNGImageFile,
    TIFFImageFile,
    WebPImageFile,
)

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The orientation that EXIF names → what turns the pixels upright."""

PROFILED = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""A colour profile's space → the mode of the pixels that it describes."""


def take_over() -> None:
    """Has Willow read every kind of picture by `decode`, also where it could by another library."""
    register_heif_opener()
    for kind in FILES:
        registry.register_converter(kind, PillowImage, decode, cost=1)
        registry.register_operation(kind, "get_size", measure)


def decode(file: ImageFile) -> PillowImage:
    image = _load(file)
    pixels = upright(image, in_srgb(image, image.info.get("icc_profile")))
    pixels.info.clear()
    return PillowImage(pixels)


def measure(file: ImageFile) -> tuple[int, int]:
    """Width and height once upright. A picture with too many pixels isn't read: the form refuses it."""
    image = _open(file)
    width, height = image.size
    if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        return width, height
    image.load()
    width, height = image.size
    return (height, width) if _orientation(image) in (5, 6, 7, 8) else (width, height)


def _open(file: ImageFile) -> Image.Image:
    file.f.seek(0)
    return Image.open(file.f)


def _load(file: ImageFile) -> Image.Image:
    image = _open(file)
    image.load()
    return image


def _orientation(image: Image.Image) -> Any:
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except (SyntaxError, ValueError, TypeError, struct.error):  # what Pillow raises on malformed EXIF
        return None


def upright(image: Image.Image, pixels: Image.Image) -> Image.Image:
    """`pixels`, which are those of `image`, turned as its EXIF says."""
    turn = UPRIGHT.get(_orientation(image))
    return pixels if turn is None else pixels.transpose(turn)


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image` as RGB, or as RGBA where it is transparent, 8 bits each."""
    if image.mode.startswith("I"):
        # Grey of 16 bits, as is the one that stands for transparent. Pillow would cut all beyond 255 off.
        image.info.pop("transparency", None)
        image = image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if image.mode in {"1", "L", "LA"}:
        image = image.convert("L")
    elif image.mode != "CMYK":
        image = (image.convert("RGBA") if alpha else image).convert("RGB")
    image = _profiled(image, profile) if profile else image.convert("RGB")
    if alpha:
        image.putalpha(alpha)
    return image


def _profiled(image: Image.Image, profile: bytes) -> Image.Image:
    """`image` as RGB, by its profile, or without where that is broken or describes other colours."""
    try:
        described = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = PROFILED.get(described.profile.xcolor_space.strip())
        if mode == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        if mode == image.mode:
            converted = ImageCms.profileToProfile(
                image, described, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return converted or image
    except (OSError, ImageCms.PyCMSError):
        pass
    return image.convert("RGB")

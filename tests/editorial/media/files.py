"""Picture files of every format and mode, each as full of words about its maker as its format allows.

All but those of one pixel's width or height show the same: a red top left quarter on blue, once upright.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

MAKER = "A. Photographer"
CAMERA = "TestCam"
SECRETS = [MAKER.encode(), CAMERA.encode(), b"Exif\0\0", b"adobe:ns:meta", b"8BIM", b"ICC_PROFILE", b"mntr"]
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{MAKER}</x:xmpmeta>'.encode()
RED, BLUE = (192, 32, 32), (58, 90, 122)
SIZE = (60, 40)


@dataclass(frozen=True)
class PictureFile:
    name: str
    data: bytes
    size: tuple[int, int] = SIZE
    """Once upright."""
    is_grey: bool = False


def exif(orientation: int = 1) -> bytes:
    written = Image.Exif()
    written[ExifTags.Base.Make] = CAMERA
    written[ExifTags.Base.Artist] = MAKER
    written[ExifTags.Base.ImageDescription] = f"The house of {MAKER}"
    written[ExifTags.Base.Orientation] = orientation
    place = written.get_ifd(ExifTags.IFD.GPSInfo)
    place.update({1: "N", 2: (51.0, 30.0, 0.0), 3: "E", 4: (0.0, 7.0, 0.0)})
    return written.tobytes()


def iptc() -> bytes:
    """The segment in which a JPEG holds IPTC: one resource of Photoshop's, with a by-line."""
    byline = b"\x1c\x02\x50" + struct.pack(">H", len(MAKER)) + MAKER.encode()
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(byline)) + byline + b"\0" * (len(byline) % 2)
    content = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def profile(space: bytes, gamma: float, colorants: dict[bytes, tuple[float, float, float]]) -> bytes:
    """A colour profile, version 2: https://www.color.org/specification/ICC.1-2001-04.pdf"""

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(gamma * 256), 0)
    tags = {b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642) + fixed(1) + fixed(0.8249)}
    tags |= {name: b"XYZ \0\0\0\0" + b"".join(map(fixed, xyz)) for name, xyz in colorants.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC") if colorants else (b"kTRC",), curve)
    table, content = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(content), len(value))
        content += value
    header = struct.pack(">I4sI4s4s4s", 0, b"\0" * 4, 0x02100000, b"mntr", space, b"XYZ ")
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + fixed(0.9642) + fixed(1) + fixed(0.8249)
    whole = header.ljust(128, b"\0") + table + content
    return struct.pack(">I", len(whole)) + whole[4:]


DISPLAY_P3 = profile(
    b"RGB ",
    2.2,
    {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407),
    },
)
LINEAR_GREY = profile(b"GRAY", 1, {})


def drawn(size: tuple[int, int] = SIZE) -> Image.Image:
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0] // 2, size[1] // 2))
    return image


def stored(image: Image.Image, orientation: int) -> Image.Image:
    """`image` as a camera writes it down that says `orientation` of it."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def jpeg(image: Image.Image, orientation: int = 1, **more: Any) -> bytes:
    words = {"exif": exif(orientation), "xmp": XMP, "comment": MAKER, "extra": iptc()}
    return saved(image, "JPEG", **words | {"quality": 95} | more)


def png(image: Image.Image, **more: Any) -> bytes:
    texts = PngInfo()
    texts.add_text("Author", MAKER)
    texts.add_text("Description", f"The house of {MAKER}", zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved(image, "PNG", **{"exif": exif(), "pnginfo": texts} | more)


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def deep_grey(size: tuple[int, int] = SIZE) -> Image.Image:
    """Grey of 16 bits, brighter at the top left."""
    image = Image.new("I;16", size, 0x5000)
    image.paste(0xC000, (0, 0, size[0] // 2, size[1] // 2))
    return image


def see_through(mode: str) -> Image.Image:
    image = drawn().convert(mode)
    image.putalpha(Image.new("L", SIZE, 255))
    return image


def animated() -> bytes:
    frames = [drawn().convert("P"), Image.new("P", SIZE)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=MAKER.encode())


def every_file() -> Iterator[PictureFile]:
    for orientation in range(1, 9):
        yield PictureFile(f"turned-{orientation}.jpg", jpeg(stored(drawn(), orientation), orientation))
    for kind in ("WEBP", "AVIF"):
        turned = saved(stored(drawn(), 6), kind, exif=exif(6), xmp=XMP, quality=95)
        yield PictureFile(f"turned.{kind.lower()}", turned)
    yield PictureFile("turned.png", png(stored(drawn(), 6), exif=exif(6)))
    heic = Path(__file__).with_name("phone.heic").read_bytes()
    yield PictureFile("phone.heic", heic, size=(48, 64))
    yield PictureFile("cmyk.jpg", jpeg(drawn().convert("CMYK")))
    yield PictureFile("cmyk-of-rgb.jpg", jpeg(drawn().convert("CMYK"), icc_profile=DISPLAY_P3))
    yield PictureFile("grey.jpg", jpeg(drawn().convert("L")), is_grey=True)
    yield PictureFile("grey-of-rgb.jpg", jpeg(drawn().convert("L"), icc_profile=DISPLAY_P3), is_grey=True)
    yield PictureFile("wide.jpg", jpeg(drawn(), icc_profile=DISPLAY_P3))
    yield PictureFile("broken-profile.jpg", jpeg(drawn(), icc_profile=b"nothing of the kind"))
    yield PictureFile("broken-exif.jpg", jpeg(drawn(), exif=b"Exif\0\0" + MAKER.encode()))
    yield PictureFile("grey-16.png", png(deep_grey()), is_grey=True)
    yield PictureFile("grey-16-transparent.png", png(deep_grey(), transparency=0x1234), is_grey=True)
    yield PictureFile("black-and-white.png", png(drawn().convert("1", dither=0)), is_grey=True)
    yield PictureFile("palette.png", png(drawn().quantize(4)))
    yield PictureFile("palette-transparent.png", png(drawn().quantize(4), transparency=200))
    yield PictureFile("rgb-transparent.png", png(drawn(), transparency=(1, 2, 3)))
    yield PictureFile("grey-alpha.png", png(see_through("L")), is_grey=True)
    yield PictureFile("alpha.png", png(see_through("RGB")))
    yield PictureFile("animated.gif", animated())
    for size in ((1, 1), (3, 2000), (2000, 3), (1, 7), (7, 1)):
        yield PictureFile("{}x{}.png".format(*size), png(drawn(size)), size=size)
        yield PictureFile("{}x{}.jpg".format(*size), jpeg(drawn(size)), size=size)


FILES = {file.name: file for file in every_file()}

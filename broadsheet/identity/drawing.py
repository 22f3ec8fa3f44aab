"""Pictures made of what is uploaded, and of an initial: what browsers and other systems want as an icon."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import typst
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from broadsheet.identity import svg

LETTERS = Path(__file__).parent / "letters"
FAMILIES = {
    "newsreader": "Newsreader 16pt",
    "source": "Source Serif 4",
    "fraunces": "Fraunces",
    "schibsted": "Schibsted Grotesk",
}
SIZES = (32, 180, 192, 512)
"""Of icons: for a tab, for a phone of Apple's, for other phones, for search engines."""
MOST_BYTES = 2_000_000
LARGEST_LOGO = (1_200, 400)
LEAST_ICON = 180


def logo(content: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """An uploaded logo as it is served: its bytes, media type and size. Raises ValidationError."""
    if is_svg(content):
        cleaned = svg.cleaned(content)
        _drawn(cleaned, 32, 32)  # what can't be drawn is no logo
        width, height = svg.size_of(cleaned)
        return (
            cleaned,
            "image/svg+xml",
            (round(1000 * width / max(width, height)), round(1000 * height / max(width, height))),
        )
    picture = _opened(content)
    picture.thumbnail(LARGEST_LOGO)
    return _as_png(picture), "image/png", picture.size


def icons(content: bytes) -> dict[int, bytes]:
    """Of an uploaded square, by their sizes. Raises ValidationError."""
    if is_svg(content):
        cleaned = svg.cleaned(content)
        width, height = svg.size_of(cleaned)
        _refuse_oblong(width, height)
        return {size: _drawn(cleaned, size, size) for size in SIZES}
    picture = _opened(content)
    _refuse_oblong(*picture.size)
    if picture.width < LEAST_ICON:
        raise ValidationError(_("The icon is smaller than 180 × 180 pixels."))
    return {size: _as_png(picture.resize((size, size), Image.Resampling.LANCZOS)) for size in SIZES}


def initial(name: str, pairing: str, ground: str, paper: str) -> dict[int, bytes]:
    """Icons that show the first letter of `name` in the font of its headlines."""
    words = [word for word in name.split() if word.lower() not in {"the", "a", "an"}] or name.split() or ["·"]
    letter = next((character for character in words[0] if character.isalnum()), "·").upper()
    given = json.dumps({"letter": letter, "font": FAMILIES[pairing], "ground": ground, "paper": paper})
    source = (
        b"#let given = json(bytes(sys.inputs.given))\n"
        b"#set page(width: 100pt, height: 100pt, margin: 0pt, fill: rgb(given.ground))\n"
        b'#set text(font: (given.font, "Libertinus Serif", "DejaVu Sans Mono"), size: 84pt,\n'
        b"  fill: rgb(given.paper),\n"
        b'  top-edge: "bounds", bottom-edge: "bounds")\n'
        b"#place(center + horizon, given.letter)\n"
    )
    return {size: _set({"main.typ": source}, 72 * size / 100, {"given": given}) for size in SIZES}


def is_svg(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _drawn(cleaned: bytes, width: int, height: int) -> bytes:
    source = (
        f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: none)\n"
        '#image("drawing.svg", width: 100%, height: 100%, fit: "contain")'
    )
    files = {"main.typ": source.encode(), "drawing.svg": cleaned}
    try:
        return _set(files, 72, {})
    except RuntimeError as error:
        raise ValidationError(_("This is not an SVG that can be read. Export it again.")) from error


def _set(files: dict[str, bytes], ppi: float, inputs: dict[str, str]) -> bytes:
    """A PNG; raises RuntimeError. Typst takes files by their names, of which its types don't know yet."""
    made: bytes = typst.compile(
        cast(Any, files),
        format="png",
        ppi=float(ppi),
        font_paths=[str(LETTERS)],
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )
    return made


def _opened(content: bytes) -> Image.Image:
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The picture is larger than 2 MB."))
    try:
        picture = Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
        if picture.width * picture.height > 40_000_000:
            raise ValidationError(_("The picture has more than 40 million pixels."))
        return picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError) as error:
        raise ValidationError(
            _("This is no picture that can be read: use SVG, PNG, JPEG or WebP.")
        ) from error


def _as_png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _refuse_oblong(width: float, height: float) -> None:
    if abs(width - height) > 0.02 * max(width, height):
        raise ValidationError(_("The icon is not square."))

"""Colours as people pick them, ``#rrggbb``, and which of them can be read.

Contrast is that of WCAG 2.2; what is near a colour is told in OKLCH, by its lightness, at the same hue.
Source of the matrices: https://bottosson.github.io/posts/oklab/
"""

import math
import re
from collections.abc import Iterable

HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
LEAST = 4.5
"""The contrast that WCAG 2.2 AA asks of text."""
STEP = 0.002

type Oklch = tuple[float, float, float]
"""Lightness from 0 to 1, chroma from 0 to about 0.37, hue in degrees."""


def normal(typed: str) -> str:
    """``#abc``, ``ABC`` or ``#AABBCC`` as ``#aabbcc``; raises ValueError."""
    digits = typed.strip().lower().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not HEX.fullmatch(f"#{digits}"):
        raise ValueError(typed)
    return f"#{digits}"


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, grounds: Iterable[str]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def nearest(colour: str, grounds: Iterable[str], least: float = LEAST) -> str:
    """The colour of the same hue, as little lighter or darker as may be, that can be read on all `grounds`.

    It is `colour` itself where that can be read.
    """
    grounds = list(grounds)
    lightness, chroma, hue = to_oklch(colour)
    for step in range(int(1 / STEP) + 1):
        for moved in (lightness - step * STEP, lightness + step * STEP):
            if 0 <= moved <= 1:
                near = colour if step == 0 else from_oklch((moved, chroma, hue))
                if least_contrast(near, grounds) >= least:
                    return near
    raise ValueError("No colour can be read on grounds of such different lightness.")


def for_the_dark(colour: str, grounds: Iterable[str]) -> str:
    """What stands for `colour` on dark `grounds`: of the same hue, light, and not glaring."""
    lightness, chroma, hue = to_oklch(colour)
    return nearest(from_oklch((max(lightness, 0.74), min(chroma, 0.13), hue)), grounds, 5.5)


def to_oklch(colour: str) -> Oklch:
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def from_oklch(colour: Oklch) -> str:
    """With as much of its chroma as sRGB has at that lightness."""
    lightness, chroma, hue = colour
    if (found := _in_srgb(lightness, chroma, hue)) is None:
        low, high = 0.0, chroma
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if _in_srgb(lightness, middle, hue) else (low, middle)
        found = _in_srgb(lightness, low, hue) or (lightness**3,) * 3
    return "#" + "".join(f"{round(_encoded(min(max(part, 0), 1)) * 255):02x}" for part in found)


def _in_srgb(lightness: float, chroma: float, hue: float) -> tuple[float, ...] | None:
    """Linear red, green and blue, where all of them are within sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return parts if all(-0.0005 <= part <= 1.0005 for part in parts) else None


def _linear(colour: str) -> tuple[float, ...]:
    return tuple(_decoded(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

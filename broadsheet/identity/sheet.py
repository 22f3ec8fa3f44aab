"""The style sheet of an identity: its colours. The rest is in sheets that come with the program."""

from typing import TYPE_CHECKING

from broadsheet.identity.choices import PAPERS, PaperKind, Scheme
from broadsheet.identity.colours import to_oklch

if TYPE_CHECKING:
    from broadsheet.identity.models import Identity

NEUTRALS = ("paper", "ink", "muted", "rule", "tint", "bright")


def written(identity: "Identity") -> str:
    """In the layer of the variables that it sets, so that whatever stands above still does."""
    light, dark = PAPERS[PaperKind(identity.paper)]
    hue = round(to_oklch(identity.accent)[2])
    lines = [f"--accent:light-dark({identity.accent},{identity.accent_in_the_dark})"]
    if identity.paper != PaperKind.WARM:  # base.css has that one
        lines += [f"--{name}:light-dark({_css(light, name)},{_css(dark, name)})" for name in NEUTRALS]
    chosen = f"light-dark(oklch(.9 .05 {hue}),oklch(.4 .09 {hue}))"
    return f"@layer base{{:root{{{';'.join(lines)}}}::selection{{background:{chosen}}}}}"


def _css(scheme: Scheme, name: str) -> str:
    lightness, chroma, hue = getattr(scheme, name)
    return f"oklch({lightness:g} {chroma:g} {hue:g})"

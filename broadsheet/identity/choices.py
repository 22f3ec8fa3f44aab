"""What can be chosen, in few forms drawn with care: pairings of fonts, papers, mastheads, fronts."""

from dataclasses import dataclass

from django.db import models
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from broadsheet.identity.colours import from_oklch


@dataclass(frozen=True, slots=True)
class Pairing:
    """Fonts that go together; a page loads those of one pairing, by its base sheet."""

    key: str
    name: Promise
    about: Promise
    base: str
    """The static file of the base sheet."""
    preloaded: tuple[str, ...]
    """Static files of the fonts that every page shows: text, headlines, labels."""

    @property
    def address(self) -> str:
        """That of the base sheet."""
        return static(self.base)

    @property
    def faces(self) -> str:
        """The address of its font faces alone."""
        return static(self.base.replace("/base", "/fonts"))

    @property
    def preloads(self) -> list[str]:
        """The addresses of the fonts that every page shows."""
        return [static(font) for font in self.preloaded]


def _fonts(*names: str) -> tuple[str, ...]:
    return tuple(f"platform/fonts/{name}.woff2" for name in names)


PAIRINGS = {
    pairing.key: pairing
    for pairing in (
        Pairing(
            "newsreader",
            _("Classic"),
            _("Newsreader and Public Sans: a newspaper’s, narrow and calm."),
            "platform/css/base.css",
            _fonts("newsreader", "newsreader-display", "public-sans"),
        ),
        Pairing(
            "source",
            _("Sober"),
            _("Source Serif and Source Sans: a review’s, sturdy and plain."),
            "platform/css/base_source.css",
            _fonts("source-serif", "source-serif-display", "source-sans"),
        ),
        Pairing(
            "fraunces",
            _("Warm"),
            _("Fraunces, Source Serif and Figtree: a magazine’s, soft and full of character."),
            "platform/css/base_fraunces.css",
            _fonts("source-serif", "fraunces-display", "figtree"),
        ),
        Pairing(
            "schibsted",
            _("Bold"),
            _("Schibsted Grotesk and Newsreader: headlines without serifs, text with them."),
            "platform/css/base_schibsted.css",
            _fonts("newsreader", "schibsted-display", "public-sans"),
        ),
    )
}


class Masthead(models.TextChoices):
    CENTRED = "centred", _("In the middle: the name large")
    LEFT = "left", _("Left: the name large, at the edge, over a heavy line")
    COMPACT = "compact", _("Compact: the name small, beside the date and the links")


class Layout(models.TextChoices):
    NEWS = "news", _("News: three columns, ranked, much at a glance")
    MAGAZINE = "magazine", _("Magazine: one large picture, then pairs")
    SINGLE = "single", _("Single column: one after another, calm")


class PaperKind(models.TextChoices):
    WARM = "warm", _("Warm")
    WHITE = "white", _("White")
    COOL = "cool", _("Cool")


@dataclass(frozen=True, slots=True)
class Scheme:
    """The grounds and neutral colours of pages in light, or in the dark, as OKLCH in CSS."""

    paper: tuple[float, float, float]
    ink: tuple[float, float, float]
    muted: tuple[float, float, float]
    rule: tuple[float, float, float]
    tint: tuple[float, float, float]
    bright: tuple[float, float, float]

    @property
    def grounds(self) -> list[str]:
        """On which text in the accent colour stands, and the paper that stands on it."""
        return [from_oklch(ground) for ground in (self.paper, self.tint, self.bright)]


# Those of elements.css: lightness and chroma stay, the hue is the paper's.
LIGHT = Scheme(
    paper=(0.985, 0.006, 85),
    ink=(0.22, 0.012, 60),
    muted=(0.46, 0.012, 60),
    rule=(0.83, 0.01, 80),
    tint=(0.958, 0.011, 85),
    bright=(0.96, 0.03, 92),
)
DARK = Scheme(
    paper=(0.185, 0.008, 60),
    ink=(0.93, 0.008, 85),
    muted=(0.72, 0.01, 80),
    rule=(0.35, 0.01, 60),
    tint=(0.225, 0.01, 60),
    bright=(0.25, 0.02, 80),
)
WHITE_LIGHT = Scheme(
    paper=(1, 0, 0),
    ink=(0.2, 0, 0),
    muted=(0.46, 0, 0),
    rule=(0.85, 0, 0),
    tint=(0.965, 0, 0),
    bright=(0.955, 0.018, 95),
)
WHITE_DARK = Scheme(
    paper=(0.18, 0, 0),
    ink=(0.94, 0, 0),
    muted=(0.72, 0, 0),
    rule=(0.35, 0, 0),
    tint=(0.225, 0, 0),
    bright=(0.25, 0.012, 95),
)
COOL_LIGHT = Scheme(
    paper=(0.986, 0.003, 245),
    ink=(0.22, 0.02, 255),
    muted=(0.46, 0.018, 255),
    rule=(0.83, 0.012, 250),
    tint=(0.958, 0.006, 245),
    bright=(0.945, 0.022, 215),
)
COOL_DARK = Scheme(
    paper=(0.19, 0.016, 260),
    ink=(0.93, 0.008, 245),
    muted=(0.72, 0.014, 250),
    rule=(0.36, 0.02, 258),
    tint=(0.23, 0.018, 260),
    bright=(0.26, 0.03, 240),
)
PAPERS = {
    PaperKind.WARM: (LIGHT, DARK),
    PaperKind.WHITE: (WHITE_LIGHT, WHITE_DARK),
    PaperKind.COOL: (COOL_LIGHT, COOL_DARK),
}
ACCENT, ACCENT_IN_THE_DARK = from_oklch((0.43, 0.145, 25)), from_oklch((0.74, 0.12, 28))

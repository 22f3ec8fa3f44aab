"""How pages look just now: what was applied, or for whoever tries a draft, that."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

from django.utils import translation

from broadsheet.editorial.models import Publication
from broadsheet.editorial.models.publication import PublicationQuerySet, shown_as
from broadsheet.identity.choices import (
    ACCENT,
    ACCENT_IN_THE_DARK,
    DARK,
    LIGHT,
    PAIRINGS,
    PAPERS,
    Layout,
    Masthead,
    Pairing,
    PaperKind,
)
from broadsheet.identity.models import Identity, IdentityFile
from broadsheet.identity.models.identity import IdentityQuerySet
from broadsheet.platform.kept import Kept


@dataclass(frozen=True, slots=True)
class Drawing:
    address: str
    width: int
    height: int

    @classmethod
    def of(cls, file: IdentityFile | None) -> Self | None:
        return cls(file.address, file.width, file.height) if file else None


@dataclass(frozen=True, slots=True)
class Look:
    """Plain values for templates. Addresses are paths."""

    motto: str
    about: str = ""
    pairing: Pairing = PAIRINGS["newsreader"]
    masthead: str = Masthead.CENTRED
    layout: str = Layout.NEWS
    accent: str = ACCENT
    accent_dark: str = ACCENT_IN_THE_DARK
    paper: str = LIGHT.grounds[0]
    paper_dark: str = DARK.grounds[0]
    elsewhere: tuple[tuple[str, str], ...] = ()
    logo: Drawing | None = None
    logo_dark: Drawing | None = None
    sheet: str = ""
    """Empty: the look that the program comes with."""
    icon_32: str = ""
    icon_180: str = ""
    icon_192: str = ""
    icon_512: str = ""

    @classmethod
    def of(cls, identity: Identity, motto: str) -> Self:
        light, dark = PAPERS[PaperKind(identity.paper)]
        return cls(
            motto=motto,
            about=identity.about,
            pairing=PAIRINGS[identity.pairing],
            masthead=identity.masthead,
            layout=identity.layout,
            accent=identity.accent,
            accent_dark=identity.accent_in_the_dark,
            paper=light.grounds[0],
            paper_dark=dark.grounds[0],
            elsewhere=tuple(identity.elsewhere),
            logo=Drawing.of(identity.logo),
            logo_dark=Drawing.of(identity.logo_dark),
            sheet=identity.sheet.address if identity.sheet else "",
            **{
                name: file.address if (file := getattr(identity, name)) else ""
                for name in ("icon_32", "icon_180", "icon_192", "icon_512")
            },
        )


def _read() -> dict[str | None, Look]:
    """By language tag, None for the whole publication."""
    files = ("logo", "logo_dark", "icon_32", "icon_180", "icon_192", "icon_512", "sheet")
    found: dict[str | None, Look] = {}
    seen = set()
    motto = Publication.load().motto
    rows = Identity.objects.applied().select_related("edition", *files)
    for row in rows.defer(*(f"{name}__content" for name in files)):
        tag = row.edition.language_code if row.edition else None
        if tag not in seen and not row.follows:
            found[tag] = Look.of(row, row.motto if row.edition else motto)
        seen.add(tag)
    return found


_kept = Kept(_read, IdentityQuerySet.tag, PublicationQuerySet.tag)
_tried: ContextVar[Look | None] = ContextVar("identity_tried", default=None)


def look(tag: str | None = None) -> Look:
    """That of the edition with that language tag; without one, of the edition that the address names."""
    if tried := _tried.get():
        return tried
    return _chosen(_kept(), tag) or Look(motto=Publication.load().motto)


def last_look() -> Look:
    """As `look`, by what this process last read: it asks no database."""
    return _chosen(_kept.last or {}, None) or Look(motto="")


def _chosen(found: dict[str | None, Look], tag: str | None) -> Look | None:
    return found.get(tag or translation.get_language()) or found.get(None)


@contextmanager
def trying(draft: Identity) -> Iterator[None]:
    """Whatever is rendered within looks as if `draft` were applied."""
    with ExitStack() as stack:
        motto = draft.motto
        if draft.edition_id is None:
            stack.enter_context(
                shown_as(name=draft.name, motto=draft.motto, share_picture_id=draft.share_picture_id)
            )
        token = _tried.set(Look.of(draft, motto))
        stack.callback(_tried.reset, token)
        yield

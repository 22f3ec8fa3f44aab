"""What every source is read into: plain records, in the order in which they are carried out.

A `key` is the source's own id, by which a record is known again. An article names authors and subjects by
keys, which were read before it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from broadsheet.importers.bodies.pieces import Body


class Level(StrEnum):
    MAPPED = "mapped"
    REPAIR = "repair"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be said about a record: how it is mapped, what is to be repaired, what can't be kept."""

    level: Level
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    key: str
    name: str
    slug: str = ""
    biography: str = ""
    picture: str = ""
    old_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What another system calls a category or a tag: a section or a topic here."""

    key: str
    name: str
    slug: str = ""
    description: str = ""
    may_be_section: bool = False
    old_addresses: tuple[str, ...] = ()


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    key: str
    title: str
    slug: str
    read_body: Callable[[], Body]
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    """The primary one first."""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    state: State = State.DRAFT
    access: str = ""
    picture: str = ""
    picture_caption: str = ""
    picture_alt: str = ""
    picture_credit: str = ""
    old_addresses: tuple[str, ...] = ()
    seo_title: str = ""
    seo_description: str = ""
    is_page: bool = False
    """A page about the magazine itself."""
    kind_there: str = ""
    """A custom type of the old system, brought along where that is asked for."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    key: str
    name: str
    slug: str = ""
    description: str = ""
    is_active: bool = True


class Wish(StrEnum):
    """Whether somebody gets a list."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    PENDING = "pending"
    CLEANED = "cleaned"
    """The address bounced there."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    address: str
    line: int
    """Where they stand in the file."""
    name: str = ""
    newsletters: tuple[str, ...] = ()
    """Keys; empty: the newsletter that is chosen for the whole file."""
    wish: Wish = Wish.NONE
    since: datetime | None = None
    left_at: datetime | None = None
    proof: str = ""
    """What the file itself says of how they agreed."""
    network_address: str = ""
    labels: tuple[str, ...] = ()
    note: str = ""
    is_complimentary: bool = False
    is_paying: bool = False
    until: datetime | None = None
    """To when that runs, if the file says so."""
    customer: str = ""
    """Their number at Stripe."""
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    amount: int  # minor units
    currency: str
    term: str  # month, year


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A price made cheaper for its first terms, by a code."""

    name: str
    code: str
    price: Price
    amount: int  # of each term, in minor units
    count: int
    """How long such a term is, in `unit`s."""
    unit: str  # week, month
    terms: int
    line: str = ""
    is_to_stay: bool = False
    """For those who cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    key: str
    name: str
    summary: str = ""
    promises: tuple[str, ...] = ()
    prices: tuple[Price, ...] = ()
    trial_days: int = 0
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """About the file as a whole."""

    note: Note
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLink:
    label: str
    address: str = ""
    """There, or elsewhere; empty: a heading alone."""
    links: tuple["MenuLink", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the source says of the magazine itself."""

    name: str
    motto: str = ""
    main: tuple[MenuLink, ...] = ()
    footer: tuple[MenuLink, ...] = ()


type Record = Author | Subject | Article | Newsletter | Reader | Plan | Redirect | Remark | Site


class Source(Protocol):
    """One system's files, opened. `records` may be read several times, and always gives the same."""

    origin: str
    """Of which site they are, such as ``ghost:gazette.example``: its keys are known again by it."""
    hosts: frozenset[str]
    """The hosts under which the old site was known."""

    def records(self) -> Iterator[Record]: ...


class NotReadable(Exception):
    """The files aren't what the source takes. Its words say why, and what to bring instead."""


@dataclass(slots=True)
class Wishes:
    """What somebody wants of an import, as forms and the command give it."""

    edition: str = ""
    site: str = ""
    """The old site's address, for exports that don't name it."""
    section: str = ""
    """Slug of the section for what no other takes."""
    subjects: dict[str, str] = field(default_factory=dict)
    """Key of a subject → ``section``, ``topic``, ``section:slug`` or ``leave``."""
    kinds: list[str] = field(default_factory=list)
    """Custom types that come as articles."""
    newsletter: str = ""
    """Slug of the newsletter for readers of a list without one of its own."""
    declaration: str = ""
    """By whom, and how, readers agreed to get letters."""
    columns: dict[str, str] = field(default_factory=dict)
    """Of a table of readers: what we call it → the heading there."""
    takes_name: bool = False
    """The old name and motto, into the draft of an identity of whoever imports."""
    takes_menus: bool = False
    paying_days: int = 31
    """How long who pays elsewhere reads on before they subscribe here."""

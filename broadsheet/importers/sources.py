"""The systems that can be moved in from, by name. Each is a folder of this room."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.importers.files import Files
from broadsheet.importers.records import NotReadable, Source, Wishes

type Opener = Callable[[Files, Wishes], Source]

ROOM = "broadsheet.importers"


@dataclass(frozen=True, slots=True)
class Kind:
    title: str
    takes: str | Promise
    opener: str
    """Where its Opener is, below ROOM. It is loaded when it is asked for: few need it, and it takes time."""


_kinds: dict[str, Kind] = {}


def register(name: str, title: str, takes: str | Promise, opener: str) -> None:
    _kinds[name] = Kind(title, takes, opener)


def names() -> list[str]:
    return list(_kinds)


def choices() -> list[tuple[str, str]]:
    return [(name, kind.title) for name, kind in _kinds.items()]


def takes(name: str) -> str:
    return str(_kinds[name].takes)


def title_of(name: str) -> str:
    return _kinds[name].title if name in _kinds else name


def opened(name: str, files: Files, wishes: Wishes) -> Source:
    """Raises NotReadable where the files aren't of this system."""
    if name not in _kinds:
        raise NotReadable(
            gettext("There is no importer “%(name)s”. There are: %(all)s.")
            % {"name": name, "all": ", ".join(_kinds)}
        )
    if not files.entries:
        raise NotReadable(gettext("There is nothing in these files."))
    opener: Opener = import_string(f"{ROOM}.{_kinds[name].opener}")
    return opener(files, wishes)


def register_all() -> None:
    register(
        "ghost",
        "Ghost",
        _("The JSON export; with it the folder or zip of images, members.csv, redirects and routes."),
        "ghost.export.GhostSource",
    )
    register(
        "wordpress",
        "WordPress",
        _("One or more export files (WXR); with them wp-content/uploads as a zip, and CSVs of WooCommerce."),
        "wordpress.export.WordPressSource",
    )
    register(
        "substack",
        "Substack",
        _("The zip of the export, with posts.csv and lists."),
        "substack.export.SubstackSource",
    )
    register(
        "beehiiv",
        "beehiiv",
        _("The CSV of posts, and that of subscribers."),
        "beehiiv.export.BeehiivSource",
    )
    register(
        "buttondown",
        "Buttondown",
        _("The zip of the export, with emails and subscribers."),
        "buttondown.export.ButtondownSource",
    )
    register("medium", "Medium", _("The zip of the export."), "medium.export.MediumSource")
    register(
        "readers",
        "CSV",
        _("Lists of readers: of beehiiv, Mailchimp, Buttondown, Kit, listmonk, or any table with addresses."),
        "lists.tables.ListSource",
    )
    register(
        "feed",
        "RSS, Atom",
        _("A saved feed. A last resort: it holds the newest alone."),
        "feeds.feed.FeedSource",
    )

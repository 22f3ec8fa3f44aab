"""Pages without a place in the tree, to which a menu may lead.

Each room names its own, from its `AppConfig.ready`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from broadsheet.editorial.models import Edition

type Words = Promise | str


def in_each(edition: Edition) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Destination:
    label: Words
    url_name: str
    args: tuple[str, ...] = ()
    has_it: Callable[[Edition], bool] = in_each
    """Whether an edition has that page; what it does not have no menu of it shows."""

    def address(self, tag: str) -> str:
        """Its path in the edition with that language tag."""
        with translation.override(tag):
            return reverse(self.url_name, args=self.args)


_destinations: dict[str, Destination] = {}


def register_destination(
    key: str, label: Words, url_name: str, *args: str, has_it: Callable[[Edition], bool] = in_each
) -> None:
    """`key` is what menus keep; a menu that names one that is not there shows nothing in its place."""
    _destinations[key] = Destination(label, url_name, args, has_it)


def destination(key: str) -> Destination | None:
    return _destinations.get(key)


def destinations() -> list[tuple[str, Words]]:
    """Keys and labels, by label."""
    return sorted(((key, one.label) for key, one in _destinations.items()), key=lambda pair: str(pair[1]))

"""The export of one's data, and what an erased account takes with it.

Rooms above add to both from their `AppConfig.ready`.
"""

from collections.abc import Callable
from typing import Any

from broadsheet.people.models import Person

type Export = Callable[[Person], Any]
type Losses = Callable[[Person], list[str]]

_exports: dict[str, Export] = {}
_losses: dict[str, Losses] = {}


def register_export(name: str, export: Export) -> None:
    """Adds what `export` says of a person, in values that JSON can hold (and datetimes), under `name`."""
    _exports[name] = export


def register_losses(name: str, losses: Losses) -> None:
    """Adds the sentences that `losses` makes to what is said before an account is erased."""
    _losses[name] = losses


def everything_about(person: Person) -> dict[str, Any]:
    return {name: export(person) for name, export in sorted(_exports.items())}


def lost_with(person: Person) -> list[str]:
    return [sentence for losses in _losses.values() for sentence in losses(person)]

"""The export of one's data, what an erased account takes with it, and the time zone of its pages.

Rooms above add to each from their `AppConfig.ready`.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet.people.models import Person

type Export = Callable[[Person], Any]
type Losses = Callable[[Person], list[str]]
type ZoneOf = Callable[[Person], ZoneInfo | None]

_exports: dict[str, Export] = {}
_losses: dict[str, Losses] = {}
_zones: list[ZoneOf] = []


def register_export(name: str, export: Export) -> None:
    """Adds what `export` says of a person, in values that JSON can hold (and datetimes), under `name`."""
    _exports[name] = export


def register_losses(name: str, losses: Losses) -> None:
    """Adds the sentences that `losses` makes to what is said before an account is erased."""
    _losses[name] = losses


def register_zone(zone_of: ZoneOf) -> None:
    """Adds what knows in which time zone a person lives, or None. What is added last is asked first."""
    _zones.append(zone_of)


def zone_of(person: Person) -> ZoneInfo | None:
    """The time zone in which a person's account shows its times; None where nothing tells."""
    return next((zone for known in reversed(_zones) if (zone := known(person))), None)


def everything_about(person: Person) -> dict[str, Any]:
    return {name: export(person) for name, export in sorted(_exports.items())}


def lost_with(person: Person) -> list[str]:
    return [sentence for losses in _losses.values() for sentence in losses(person)]

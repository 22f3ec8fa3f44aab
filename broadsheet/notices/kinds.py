"""The kinds of notices. The rooms that cause them register each with its name and what writes its letter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils import timezone, translation
from django.utils.functional import Promise

from broadsheet.people.letters import Letter

if TYPE_CHECKING:
    from broadsheet.notices.models import Notice

type Writer = Callable[["Notice"], Letter | None]
"""Makes the letter of a notice; None where it has stopped being true, and so isn't sent."""
type ZoneOf = Callable[[str], ZoneInfo]
"""The time zone of the edition with a language tag."""


class UnknownKind(LookupError):
    """No room has registered a kind of that name."""


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str | Promise
    write: Writer
    zone_of: ZoneOf


_kinds: dict[str, _Kind] = {}


def register(writers: Mapping[TextChoices, Writer], *, zone_of: ZoneOf) -> None:
    """Adds the kinds of a room, each with its writer.

    `zone_of` says by whose clock their letters count days: this room stands below the editions.
    """
    for kind, write in writers.items():
        _kinds[kind.value] = _Kind(kind.label, write, zone_of)


def unregister(*kinds: TextChoices) -> None:
    for kind in kinds:
        _kinds.pop(kind.value, None)


def choices() -> list[tuple[str, str | Promise]]:
    return [(name, kind.label) for name, kind in _kinds.items()]


def require(name: str) -> None:
    """Raises UnknownKind."""
    if name not in _kinds:
        raise UnknownKind(name)


def letter_of(notice: "Notice") -> Letter | None:
    """What `notice` says, in the language and the time zone of its edition; raises UnknownKind."""
    require(notice.kind)
    kind = _kinds[notice.kind]
    with translation.override(notice.edition), timezone.override(kind.zone_of(notice.edition)):
        return kind.write(notice)

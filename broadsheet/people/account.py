"""The account page and the export of one's data. Rooms above add to both from their `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from broadsheet.people.models import Person

type Context = Callable[[HttpRequest], dict[str, Any]]
type Export = Callable[[Person], Any]
type Losses = Callable[[Person], list[str]]


@dataclass(frozen=True, slots=True)
class Section:
    order: int
    template: str
    context: Context

    def render(self, request: HttpRequest) -> SafeString:
        return render_to_string(self.template, self.context(request), request=request)


_sections: dict[str, Section] = {}
_exports: dict[str, Export] = {}
_losses: dict[str, Losses] = {}


def register_section(order: int, template: str, context: Context) -> None:
    """Puts `template` on the account page, rendered with what `context` makes of the request.

    Ours have the orders 10 (who you are), 30 (how you sign in), 50 (where) and 90 (your data).
    """
    _sections[template] = Section(order, template, context)


def register_export(name: str, export: Export) -> None:
    """Adds what `export` says of a person, in values that JSON can hold (and datetimes), under `name`."""
    _exports[name] = export


def register_losses(name: str, losses: Losses) -> None:
    """Adds the sentences that `losses` makes to what is said before an account is erased."""
    _losses[name] = losses


def rendered_sections(request: HttpRequest) -> list[SafeString]:
    return [section.render(request) for section in sorted(_sections.values(), key=lambda s: s.order)]


def everything_about(person: Person) -> dict[str, Any]:
    return {name: export(person) for name, export in sorted(_exports.items())}


def lost_with(person: Person) -> list[str]:
    return [sentence for losses in _losses.values() for sentence in losses(person)]

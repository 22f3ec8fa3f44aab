"""Places in the templates of a room that rooms above fill.

A template declares a place with ``{% slot "colophon" %}``; a room above puts its own template there from its
`AppConfig.ready`. So no template names one of a room above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

type Values = Callable[[HttpRequest], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Fill:
    order: int
    template: str
    values: Values | None

    def render(self, context: Context) -> str:
        values = self.values(context["request"]) if self.values else {}
        with context.push(**values):
            return str(Engine.get_default().get_template(self.template).render(context))


_fills: dict[str, list[Fill]] = {}


def fill(slot: str, order: int, template: str, values: Values | None = None) -> None:
    """Puts `template` into `slot`, after those of a lower `order`.

    It is rendered with what the page around it knows, and with what `values` makes of the request.
    """
    _fills[slot] = sorted([*_fills.get(slot, []), Fill(order, template, values)], key=lambda fill: fill.order)


def filled() -> dict[str, list[str]]:
    """Slot → the templates in it."""
    return {slot: [fill.template for fill in fills] for slot, fills in _fills.items()}


def rendered(slot: str, context: Context) -> SafeString:
    return mark_safe("".join(fill.render(context) for fill in _fills.get(slot, [])))  # noqa: S308 (templates)

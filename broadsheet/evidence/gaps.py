"""What is missing in blocks of evidence, each gap as a sentence that names the place."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _


def gaps_in(kind: str, value: Any) -> Iterator[str]:
    """Nothing where the block of this `kind` is no evidence, or what is wrong with it is something else."""
    if find := FINDERS.get(kind):
        yield from find(value)


def _short(text: str | None) -> str:
    return Truncator((text or "").strip()).chars(48)


def _named(thing: str, text: str | None) -> str:
    words = _short(text)
    return _("%(thing)s (“%(words)s”)") % {"thing": thing, "words": words} if words else thing


def _quotation(value: Any) -> Iterator[str]:
    words = _short(value["text"])
    name = _("The quotation “%s”") % words if words else _("A quotation")
    if not words:
        yield _("A quotation has no words.")
    if not value["speaker"]:
        yield _("%s has no speaker.") % name
    if not value["source"]:
        yield _("%s has no source.") % name


def _facts(value: Any) -> Iterator[str]:
    if not value["items"]:
        yield _("A facts box is empty.")
    for number, fact in enumerate(value["items"], start=1):
        name = _named(_("Fact %d") % number, fact["text"])
        if not (fact["text"] or "").strip():
            yield _("Fact %d says nothing.") % number
        if not fact.sources_here:
            yield _("%s has no source.") % name
        if not fact["as_of"]:
            yield _("%s has no date as of which it holds.") % name


def _timeline(value: Any) -> Iterator[str]:
    if len(value["entries"]) < 2:
        yield _("A timeline has fewer than two entries.")
    for number, entry in enumerate(value["entries"], start=1):
        name = _named(_("Entry %d of a timeline") % number, entry["text"])
        if not (entry["when"] or "").strip():
            yield _("%s has no date.") % name
        if not entry["source"]:
            yield _("%s has no source.") % name


def _perspectives(value: Any) -> Iterator[str]:
    question = _short(value["question"])
    holders = {position.who for position in value["positions"] if position.who}
    if len(holders) < 2:
        name = _("The perspectives on “%s”") % question if question else _("Perspectives")
        yield _("%s have one side only. Two at least are needed.") % name
    for position in value["positions"]:
        held = _short(position["position"])
        name = _("The position “%s”") % held if held else _("A position")
        if not position["holder"]:
            yield _("%s has no holder.") % name
        if not position["source"]:
            yield _("%s has no source.") % name


def _term(value: Any) -> Iterator[str]:
    if not value["term"]:
        yield _("A contested term is not chosen.")


def _further(value: Any) -> Iterator[str]:
    if not value.sources_here:
        yield _("Further sources are announced, and none is chosen.")


FINDERS: dict[str, Callable[[Any], Iterator[str]]] = {
    "quotation": _quotation,
    "facts": _facts,
    "timeline": _timeline,
    "perspectives": _perspectives,
    "contested_term": _term,
    "further_sources": _further,
}

"""Takes the evidence of a published body down as rows, so that they always equal what is published."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Page

from broadsheet.evidence.models import (
    Amendment,
    Citation,
    Fact,
    Fingerprint,
    Position,
    Quotation,
    Recording,
    Source,
    TermNote,
    TimelineEntry,
)
from broadsheet.evidence.models.rows import OnPage
from broadsheet.evidence.partial_dates import is_partial_date
from broadsheet.evidence.words import WINDOW_OF_QUOTATION, WINDOW_OF_TEXT, kept_marks
from broadsheet.platform import clock
from broadsheet.platform.new_rows import NewRows

KINDS: tuple[type[OnPage], ...] = (Quotation, Fact, TimelineEntry, Position, TermNote, Citation)

type Values = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Key → values, for each kind of row; of facts their sources besides."""

    of: dict[type[OnPage], dict[str, Values]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    sources_of_facts: dict[str, list[Source]] = field(default_factory=dict)

    def add(self, kind: type[OnPage], key: str, in_opening: bool, **values: Any) -> str:
        """Returns the key that it got."""
        found = self.of[kind]
        while key in found:  # pasted twice with its id
            key += "+"
        found[key] = values | {"position": len(found), "in_opening": in_opening}
        return key

    def cite(self, sources: Iterable[Source], in_opening: bool) -> None:
        for source in sources:
            # The opening comes first, so that a source is public where any of its uses is.
            if str(source.pk) not in self.of[Citation]:
                self.add(Citation, str(source.pk), in_opening, source=source)


def rows_of(body: Iterable[Any], opening: Iterable[Any] = ()) -> Rows:
    """What stands in `body`, a stream of blocks, of which those in `opening` are public.

    A part that is unfinished, as in a draft, makes no row.
    """
    public = {block.id for block in opening}
    rows = Rows()
    for number, block in enumerate(body):
        if take := TAKEN.get(block.block_type):
            is_public = block.id in public
            take(rows, block.id or f"block-{number}", block.value, is_public)
            rows.cite(block.value.sources(), is_public)
    return rows


def _quotation(rows: Rows, key: str, value: Any, in_opening: bool) -> None:
    if value["text"].strip() and value.who and value.at:
        rows.add(
            Quotation,
            key,
            in_opening,
            text=value["text"].strip(),
            speaker=value.who,
            role=value["role"] or "",
            said_on=value["said_on"],
            where=value["where"] or "",
            source=value.at,
        )


def _facts(rows: Rows, key: str, value: Any, in_opening: bool) -> None:
    for item, fact in _children(key, value["items"]):
        if fact["text"].strip() and fact["as_of"] and fact.sources_here:
            item = rows.add(Fact, item, in_opening, text=fact["text"].strip(), as_of=fact["as_of"])
            rows.sources_of_facts[item] = list(dict.fromkeys(fact.sources_here))


def _timeline(rows: Rows, key: str, value: Any, in_opening: bool) -> None:
    for item, entry in _children(key, value["entries"]):
        if entry["text"].strip() and is_partial_date(entry["when"] or "") and entry.at:
            rows.add(
                TimelineEntry,
                item,
                in_opening,
                when=entry["when"],
                text=entry["text"].strip(),
                source=entry.at,
            )


def _perspectives(rows: Rows, key: str, value: Any, in_opening: bool) -> None:
    for item, held in _children(key, value["positions"]):
        if not (held["position"].strip() and held.who and held.at):
            continue
        words = (held["evidence"] or "").strip()
        rows.add(
            Position,
            item,
            in_opening,
            question=value["question"],
            holder=held.who,
            text=held["position"].strip(),
            words=words,
            source=held.at,
        )
        if words:
            rows.add(
                Quotation,
                f"{item}/words",
                in_opening,
                text=words,
                speaker=held.who,
                role="",
                said_on=None,
                where="",
                source=held.at,
            )


def _term(rows: Rows, key: str, value: Any, in_opening: bool) -> None:
    if value["term"]:
        rows.add(TermNote, key, in_opening, term=value["term"])


def _nothing(rows: Rows, key: str, value: Any, in_opening: bool) -> None:
    """Its sources are cited, and that is all there is to it."""


TAKEN: dict[str, Callable[[Rows, str, Any, bool], None]] = {
    "quotation": _quotation,
    "facts": _facts,
    "timeline": _timeline,
    "perspectives": _perspectives,
    "contested_term": _term,
    "further_sources": _nothing,
}


def _children(key: str, items: Any) -> Iterator[tuple[str, Any]]:
    for number, child in enumerate(items.bound_blocks):
        yield child.id or f"{key}/{number}", child.value


def record(page: Page, rows: Rows, *, opening_words: int, opening_text: str, rest_text: str) -> None:
    """Makes the rows of `page` equal `rows`. A row that stays keeps its id and the moment it was added."""
    # One moment for all that comes at once: readers are told what is newer than what they saw.
    at = clock.now()
    with transaction.atomic():
        # Two may catch up with the same page.
        list(Page.objects.select_for_update(no_key=True).filter(pk=page.pk).values_list("pk"))
        # What has no recording has no rows either, and most articles get none: nothing is looked for.
        is_new = not Recording.objects.filter(page_id=page.pk).exists()
        for kind in KINDS:
            if rows.of[kind] or not is_new:
                _bring_into_line(page, kind, rows.of[kind], at)
        for fact in Fact.objects.filter(page=page) if rows.of[Fact] else ():
            fact.sources.set(rows.sources_of_facts[fact.key])
        Recording.objects.update_or_create(
            page_id=page.pk, defaults={"opening_words": opening_words, "opening_text": opening_text}
        )
        if not is_new:
            Fingerprint.objects.filter(page_id=page.pk).delete()
        _mark(page, f"{opening_text} {rest_text}", has_quotations=bool(rows.of[Quotation]))


def amend(page: Page, key: str, note: str) -> None:
    """Keeps when `note` was first there.

    None is taken out: a copy of the page in another edition loses its notes and gets them again.
    """
    Amendment.objects.get_or_create(
        page_id=page.pk, key=key, defaults={"text": note, "position": 0, "in_opening": True}
    )


def added_to(page: Page) -> dict[str, datetime]:
    """Key → when readers could first see it: of facts, timeline entries and amendments."""
    kinds: tuple[type[OnPage], ...] = (Fact, TimelineEntry, Amendment)
    found = [
        kind._default_manager.filter(page_id=page.pk).order_by().values_list("key", "added_at")
        for kind in kinds
    ]
    return dict(found[0].union(*found[1:], all=True).order_by())


def forget(page: Page) -> None:
    """What isn't published has no rows."""
    with transaction.atomic():
        Fingerprint.objects.filter(page_id=page.pk).delete()
        Amendment.objects.filter(page_id=page.pk).delete()
        for kind in KINDS:
            kind._default_manager.filter(page_id=page.pk).delete()
        Recording.objects.filter(page_id=page.pk).delete()


def _bring_into_line(page: Page, kind: type[OnPage], wanted: dict[str, Values], at: datetime) -> None:
    manager = kind._default_manager
    there = {row.key: row for row in manager.filter(page_id=page.pk)}
    if gone := [row.pk for key, row in there.items() if key not in wanted]:
        manager.filter(pk__in=gone).delete()
    new, changed = [], []
    for key, values in wanted.items():
        row = there.get(key)
        if row is None:
            new.append(kind(page_id=page.pk, key=key, added_at=at, **values))
        elif _differs(row, values):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    manager.bulk_create(new)
    if changed:
        manager.bulk_update(changed, list(next(iter(wanted.values()))))


def _differs(row: OnPage, values: Values) -> bool:
    return any(
        getattr(row, f"{name}_id", None) != value.pk if hasattr(value, "pk") else getattr(row, name) != value
        for name, value in values.items()
    )


def _mark(page: Page, text: str, *, has_quotations: bool) -> None:
    marks: list[tuple[int, int | None]] = [
        (value, None) for value in sorted(kept_marks(text, WINDOW_OF_TEXT))
    ]
    for quotation in Quotation.objects.filter(page_id=page.pk) if has_quotations else ():
        marks += [(value, quotation.pk) for value in sorted(kept_marks(quotation.text, WINDOW_OF_QUOTATION))]
    NewRows(Fingerprint, ["value", "quotation"], page=page.pk).insert(marks)

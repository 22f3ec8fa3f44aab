"""The demo's live coverages: one that goes on today, and one that ended some days ago."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from broadsheet.demo import content
from broadsheet.editorial.models import Article, Author, Coverage, Entry, EntryChange

type Moment = Callable[[str], datetime]


def moment_in(now: datetime, otherwise: Moment) -> Moment:
    """``-35m`` is so many minutes before `now`."""

    def moment(written: str) -> datetime:
        if written.endswith("m"):
            return now - timedelta(minutes=int(written.strip("-m")))
        return otherwise(written)

    return moment


def tell(
    article: Article, written: dict[str, Any], authors: dict[str, Author], body: content.Body, moment: Moment
) -> None:
    """Posts the entries of `written`, each at its own moment."""
    coverage = Coverage.of(article)
    entries: list[dict[str, Any]] = written["live"]
    # Of the first, the coverage takes its beginning.
    for about in entries:
        blocks = [{"text": about["text"]}]
        blocks += [{"picture": about["picture"]}] if "picture" in about else []
        entry = coverage.write(
            uuid4(),
            by=None,
            authors=[authors[slug] for slug in about["authors"]],
            headline=about.get("headline", ""),
            body=body.blocks(blocks),
            is_key_point=about.get("key_point", False),
        )
        coverage.post(entry)
        Entry.objects.filter(pk=entry.pk).update(posted_at=moment(about["at"]))
        if "note" in about:
            EntryChange.objects.create(entry=entry, at=moment(about["changed"]), note=about["note"])
        if "withdrawn" in about:
            coverage.withdraw(entry, about["withdrawn"])
            Entry.objects.filter(pk=entry.pk).update(withdrawn_at=moment(about["withdrawn_at"]))
    if over := written.get("ended"):
        coverage.end(over["summary"])
    Coverage.objects.filter(pk=coverage.pk).update(
        began_at=moment(entries[0]["at"]), ended_at=moment(over["at"]) if over else None
    )

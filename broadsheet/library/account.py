"""The library on the account page, in the export of one's data, and before an erasure."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import ngettext

from broadsheet.library.models import Follow, OpenedArticle, ReadingHistory, SavedArticle
from broadsheet.people.current import person_of
from broadsheet.people.models import Person


def section(request: HttpRequest) -> dict[str, Any]:
    reader = person_of(request)
    return {
        "followed_count": Follow.objects.of(reader).count(),
        "saved_count": SavedArticle.objects.filter(reader=reader).count(),
        "has_history": ReadingHistory.objects.filter(reader=reader).exists(),
    }


def export_saved(person: Person) -> list[dict[str, Any]]:
    rows = SavedArticle.objects.filter(reader=person).order_by("saved_at", "pk")
    return [{"article": str(row.article), "saved_at": row.saved_at} for row in rows]


def export_follows(person: Person) -> list[dict[str, Any]]:
    rows = Follow.objects.of(person).select_related("topic", "author").order_by("followed_at", "pk")
    return [
        {"topic" if row.topic else "author": row.what.name, "followed_at": row.followed_at} for row in rows
    ]


def export_history(person: Person) -> dict[str, Any]:
    history = ReadingHistory.objects.of(person)
    rows = OpenedArticle.objects.filter(reader=person).order_by("opened_at", "pk")
    fields = ("article", "opened_at", "last_at", "before_at", "place", "paragraphs")
    return {"chosen_at": history.chosen_at if history else None, "opened": list(rows.values(*fields))}


def losses(person: Person) -> list[str]:
    count = SavedArticle.objects.filter(reader=person).count()
    if not count:
        return []
    return [
        ngettext("Your list of %d saved article is gone.", "Your list of %d saved articles is gone.", count)
        % count
    ]

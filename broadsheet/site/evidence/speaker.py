"""A speaker's page: everything they are quoted saying, by date, and the positions they hold."""

from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Article
from broadsheet.evidence.models import Position, Quotation, Speaker
from broadsheet.people.current import reader_of
from broadsheet.platform.days import day_of
from broadsheet.site.discovery import structured
from broadsheet.site.discovery.head import json_ld, list_head
from broadsheet.site.discovery.listings import numbered_page
from broadsheet.site.evidence.sight import Seen, Sight, marked, once_each
from broadsheet.site.evidence.told import positions, quotations

PAGE_LENGTH = 24
POSITIONS = 30


@require_safe
def speaker(request: HttpRequest, slug: str) -> HttpResponse:
    """It does not exist for whom nothing of it is public: the name alone could give a withheld word away."""
    edition, sight = edition_of(request), Sight.of(request)
    found = get_object_or_404(
        Speaker.objects.with_current().select_related("picture").prefetch_related("roles"), slug=slug
    )
    said = Quotation.objects.filter(speaker=found.current)
    held = Position.objects.filter(holder=found.current)
    pages = said.order_by().values("page").union(held.order_by().values("page"))
    seen = sight.seen_of(once_each(Article.objects.filter(pk__in=pages), edition.locale, ""))
    known, shown = _by_date(said, seen, edition.zone)
    page_obj = numbered_page(request, shown, PAGE_LENGTH)
    newest = held.order_by("-page__first_published_at", "-page", "position")
    quoted = quotations(list(page_obj.object_list))
    shown_first = seen.sift(marked(newest))[:POSITIONS] if page_obj.number == 1 else []
    positions_held = positions(shown_first)
    if not (quoted or positions_held):
        raise Http404
    if found.merged_into_id:
        return redirect("speaker", found.current.slug, permanent=True)
    head = list_head(
        found.name,
        found.description,
        f"/speakers/{found.slug}/",
        request,
        page_obj=page_obj,
        data=json_ld(structured.speaker(found, quoted)),
    )
    context = {
        "head": head,
        "speaker": found,
        "quotations": quoted,
        "positions": positions_held,
        "page_obj": page_obj,
        "withheld": known - len(shown),
        "signed_in": reader_of(request) is not None,
    }
    return sight.kept(request, render(request, "site/evidence/speaker.html", context))


def _by_date(said: QuerySet[Quotation], seen: Seen, zone: ZoneInfo) -> tuple[int, list[int]]:
    """How many there are, and the ids of those that the visitor may see, the newest first.

    What has no date of its own has that of its article.
    """
    known, shown = 0, []
    for pk, page, in_opening, day in said.order_by().values_list("pk", "page_id", "in_opening", "said_on"):
        if page not in seen.published:
            continue
        known += 1
        if seen.has(page, in_opening):
            published = seen.published[page]
            shown.append((day or (day_of(published, zone) if published else date.min), pk))
    return known, [pk for _day, pk in sorted(shown, reverse=True)]

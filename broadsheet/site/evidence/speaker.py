"""A speaker's page: everything they are quoted saying, by date, and the positions they hold."""

from django.db.models import Count
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.evidence.models import Position, Quotation, Speaker
from broadsheet.people.current import reader_of
from broadsheet.site.discovery import structured
from broadsheet.site.discovery.head import json_ld, list_head
from broadsheet.site.discovery.listings import numbered_page
from broadsheet.site.evidence.sight import Sight, attach_articles, once_each

PAGE_LENGTH = 24
POSITIONS = 30


@require_safe
def speaker(request: HttpRequest, slug: str) -> HttpResponse:
    """It does not exist for whom nothing of it is public: the name alone could give a withheld word away."""
    edition, sight = edition_of(request), Sight.of(request)
    found = get_object_or_404(
        Speaker.objects.with_current().select_related("picture").prefetch_related("roles"), slug=slug
    )
    quotations = once_each(Quotation.objects.filter(speaker=found.current), edition.locale)
    positions = once_each(Position.objects.filter(holder=found.current), edition.locale)
    seen = sight.visible(quotations)
    day = Coalesce("said_on", TruncDate("page__first_published_at", tzinfo=edition.zone))
    ordered = seen.annotate(day=day).select_related("source__merged_into").order_by("-day", "-pk")
    page_obj = numbered_page(request, ordered, PAGE_LENGTH)
    page_obj.object_list = list(page_obj.object_list)
    newest = sight.visible(positions).select_related("source__merged_into")
    newest = newest.order_by("-page__first_published_at", "position")
    held = list(newest[:POSITIONS]) if page_obj.number == 1 else []
    if not page_obj.paginator.count and not held:
        raise Http404
    if found.merged_into_id:
        return redirect("speaker", found.current.slug, permanent=True)
    attach_articles(page_obj.object_list, held)
    counted = quotations.aggregate(all=Count("pk"))["all"]
    head = list_head(
        found.name,
        found.description,
        f"/speakers/{found.slug}/",
        request,
        page_obj=page_obj,
        data=json_ld(structured.speaker(found, page_obj.object_list)),
    )
    context = {
        "head": head,
        "speaker": found,
        "quotations": page_obj.object_list,
        "positions": held,
        "page_obj": page_obj,
        "withheld": counted - page_obj.paginator.count,
        "signed_in": reader_of(request) is not None,
    }
    return sight.kept(request, render(request, "site/evidence/speaker.html", context))

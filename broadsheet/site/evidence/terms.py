"""The register of contested terms: who says what of whom, and what this magazine writes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.evidence.models import ContestedTerm, TermNote
from broadsheet.people.current import reader_of
from broadsheet.platform.http.caching import as_cacheable_as
from broadsheet.site.discovery.head import list_head
from broadsheet.site.evidence.sight import Sight, attach_articles, once_each

ARTICLES = 5
MOST_NOTES = 300


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The register is public as a whole; of the articles that explain a term, those where that is public."""
    edition = edition_of(request)
    found = list(ContestedTerm.objects.for_bodies())
    notes = Sight.of_stranger().visible(once_each(TermNote.objects.all(), edition.locale))
    explained: dict[int, list[Any]] = {}
    newest = list(notes.order_by("-page__first_published_at")[:MOST_NOTES])
    attach_articles(newest)
    for note in newest:
        explained.setdefault(note.term_id, []).append(note)
    for term in found:
        term.explained_in = [note.article for note in explained.get(term.pk, [])[:ARTICLES]]
    description = _("Words that sides use for different things, and what this magazine writes.")
    context = {
        "head": list_head(_("Contested terms"), description, "/contested-terms/", request),
        "terms": found,
        "signed_in": reader_of(request) is not None,
    }
    return as_cacheable_as(request, render(request, "site/evidence/terms.html", context))

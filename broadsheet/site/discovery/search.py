"""Search in what is public: headlines, standfirsts and openings. The index holds nothing else."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.finding import query_for, words_of
from broadsheet.editorial.models import Article
from broadsheet.platform.http.robots import unlisted
from broadsheet.site.discovery.head import search_head
from broadsheet.site.discovery.listings import page_of, show_list


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    edition = edition_of(request)
    words = words_of(request.GET.get("q", ""))
    found = Article.objects.none()
    if words:
        articles = Article.objects.live().public().filter(locale_id=edition.locale_id)
        found = articles.for_teasers().search(query_for(words))
    query = " ".join(words)
    page_obj = page_of(request, found)
    response = show_list(
        request, "site/discovery/search.html", search_head(query), {"query": query}, page_obj
    )
    return unlisted(response)

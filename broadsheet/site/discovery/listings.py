"""Lists of articles that no editor arranges: by author, by topic."""

from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.models import Article, Author, Topic, attach_sections
from broadsheet.people.current import is_signed_in
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import as_cacheable_as, kept_by_page
from broadsheet.site.discovery import structured
from broadsheet.site.discovery.each_once import each_once
from broadsheet.site.discovery.head import Head, json_ld, list_head
from broadsheet.site.evidence.sight import Sight
from broadsheet.site.evidence.topic import of_topic

PAGE_LENGTH = 24


def numbered_page(request: HttpRequest, found: Any, length: int) -> Page[Any]:
    """The page of `found` that ``?page=`` names; raises Http404 beyond the last."""
    try:
        return Paginator(found, length).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error


def page_of(request: HttpRequest, found: Any, length: int | None = None) -> Page[Article]:
    """The page of articles that ``?page=`` names, with their sections. Raises Http404 beyond the last."""
    page = numbered_page(request, found, length or PAGE_LENGTH)
    page.object_list = attach_sections(page.object_list)
    return page


def page_of_ids(request: HttpRequest, ids: list[int]) -> Page[Article]:
    """As `page_of`, of articles in the order of `ids`."""
    page = numbered_page(request, ids, PAGE_LENGTH)
    articles = Article.objects.for_teasers().in_bulk(page.object_list)
    page.object_list = attach_sections(articles[pk] for pk in page.object_list if pk in articles)
    return page


def show_list(
    request: HttpRequest,
    template: str,
    head: Head,
    context: dict[str, Any],
    page_obj: Page[Article] | None = None,
) -> HttpResponse:
    context |= {"head": head, "signed_in": is_signed_in(request)}
    if page_obj is not None:
        context |= {"articles": page_obj.object_list, "page_obj": page_obj}
    return as_cacheable_as(request, render(request, template, context))


def _below(index: str, route: str, name: str, path: str) -> structured.Node:
    """The way to a list from the index that names it."""
    return structured.breadcrumbs([(index, absolute(reverse(route))), (name, absolute(path))])


@kept_by_page
@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.select_related("picture", "edition"), slug=slug)
    page_obj = page_of_ids(request, each_once(request, Article.objects.filter(bylines__author=found)))
    head = list_head(
        found.name,
        found.biography,
        f"/authors/{found.slug}/",
        request,
        page_obj=page_obj,
        picture=found.picture,
        with_feeds=True,
        data=json_ld(structured.profile(found), _below(_("Authors"), "authors", found.name, request.path)),
    )
    return show_list(request, "editorial/author.html", head, {"author": found}, page_obj)


@kept_by_page
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic, slug=slug)
    ids = each_once(request, Article.objects.filter(topics=found))
    page_obj = page_of_ids(request, ids)
    path = f"/topics/{found.slug}/"
    head = list_head(
        found.name,
        found.description,
        path,
        request,
        page_obj=page_obj,
        with_feeds=True,
        data=json_ld(_below(_("Topics"), "topics", found.name, request.path)),
    )
    sight = Sight.of(request)
    together = of_topic(found, ids, sight) if page_obj.number == 1 else {}
    return sight.kept(
        request, show_list(request, "editorial/topic.html", head, {"topic": found, **together}, page_obj)
    )

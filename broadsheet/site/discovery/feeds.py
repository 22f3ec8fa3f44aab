"""Feeds of an edition, a section, a topic and an author: headline and standfirst, never the text."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of, editions_of
from broadsheet.editorial.media.renditions import address
from broadsheet.editorial.models import (
    Article,
    ArticleQuerySet,
    Author,
    Edition,
    Publication,
    Topic,
    attach_sections,
)
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import as_cacheable_as, kept
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery.addresses import page_address
from broadsheet.site.discovery.feed_formats import FORMATS, Item, Steady

LENGTH = 30
FIVE_MINUTES = 300


@kept
@require_safe
def edition_feed(request: HttpRequest, name: str) -> HttpResponse:
    edition = edition_of(request)
    about = Publication.load(request_or_site=request).description
    return _feed(request, name, edition, "", f"{edition.prefix}/", edition.articles().newest_first(), about)


@kept
@require_safe
def section_feed(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    edition = edition_of(request)
    section = next((section for section in edition.sections if section.slug == slug), None)
    if section is None:
        raise Http404
    section.edition = edition
    articles = section.articles().newest_first()
    path = f"{edition.prefix}/{section.slug}/"
    return _feed(request, name, edition, section.title, path, articles, section.description)


@kept
@require_safe
def topic_feed(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    edition = edition_of(request)
    topic = get_object_or_404(Topic, slug=slug)
    articles = Article.objects.live().public().filter(topics=topic).once_each(edition.locale)
    path = reverse("topic", args=[topic.slug])
    return _feed(request, name, edition, topic.name, path, articles, topic.description)


@kept
@require_safe
def author_feed(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    edition = edition_of(request)
    author = get_object_or_404(Author, slug=slug)
    articles = Article.objects.live().public().filter(bylines__author=author).once_each(edition.locale)
    path = reverse("author", args=[author.slug])
    return _feed(request, name, edition, author.name, path, articles, author.role)


def _feed(
    request: HttpRequest,
    name: str,
    edition: Edition,
    title: str,
    path: str,
    articles: ArticleQuerySet,
    description: str,
) -> HttpResponse:
    """`path` is that of the page whose articles these are; the feed's own stands below it."""
    feed = begin_feed(request, name, title, path, description)
    found = articles.for_teasers().prefetch_related("topics", "corrections")[:LENGTH]
    for article in attach_sections(found):
        feed.add_item(**item_of(article, edition, request))
    return answer(request, feed)


def begin_feed(
    request: HttpRequest,
    name: str,
    title: str,
    path: str,
    about: str,
    *,
    otherwise: str = "",
    query: str = "",
) -> Steady:
    """The feed of the page at `path`, with `query` where it has one, without items; raises Http404.

    `about` describes it in a sentence. Where that is empty, formats that need one get `otherwise`, or the
    name of the publication.
    """
    if name not in FORMATS:
        raise Http404
    edition, publication = edition_of(request), Publication.load(request_or_site=request)
    whole = f"{publication.name} {edition.short_name}"
    query = query and f"?{query}"
    return FORMATS[name](
        title=f"{title} – {whole}" if title else whole,
        link=absolute(f"{path}{query}"),
        description=about or otherwise or whole,
        subtitle=about or None,
        language=edition.language_tag,
        feed_url=absolute(f"{path}feed/{name}{query}"),
        # Whose the items without a byline are.
        author_name=publication.name,
        author_link=absolute("/"),
    )


def answer(request: HttpRequest, feed: Steady) -> HttpResponse:
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    if feed.items:
        response.headers["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
    return as_cacheable_as(request, response, seconds=FIVE_MINUTES)


def item_of(article: Article, edition: Edition, request: HttpRequest) -> Item:
    description = [article.standfirst, *_corrections(article), _elsewhere(article, edition, request)]
    item: dict[str, Any] = {
        "title": article.headline,
        "link": page_address(article, request),
        "description": "\n\n".join(filter(None, description)),
        # The same in every edition: a reader of two feeds sees a shared article once.
        "unique_id": article.uuid.urn,
        "unique_id_is_permalink": False,
        "pubdate": to_the_second(article.first_published_at),
        "updateddate": article.last_published_at and to_the_second(article.last_published_at),
        "categories": [article.section.title, *(topic.name for topic in article.topics.all())],
        "authors": [
            {"name": author.name, "url": absolute(reverse("author", args=[author.slug]))}
            for author in article.authors
        ],
        "image": None,
    }
    if picture := article.picture:
        item["image"] = {
            "url": absolute(address(picture, "card", 1200, "jpeg")),
            "credit": picture.credit_line,
            "alt": picture.default_alt_text,
        }
    return item


def _elsewhere(article: Article, edition: Edition, request: HttpRequest) -> str:
    """A sentence that says in which other edition the article is, if it isn't in `edition`."""
    if article.locale_id == edition.locale_id:
        return ""
    homes = [other.full_name for other in editions_of(request) if other.locale_id == article.locale_id]
    return _("In %s.") % homes[0] if homes else ""


def _corrections(article: Article) -> list[str]:
    return [
        _("%(kind)s, %(date)s: %(note)s")
        % {"kind": note.get_kind_display(), "date": date_format(note.date, "DATE_FORMAT"), "note": note.note}
        for note in article.corrections.all()
    ]

"""Published letters to the editor: an edition's by date, those about one article, and a feed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.letters.links import printed_address
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Edition, LetterToEditor
from broadsheet.editorial.models.article import NOT_IN_LISTS
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept, kept_by_page
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery.feed_formats import Item
from broadsheet.site.discovery.feeds import LENGTH, answer, begin_feed
from broadsheet.site.discovery.head import Head, list_head
from broadsheet.site.discovery.listings import numbered_page, show_list

PAGE_LENGTH = 20


def _letters(edition: Edition) -> QuerySet[LetterToEditor]:
    unneeded = [f"article__{name}" for name in NOT_IN_LISTS if not name.startswith("picture__")]
    rows: QuerySet[LetterToEditor] = LetterToEditor.objects.shown()
    return rows.filter(edition=edition.locale.language_code).select_related("article").defer(*unneeded)


@kept_by_page
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Raises Http404 in an edition that takes none and has published none."""
    edition = edition_of(request)
    page = numbered_page(request, _letters(edition), PAGE_LENGTH)
    if not page.object_list and not edition.takes_letters:
        raise Http404
    about = _("What readers write to the editor.")
    title = _("Letters to the editor")
    head = list_head(title, about, "/letters/", request, page_obj=page, with_feeds=True)
    return _listed(request, head, page)


@kept_by_page
@require_safe
def article_letters(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Raises Http404 where none is published about the article in this edition."""
    edition, article = edition_of(request), find_article(str(uuid))
    if article is None or article.locale_id != edition.locale_id:
        raise Http404
    page = numbered_page(request, _letters(edition).filter(article=article.pk), PAGE_LENGTH)
    if not page.object_list:
        raise Http404
    title = _("Letters about “%s”") % article.headline
    path = reverse("article_letters", args=[uuid]).removeprefix(edition.prefix)
    head = list_head(title, article.standfirst, path, request, page_obj=page, picture=article.picture)
    takes = edition.takes_letters and not article.closed_to_letters
    return _listed(request, head, page, article=article, takes_letters=takes)


def _listed(request: HttpRequest, head: Head, page: Any, **more: Any) -> HttpResponse:
    # Each edition has letters of its own, and not every edition has any.
    head = replace(head, alternates=[])
    context = {"letters": page.object_list, "page_obj": page, **more}
    return show_list(request, "editorial/letters/letters.html", head, context)


@kept
@require_safe
def letters_feed(request: HttpRequest, name: str) -> HttpResponse:
    edition = edition_of(request)
    title = _("Letters to the editor")
    feed = begin_feed(request, name, title, reverse("letters"), _("What readers write to the editor."))
    for letter in _letters(edition)[:LENGTH]:
        feed.add_item(**_item(letter))
    return answer(request, feed)


def _item(letter: LetterToEditor) -> Item:
    address = printed_address(letter)
    at = letter.published_at
    reply = [_("The editor replies: %s") % letter.reply] if letter.reply else []
    return {
        "title": _("A letter about “%s”") % letter.article.headline,
        "link": address,
        "description": "\n\n".join([letter.agreed, letter.signature, *reply]),
        "unique_id": address,
        "unique_id_is_permalink": True,
        "pubdate": to_the_second(at) if at else None,
        "updateddate": None,
        "categories": [],
        "authors": [{"name": letter.signature, "url": absolute(reverse("letters"))}],
        "image": None,
    }

"""Who writes for an edition, and what it writes about: everyone and everything that has a list here."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Article, Author, Byline, Edition, Topic, attach_sections
from broadsheet.platform import clock
from broadsheet.platform.http.caching import kept_by_page
from broadsheet.site.discovery.head import list_head
from broadsheet.site.discovery.listings import numbered_page, show_list
from broadsheet.site.discovery.named import Named, authors_of, by_letter, letters_of, topics_of

AUTHORS_LENGTH = 60
TOPICS_LENGTH = 240
MANY = 24
"""More names than that stand under their letters."""
LATEST = 6
SUBJECTS = 3
QUIET_AFTER = timedelta(days=365)
"""Without an article for so long, an author stands among those who wrote here before."""


@dataclass(frozen=True, slots=True)
class Entry:
    named: Named
    author: Author
    topics: list[Topic]
    """Those that the author has written about most."""
    newest: Article | None


@kept_by_page
@require_safe
def authors(request: HttpRequest) -> HttpResponse:
    edition = edition_of(request)
    since = clock.now() - QUIET_AFTER
    everyone = authors_of(edition)
    writing = [one for one in everyone if one.newest_at >= since]
    before = [one for one in everyone if one.newest_at < since]
    page = numbered_page(request, writing, AUTHORS_LENGTH)
    entries = _entries(page.object_list, edition)
    context = _by_letters(writing, page, AUTHORS_LENGTH)
    context |= {
        "groups": [
            (letter, [entries[one.pk] for one in named if one.pk in entries])
            for letter, named in context["groups"]
        ],
        # Few words for each: they follow the last of those who write now.
        "before": [] if page.has_next() else before,
    }
    head = list_head(
        _("Authors"), _("Everyone who writes for this edition."), "/authors/", request, page_obj=page
    )
    return show_list(request, "site/discovery/authors.html", head, context)


def _by_letters(named: list[Named], page: Page[Named], length: int) -> dict[str, Any]:
    """For a list with letters; a short one has none."""
    is_long = len(named) > MANY
    return {
        "page_obj": page,
        "letters": letters_of(named, length) if is_long else [],
        "groups": by_letter(list(page.object_list)) if is_long else [("", list(page.object_list))],
    }


def _entries(named: Iterable[Named], edition: Edition) -> dict[int, Entry]:
    """By the author's id."""
    shown = {one.pk: one for one in named}
    found = Author.objects.select_related("picture").in_bulk(shown)
    topics, newest = _subjects(shown), _newest(shown, edition)
    return {
        pk: Entry(one, found[pk], topics.get(pk, []), newest.get(pk))
        for pk, one in shown.items()
        if pk in found
    }


def _newest(shown: dict[int, Named], edition: Edition) -> dict[int, Article]:
    """Of each author the newest article, in the form that the author's page shows."""
    listed = Article.objects.in_print().once_each(edition.locale).order_by()
    moments = {one.newest_at for one in shown.values()}
    signed = Byline.objects.filter(author__in=shown, article__first_published_at__in=moments)
    rows = signed.filter(article__in=listed).values_list("author", "article", "article__first_published_at")
    chosen = {author: article for author, article, at in sorted(rows) if at == shown[author].newest_at}
    articles = Article.objects.for_headlines().in_bulk(chosen.values())
    attach_sections(articles.values())
    return {author: articles[article] for author, article in chosen.items() if article in articles}


def _subjects(shown: dict[int, Named]) -> dict[int, list[Topic]]:
    written = Byline.objects.filter(author__in=shown, article__live=True, article__topics__isnull=False)
    rows = written.order_by().values_list("author", "article__topics").annotate(count=Count("pk"))
    counted: dict[int, Counter[int]] = defaultdict(Counter)
    for author, topic, count in rows:
        counted[author][topic] = count
    most = {author: [topic for topic, _n in found.most_common(SUBJECTS)] for author, found in counted.items()}
    topics = Topic.objects.in_bulk({topic for found in most.values() for topic in found})
    return {author: [topics[topic] for topic in found if topic in topics] for author, found in most.items()}


@kept_by_page
@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    named = topics_of(edition_of(request))
    page = numbered_page(request, named, TOPICS_LENGTH)
    latest = sorted(named, key=lambda one: (one.newest_at, one.pk), reverse=True)[:LATEST]
    context = {
        **_by_letters(list(named), page, TOPICS_LENGTH),
        "latest": latest if page.number == 1 and len(named) > MANY else [],
    }
    head = list_head(
        _("Topics"), _("Every subject that this edition follows."), "/topics/", request, page_obj=page
    )
    return show_list(request, "site/discovery/topics.html", head, context)

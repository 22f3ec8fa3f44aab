"""What has become of an article since it was placed, and whether there is what the issue would have of it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import PageLogEntry

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Correction
from broadsheet.evidence.models import Amendment
from broadsheet.weekly.content import Length
from broadsheet.weekly.laid_out import LaidItem, LaidOut
from broadsheet.weekly.models import IssueItem, State
from broadsheet.weekly.models.contents import access_of
from broadsheet.weekly.preflight.finding import Finding, Place, Spot, error, warning

ARTICLES = gettext_lazy("Articles")
LENGTHS = gettext_lazy("Length")


def check_articles(laid: LaidOut) -> Iterator[Finding]:
    keys = [one.item.article_id for one in laid.items if one.item.article_id]
    corrections = _by_page(Amendment.objects.filter(page__in=keys), "page_id")
    retracted = set(
        Correction.objects.filter(article__in=keys, kind=Correction.Kind.RETRACTION).values_list(
            "article_id", flat=True
        )
    )
    moves = _by_page(PageLogEntry.objects.filter(page__in=keys, action="wagtail.move"), "page_id")
    earlier = _earlier(laid)
    for one in laid.items:
        article = one.article
        if is_gone(one) or article is None:
            continue
        if article.pk in retracted:
            yield error(ARTICLES, _("It was retracted. Take it out."), at_item(one))
        else:
            yield from _changed(one, article, corrections[article.pk], moves[article.pk])
        if article.locale.language_code != laid.issue.edition:
            yield warning(ARTICLES, _("It is of another edition."), at_item(one))
        if number := earlier.get(one.item.article_uuid):
            yield warning(ARTICLES, _("It was in No. %d already.") % number, at_item(one))


def is_gone(one: LaidItem) -> bool:
    return one.article is None or not one.article.live


def check_published(laid: LaidOut) -> Iterator[Finding]:
    for one in laid.items:
        if is_gone(one):
            said = _("It is no longer published. Take it out, or publish it again.")
            yield error(ARTICLES, said, at_item(one))


def check_lengths(laid: LaidOut) -> Iterator[Finding]:
    for one in laid.items:
        if one.item.length == Length.SHORT and not strip_tags(one.item.short_form).strip():
            place = Place(Spot.SHORT_FORM, one.item.pk, one.headline)
            said = _("Its short form is chosen and not written: the issue has its standfirst alone.")
            yield warning(LENGTHS, said, place)
        if one.item.length == Length.STANDFIRST and not one.standfirst.strip():
            yield error(LENGTHS, _("Only its standfirst is chosen, and it has none."), at_item(one))


def at_item(one: LaidItem) -> Place:
    return Place(Spot.CONTENTS, one.item.pk, one.headline)


def _changed(one: LaidItem, article: Article, corrections: list[Any], moves: list[Any]) -> Iterator[Finding]:
    placed = one.item.placed_at
    if any(row.added_at > placed for row in corrections):
        said = _("It has been corrected since it was placed. Look at its length and short form again.")
        yield warning(ARTICLES, said, at_item(one))
    if any(row.timestamp > placed for row in moves):
        said = _("It has been moved to %s since it was placed.") % article.section.title
        yield warning(ARTICLES, said, at_item(one))
    before, now = one.item.placed_access, access_of(article)
    if before and before != now and now == Access.SUBSCRIBERS:
        said = _("It has been made for subscribers only since it was placed.")
        yield warning(ARTICLES, said, at_item(one))


def _by_page(rows: Any, name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _earlier(laid: LaidOut) -> dict[Any, int]:
    """Article → the number of the issue of this edition in which it was."""
    issue = laid.issue
    others = IssueItem.objects.filter(issue__edition=issue.edition, issue__state=State.PUBLISHED)
    rows = others.exclude(issue=issue.pk).filter(
        article_uuid__in=[one.item.article_uuid for one in laid.items]
    )
    return dict(rows.values_list("article_uuid", "issue__number"))

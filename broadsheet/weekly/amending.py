"""What was corrected: in articles, in an issue's own words, and what has gone from it since."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry

from broadsheet.editorial.models import Correction, Edition
from broadsheet.platform.days import day_of
from broadsheet.weekly.content import Amendment
from broadsheet.weekly.models import IssueCorrection, IssueItem, State, WeeklyIssue
from broadsheet.weekly.said import Said

TAKEN_AWAY = ("wagtail.unpublish", "wagtail.delete")


def by_article(rows: Iterable[IssueItem]) -> dict[int, list[Amendment]]:
    """Article id → all its corrections, the oldest first."""
    found: dict[int, list[Amendment]] = defaultdict(list)
    for correction in Correction.objects.filter(article__in=[row.article_id for row in rows]):
        found[correction.article_id].append(_amendment(correction))
    return found


def of_issue(issue: WeeklyIssue, edition: Edition, gone: Iterable[IssueItem]) -> list[Amendment]:
    """What the issue lists, the oldest first: since it was published; and, since the issue before it was,
    what was corrected in earlier ones."""
    found = [
        Amendment(_("Correction"), one.day, one.note, _("In this issue")) for one in issue.corrections.all()
    ]
    found += _since(issue.items.filter(pinned__isnull=False))
    if issue.published_at:
        found += _gone(issue, edition, gone)
    return sorted([*found, *_of_earlier(issue, edition)], key=lambda one: one.day)


def _since(items: Iterable[IssueItem], days: Q | None = None) -> Iterator[Amendment]:
    """The corrections of articles that had not been made when their issue was published."""
    rows = {item.article_id: Said.from_pinned(item.pinned) for item in items if item.pinned}
    corrections = Correction.objects.filter(days or Q(), article__in=[pk for pk in rows if pk])
    for correction in corrections:
        said = rows[correction.article_id]
        if correction.key not in said.corrections:
            yield _amendment(correction, said.headline)


def _of_earlier(issue: WeeklyIssue, edition: Edition) -> Iterator[Amendment]:
    """Those from the day on which the issue before was published, until the day on which this one was."""
    earlier = WeeklyIssue.objects.of(issue.edition).filter(number__lt=issue.number, state=State.PUBLISHED)
    before = earlier.newest_first().first()
    if before is None or before.published_at is None:
        return
    since = day_of(before.published_at, edition.zone)
    until = day_of(issue.published_at, edition.zone) if issue.published_at else date.max
    corrected = Correction.objects.filter(date__gte=since, date__lt=until).values("article")
    items = IssueItem.objects.filter(issue__in=earlier, article__in=corrected, pinned__isnull=False)
    yield from _since(items, Q(date__gte=since, date__lt=until))
    own = IssueCorrection.objects.filter(issue__in=earlier, day__gte=since, day__lt=until)
    for one in own.select_related("issue"):
        where = _("In issue %(number)d") % {"number": one.issue.number}
        yield Amendment(_("Correction"), one.day, one.note, where)


def _gone(issue: WeeklyIssue, edition: Edition, gone: Iterable[IssueItem]) -> Iterator[Amendment]:
    """A line for each article that is no longer in print."""
    missing = [(item.article_id, Said.from_pinned(item.pinned)) for item in gone if item.pinned]
    if not missing:
        return
    pages = [article for article, _said in missing if article]
    log = PageLogEntry.objects.filter(page__in=pages, action__in=TAKEN_AWAY).order_by("timestamp")
    days = {entry.page_id: day_of(entry.timestamp, edition.zone) for entry in log}
    published = day_of(issue.published_at, edition.zone) if issue.published_at else issue.last_day
    for article, said in missing:
        yield Amendment(
            _("Withdrawn"),
            days.get(article, published),
            _("This article is no longer published, and no longer part of this issue."),
            said.headline,
        )


def _amendment(correction: Correction, headline: str = "") -> Amendment:
    return Amendment(str(correction.get_kind_display()), correction.date, correction.note, headline)

"""What stands in an issue, as its page lists it: without the texts, which are read elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models.fields.json import KeyTransform
from django.urls import reverse

from broadsheet.editorial.models import Article, LetterToEditor, attach_sections
from broadsheet.editorial.models.outline import outline
from broadsheet.weekly.models import Department, IssueItem, WeeklyIssue


@dataclass(frozen=True, slots=True)
class Listed:
    """An article of an issue that is in print."""

    item: IssueItem
    article: Article
    number: int
    """From 1, as in “7 of 31”."""
    address: str
    """A path."""
    minutes: int | None
    """To read it, as it was when the issue was published; None before."""


class Contents:
    """In the language and under the address of the edition that is active."""

    def __init__(self, issue: WeeklyIssue) -> None:
        self.issue = issue

    @cached_property
    def rows(self) -> list[IssueItem]:
        rows = self.issue.items.defer("pinned", "short_form").select_related("department")
        return list(rows.annotate(minutes=KeyTransform("minutes", "pinned")))

    @cached_property
    def listed(self) -> list[Listed]:
        ids = [row.article_id for row in self.rows if row.article_id]
        articles = Article.objects.live().for_teasers().in_bulk(ids)
        in_print = [row for row in self.rows if self._is_in_print(articles.get(row.article_id or 0))]
        attach_sections(articles[row.article_id or 0] for row in in_print)
        return [
            self._listed(row, articles[row.article_id or 0], number)
            for number, row in enumerate(in_print, start=1)
        ]

    @property
    def gone(self) -> list[IssueItem]:
        """Those that are no longer in print."""
        listed = {one.item.pk for one in self.listed}
        missing = [row.pk for row in self.rows if row.pk not in listed]
        return list(IssueItem.objects.filter(pk__in=missing)) if missing else []

    @cached_property
    def departments(self) -> list[tuple[Department, list[Listed]]]:
        own: dict[int, list[Listed]] = defaultdict(list)
        for one in self.listed:
            own[one.item.department_id].append(one)
        return [(department, own[department.pk]) for department in self.issue.departments.all()]

    @cached_property
    def letters(self) -> list[LetterToEditor]:
        chosen = list(self.issue.letters.values_list("letter", flat=True))
        shown = LetterToEditor.objects.shown().select_related("article").defer("article__body")
        found = {letter.pk: letter for letter in shown.filter(pk__in=chosen)}
        return [found[pk] for pk in chosen if pk in found]

    def around(self, article: int) -> "Iterator[Listed | None]":
        """The article with this id, the one before and the one after. None for what there isn't."""
        place = next((place for place, one in enumerate(self.listed) if one.article.pk == article), None)
        if place is None:
            yield from (None, None, None)
            return
        yield self.listed[place]
        yield self.listed[place - 1] if place else None
        yield self.listed[place + 1] if place + 1 < len(self.listed) else None

    def _listed(self, row: IssueItem, article: Article, number: int) -> Listed:
        minutes: int | None = row.minutes  # type: ignore[attr-defined]  # annotated above
        args = [self.issue.number, article.section.slug, article.slug]
        # A draft's contents lead to the articles themselves: only its makers see it.
        address = reverse("weekly_article", args=args) if self.issue.is_public else article.url
        return Listed(row, article, number, address, minutes)

    @staticmethod
    def _is_in_print(article: Article | None) -> bool:
        return article is not None and outline().is_public(article.path)


def years_of(issues: Iterable[WeeklyIssue]) -> list[tuple[int, list[WeeklyIssue]]]:
    """The issues by the year in which each ends, in the order in which they come."""
    years: dict[int, list[WeeklyIssue]] = defaultdict(list)
    for issue in issues:
        years[issue.last_day.year].append(issue)
    return list(years.items())

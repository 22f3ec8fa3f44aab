"""All that is in an issue, in order, in as many queries for sixty articles as for ten."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext

from broadsheet.editorial.models import Article, LetterToEditor, Picture, attach_sections
from broadsheet.weekly.models import Department, IssueItem, WeeklyIssue
from broadsheet.weekly.said import Said
from broadsheet.weekly.shape import Shape, shape_of


@dataclass(frozen=True, slots=True)
class LaidItem:
    item: IssueItem
    shape: Shape

    @property
    def article(self) -> Article | None:
        """None where its page is gone."""
        found: Article | None = self.item.article
        return found

    @property
    def headline(self) -> str:
        """As it stood when the issue was published."""
        if self.item.pinned:
            return Said.from_pinned(self.item.pinned).headline
        return str(self.article.title) if self.article else gettext("An article that is gone")

    @property
    def standfirst(self) -> str:
        if self.item.pinned:
            return Said.from_pinned(self.item.pinned).standfirst
        return str(self.article.standfirst) if self.article else ""

    @property
    def picture(self) -> Picture | None:
        found: Picture | None = self.article.picture if self.article else None
        return found


@dataclass(frozen=True, slots=True)
class LaidDepartment:
    department: Department
    items: tuple[LaidItem, ...]


@dataclass(frozen=True, slots=True)
class LaidOut:
    issue: WeeklyIssue
    departments: tuple[LaidDepartment, ...]
    letters: tuple[LetterToEditor, ...]
    pictures: dict[int, Picture]
    """All that stand in a body, by their ids."""

    @property
    def items(self) -> list[LaidItem]:
        return [laid for department in self.departments for laid in department.items]


def lay_out(issue: WeeklyIssue) -> LaidOut:
    articles = Article.objects.select_related("picture", "locale")
    items = Prefetch("items", IssueItem.objects.prefetch_related(Prefetch("article", articles)))
    departments = list(issue.departments.prefetch_related(items))
    attach_sections(
        item.article for department in departments for item in department.items.all() if item.article
    )
    laid = tuple(
        LaidDepartment(department, tuple(LaidItem(item, shape_of(item)) for item in department.items.all()))
        for department in departments
    )
    placed = {one.picture for department in laid for item in department.items for one in item.shape.pictures}
    letters = issue.letters.select_related("letter__article").defer("letter__article__body")
    return LaidOut(
        issue,
        laid,
        tuple(row.letter for row in letters),
        Picture.objects.in_bulk(placed) if placed else {},
    )

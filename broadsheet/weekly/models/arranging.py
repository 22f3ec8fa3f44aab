"""What is in an issue, and in which order. Each change is one save; of two at once the later is told."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, models, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Article
from broadsheet.platform.locking import held
from broadsheet.weekly.content import Length
from broadsheet.weekly.errors import ChangedMeanwhile, WeeklyIssueError, WrongState
from broadsheet.weekly.models.life import EDITABLE

if TYPE_CHECKING:
    from broadsheet.editorial.models import LetterToEditor
    from broadsheet.weekly.models.contents import Department, IssueItem
    from broadsheet.weekly.models.issue import WeeklyIssue


class Arranging(models.Model):
    """Each verb takes the `version` that its editor saw. Raises ChangedMeanwhile, WrongState."""

    class Meta:
        abstract = True

    @contextmanager
    def edited(self, version: int | None = None) -> "Iterator[WeeklyIssue]":
        """A transaction that changes what is in it, and counts as one save."""
        issue = cast("WeeklyIssue", self)
        with held(issue):
            if issue.state not in EDITABLE:
                raise WrongState(issue)
            if version is not None and issue.version != version:
                raise ChangedMeanwhile(issue)
            yield issue
            issue.version += 1
            issue.save()

    def add(
        self,
        article: Article,
        department: "Department | None" = None,
        *,
        length: Length = Length.FULL,
        version: int | None = None,
    ) -> "IssueItem":
        """At the end of `department`, or of that of its section. Raises WeeklyIssueError."""
        with self.edited(version) as issue:
            if not article.live:
                raise WeeklyIssueError(_("“%s” is not published.") % article.headline)
            if issue.items.filter(article_uuid=article.uuid).exists():
                raise WeeklyIssueError(_("“%s” is in this issue already.") % article.headline)
            issue.left_out.filter(article_uuid=article.uuid).delete()
            return issue.append(article, department or issue.department_of(article.section), length)

    def drop(self, item: "IssueItem", *, version: int | None = None) -> None:
        """Takes an article out; assembling again does not bring it back."""
        with self.edited(version) as issue:
            issue.left_out.get_or_create(article_uuid=item.article_uuid)
            item.delete()

    def arrange(self, order: Sequence[tuple[int, Sequence[int]]], *, version: int | None = None) -> None:
        """Departments with these ids in this order, each with the articles in that order.

        What is not named follows as it stood, articles in the department in which they were.
        """
        with self.edited(version) as issue:
            departments = {department.pk: department for department in issue.departments.all()}
            items = {item.pk: item for item in issue.items.all()}
            wanted = {pk: list(own) for pk, own in order if pk in departments}
            placed = {pk for own in wanted.values() for pk in own}
            for pk in departments:
                wanted.setdefault(pk, [])
            for item in items.values():
                if item.pk not in placed:
                    wanted[item.department_id].append(item.pk)
            _renumber(issue.departments.all(), wanted)
            # Out of the way first: no two may ever stand at one place.
            above = end_of(issue.items.all()) + len(items)
            issue.items.update(position=F("position") + above)
            for department, own in wanted.items():
                known = [pk for pk in dict.fromkeys(own) if pk in items]
                for position, pk in enumerate(known):
                    issue.items.filter(pk=pk).update(department=department, position=position)

    def move(self, item: "IssueItem", step: int, *, version: int | None = None) -> None:
        """Up by one (-1) or down by one (1), at the edge of a department into the next that has articles."""
        order = [
            (department.pk, [one.pk for one in department.items.all()])
            for department in cast("WeeklyIssue", self).departments.prefetch_related("items")
            if department.has_articles
        ]
        here = next(place for place, (_department, own) in enumerate(order) if item.pk in own)
        own = order[here][1]
        place = own.index(item.pk) + step
        if 0 <= place < len(own):
            own.insert(place, own.pop(own.index(item.pk)))
        elif 0 <= here + step < len(order):
            own.remove(item.pk)
            other = order[here + step][1]
            other.insert(len(other) if step < 0 else 0, item.pk)
        self._arrange_items(order, version)

    def _arrange_items(self, order: Sequence[tuple[int, Sequence[int]]], version: int | None) -> None:
        own = dict(order)
        every = cast("WeeklyIssue", self).departments.values_list("pk", flat=True)
        self.arrange([(pk, own.get(pk, ())) for pk in every], version=version)

    def move_department(self, department: "Department", step: int, *, version: int | None = None) -> None:
        order = list(cast("WeeklyIssue", self).departments.values_list("pk", flat=True))
        place = min(max(order.index(department.pk) + step, 0), len(order) - 1)
        order.insert(place, order.pop(order.index(department.pk)))
        self.arrange([(pk, ()) for pk in order], version=version)

    def add_department(self, name: str, *, version: int | None = None, **fields: Any) -> "Department":
        """At the end. Raises WeeklyIssueError where it holds what another one holds already."""
        with self.edited(version) as issue:
            try:
                with transaction.atomic():
                    return issue.departments.create(
                        name=name, position=end_of(issue.departments.all()), **fields
                    )
            except IntegrityError:
                raise WeeklyIssueError(_("The issue has such a department already.")) from None

    def drop_department(self, department: "Department", *, version: int | None = None) -> None:
        """Takes out a department with nothing in it. Raises WeeklyIssueError."""
        with self.edited(version):
            if department.items.exists():
                raise WeeklyIssueError(
                    _("“%s” has articles. Take them out or move them first.") % department.name
                )
            department.delete()

    def choose_letters(self, letters: "Iterable[LetterToEditor]", *, version: int | None = None) -> None:
        """These and no others, in this order."""
        with self.edited(version) as issue:
            issue.letters.all().delete()
            for position, letter in enumerate(dict.fromkeys(letters)):
                issue.letters.create(letter=letter, position=position)

    def append(self, article: Article, department: "Department", length: Length) -> "IssueItem":
        """Within `edited`."""
        return cast("WeeklyIssue", self).items.create(
            department=department,
            article=article,
            article_uuid=article.uuid,
            length=length,
            position=end_of(department.items.all()),
        )

    def department_of(self, section: Any) -> "Department":
        """That of the section, else the last that has articles, else a new one. Within `edited`."""
        issue = cast("WeeklyIssue", self)
        with_articles = [one for one in issue.departments.all() if one.has_articles]
        own = next((one for one in with_articles if one.section_id == section.pk), None)
        if found := own or next(reversed(with_articles), None):
            return found
        return issue.departments.create(
            name=section.title[:60], section=section, position=end_of(issue.departments.all())
        )


def end_of(rows: models.QuerySet[Any]) -> int:
    """The first place after all of them."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _renumber(rows: models.QuerySet[Any], order: Iterable[int]) -> None:
    rows.update(position=F("position") + end_of(rows))
    for position, pk in enumerate(order):
        rows.filter(pk=pk).update(position=position)

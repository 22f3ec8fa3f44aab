"""The departments of an issue with their articles, as an editor has them in front of them: as they are kept,
or as they were sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from broadsheet.desk.weekly.arrange_forms import DepartmentForm, ItemForm
from broadsheet.weekly.laid_out import LaidItem, LaidOut
from broadsheet.weekly.models import Department, IssueItem


@dataclass(slots=True)
class Row:
    laid: LaidItem
    form: ItemForm


@dataclass(slots=True)
class Block:
    department: Department
    form: DepartmentForm
    rows: list[Row] = field(default_factory=list)


class Arrangement:
    def __init__(self, laid: LaidOut, posted: Any) -> None:
        self.laid = laid
        self.issue = laid.issue
        departments = [one.department for one in laid.departments]
        names = [(one.pk, one.name) for one in departments if one.has_articles]
        self.rows = {
            one.item.pk: Row(one, ItemForm(one.item, one.headline, names, posted)) for one in laid.items
        }
        self.forms = {one.pk: DepartmentForm(one, posted) for one in departments}
        self.order = self._sent(posted.getlist("order")) if posted else self._kept()

    def _kept(self) -> dict[int, list[int]]:
        """Department → its articles, in order."""
        return {one.department.pk: [item.item.pk for item in one.items] for one in self.laid.departments}

    def _sent(self, typed: list[str]) -> dict[int, list[int]]:
        """As the form's fields stand: each department, then its articles.

        What isn't named follows as it stood.
        """
        known = {one.department.pk: one.department for one in self.laid.departments}
        order: dict[int, list[int]] = {}
        here: list[int] | None = None
        placed: set[int] = set()
        for entry in typed:
            kind, _colon, digits = entry.partition(":")
            key = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else -1
            if kind == "d" and key in known and key not in order:
                order[key] = []
                here = order[key] if known[key].has_articles else here
            elif kind == "i" and here is not None and key in self.rows and key not in placed:
                placed.add(key)
                here.append(key)
        for department, own in self._kept().items():
            order.setdefault(department, []).extend(pk for pk in own if pk not in placed)
        return self._as_chosen(order)

    def _as_chosen(self, order: dict[int, list[int]]) -> dict[int, list[int]]:
        """An article for which another department was chosen goes to the end of that."""
        for department, own in list(order.items()):
            for key in list(own):
                form = self.rows[key].form
                wanted = form["department"].data if form.is_bound else None
                if wanted and wanted != str(department) and wanted.isdecimal() and int(wanted) in order:
                    own.remove(key)
                    order[int(wanted)].append(key)
        return order

    @property
    def blocks(self) -> Iterator[Block]:
        departments = {one.department.pk: one.department for one in self.laid.departments}
        for key, own in self.order.items():
            yield Block(departments[key], self.forms[key], [self.rows[item] for item in own])

    @property
    def words(self) -> int:
        return sum(one.shape.words for one in self.laid.items)

    def is_valid(self) -> bool:
        forms = [*self.forms.values(), *(row.form for row in self.rows.values())]
        faulty = [form for form in forms if form.is_bound and not form.is_valid()]
        return not faulty

    def save(self, version: int) -> list[str]:
        """What was changed, in words for the log. Raises ChangedMeanwhile, WrongState."""
        done = []
        with self.issue.edited(version) as issue:
            if self._kept() != self.order or list(self._kept()) != list(self.order):
                done.append(_("order changed"))
                issue.arrange(list(self.order.items()))
            for key, form in self.forms.items():
                if form.is_bound and form.has_changed():
                    name = form.cleaned_data["name"]
                    Department.objects.filter(pk=key).update(name=name)
                    done.append(
                        _("“%(before)s” renamed “%(name)s”") % {"before": form.department.name, "name": name}
                    )
            for key, row in self.rows.items():
                length = row.form.cleaned_data["length"] if row.form.is_bound else row.laid.item.length
                if length != row.laid.item.length:
                    IssueItem.objects.filter(pk=key).update(length=length)
                    done.append(_("length of “%s” changed") % row.laid.headline)
        return done

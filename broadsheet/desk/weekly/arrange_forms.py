from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from broadsheet.weekly.models import Department, Holding, IssueItem, LengthChoices


class ItemForm(forms.Form):
    """How much of an article there is, and in which department: for those who don't drag it."""

    length = forms.ChoiceField(label=gettext_lazy("Length"), choices=LengthChoices.choices)
    department = forms.TypedChoiceField(label=gettext_lazy("Department"), coerce=int)

    def __init__(
        self, item: IssueItem, headline: str, departments: list[tuple[int, str]], posted: Any
    ) -> None:
        self.item = item
        prefix = f"item-{item.pk}"
        super().__init__(
            # None for an article that somebody else added since this form was shown.
            posted if posted and f"{prefix}-length" in posted else None,
            prefix=prefix,
            initial={"length": item.length, "department": item.department_id},
        )
        chosen: Any = self.fields["department"]
        chosen.choices = departments
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}: {headline}"
            field.widget.attrs["data-digest-of" if name == "department" else "data-length"] = ""


class DepartmentForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the department"), max_length=60)

    def __init__(self, department: Department, posted: Any) -> None:
        self.department = department
        prefix = f"department-{department.pk}"
        super().__init__(
            posted if posted and f"{prefix}-name" in posted else None,
            prefix=prefix,
            initial={"name": department.name},
        )
        self.fields["name"].widget.attrs["aria-label"] = f"{self.fields['name'].label}: {department.name}"


class NewDepartmentForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    holds = forms.ChoiceField(label=gettext_lazy("It holds"), choices=Holding.choices)

"""Who takes something on: the same question for conversations and for letters to the editor."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.forms import RadioSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.constants import EMPTY_VALUES

from broadsheet.desk.acts import Act
from broadsheet.desk.mail.access import name_of
from broadsheet.people.models import Person


class NoteForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("It is kept in the history, for whoever looks later."),
    )


class AssigneeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, person: Any) -> str:
        return name_of(person)


class AssignForm(NoteForm):
    permission: ClassVar[str]
    """Codename of what those may do who can be asked."""
    to = AssigneeField(
        Person.objects.none(), label=gettext_lazy("To"), required=False, empty_label=gettext_lazy("Nobody")
    )
    field_order = ("to", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = Q(groups__permissions__codename=self.permission) | Q(is_superuser=True)
        staff = Person.objects.staff().filter(may, is_active=True).distinct()
        self.fields["to"].queryset = staff.order_by("first_name", "last_name", "pk")  # type: ignore[attr-defined]


class AssignedFilter(django_filters.ChoiceFilter):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Assigned"),
            choices=[("me", gettext_lazy("To me")), ("nobody", gettext_lazy("To nobody"))],
            widget=RadioSelect,
            empty_label=gettext_lazy("Any"),
        )

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value in EMPTY_VALUES:
            return rows
        return rows.filter(assignee=self.parent.request.user if value == "me" else None)


class AssignAct(Act):
    """Of what has an `assignee` and can be given to one by `assign`."""

    page_title = gettext_lazy("Assign")
    header_icon = "user"
    done = gettext_lazy("It is assigned.")

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.object.assignee_id or self.staff.pk}

    def act(self, typed: dict[str, Any]) -> str:
        self.object.assign(typed["to"])
        return name_of(typed["to"]) or _("Nobody")

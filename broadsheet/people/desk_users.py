"""The desk's forms for people, who have no username and need no password."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView, UserViewSet

from broadsheet.delivery.address_fields import EmailField
from broadsheet.people.models import Person

TAKEN = _("There is already an account with this address.")


class PersonCreationForm(UserCreationForm):
    email = EmailField()
    error_messages = UserCreationForm.error_messages | {"duplicate_username": TAKEN}

    def save(self, commit: bool = True) -> Person:
        # They sign in by code, and may set a password themselves.
        self.instance.set_unusable_password()
        person: Person = super().save(commit)
        return person


class PersonEditForm(UserEditForm):
    email = EmailField()
    error_messages = UserEditForm.error_messages | {"duplicate_username": TAKEN}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Most people here are readers, who need not tell their name.
        self.fields["first_name"].required = self.fields["last_name"].required = False


class StaffIndex(IndexView):
    """The staff. A search finds readers too, one of whom may come to work here."""

    page_title = _("Staff")

    def get_base_queryset(self) -> Any:
        people = Person.objects.all() if self.is_searching else Person.objects.staff()
        return people.prefetch_related("groups")

    @cached_property
    def columns(self) -> list[Column]:
        columns = {column.name: column for column in super().columns}
        columns["is_superuser"] = Column("roles", label=_("Roles"), accessor=roles_of, width="20%")
        return list(columns.values())


def roles_of(person: Person) -> str:
    return ", ".join(sorted(group.name for group in person.groups.all()))


class PersonViewSet(UserViewSet):
    index_view_class = StaffIndex

    def get_form_class(self, for_update: bool = False) -> type[PersonCreationForm | PersonEditForm]:
        return PersonEditForm if for_update else PersonCreationForm

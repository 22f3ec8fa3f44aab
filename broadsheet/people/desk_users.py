"""The desk's forms for people, who have no username and need no password."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

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


class PersonViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[PersonCreationForm | PersonEditForm]:
        return PersonEditForm if for_update else PersonCreationForm

"""What a reader fills in to write to the editor about an article."""

from typing import Any

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from broadsheet.delivery.address_fields import EmailField
from broadsheet.editorial.letters.wording import TURNS_DIRECTION, tidy
from broadsheet.editorial.models import Naming
from broadsheet.editorial.models.letters import LONGEST, SHORTEST
from broadsheet.people.models import Person
from broadsheet.platform.strangers_form import MessageField, StrangersForm

NO_NAME = ("@", "://", "www.")


def consent_words(publication: str) -> str:
    """What stands beside the box that every writer ticks, and in the record."""
    return (
        _("I wrote this letter. %s may publish it on its pages and in its feeds, signed as I chose.")
        % publication
    )


class PlainField(forms.CharField):
    """One line of text, without marks that turn the direction of what stands after it."""

    def clean(self, value: Any) -> str:
        return " ".join(without_turns(super().clean(value)).split())


class LetterTextField(MessageField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs["error_messages"] = {
            "required": gettext_lazy("Write your letter."),
            "max_length": gettext_lazy(
                "Your letter has %(show_value)d characters. Please keep it to %(limit_value)d."
            ),
        }
        super().__init__(max_length=LONGEST, **kwargs)
        self.validators.append(
            MinLengthValidator(
                SHORTEST,
                ngettext_lazy(
                    "A letter has at least %(limit_value)d character.",
                    "A letter has at least %(limit_value)d characters.",
                    "limit_value",
                ),
            )
        )

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value))

    def clean(self, value: Any) -> str:
        return without_turns(super().clean(value))


def without_turns(text: str) -> str:
    """Raises ValidationError where `text` holds such a mark: what is read would not be what was written."""
    if TURNS_DIRECTION.search(text):
        raise forms.ValidationError(
            _("There are invisible marks in it that turn the direction of writing. Please type it again.")
        )
    return text


class LetterForm(StrangersForm):
    text = LetterTextField(
        label=gettext_lazy("Your letter"),
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text=gettext_lazy("Up to 3,000 characters. The shorter it is, the more likely we can use it."),
    )
    name = PlainField(
        label=gettext_lazy("Your full name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Enter your name. You choose below if it is printed.")},
    )
    place = PlainField(
        label=gettext_lazy("Town or city (optional)"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", "dir": "auto"}),
    )
    naming = forms.ChoiceField(
        label=gettext_lazy("How shall we sign it?"),
        choices=Naming.choices,
        initial=Naming.FULL,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how we sign your letter.")},
    )
    interest = PlainField(
        label=gettext_lazy("Your interest in the matter, if you have one (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=gettext_lazy("As in: I work for the port authority. It is printed with your letter."),
    )
    email = EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy(
            "Only our editors see it. We write to you about this letter and nothing else."
        ),
    )
    consent = forms.BooleanField(
        error_messages={"required": gettext_lazy("We need your consent to publish the letter.")}
    )

    def __init__(self, *args: Any, publication: str, person: Person | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "letter-%s")
        super().__init__(*args, **kwargs)
        self.person = person
        self.words = consent_words(publication)
        self.fields["consent"].label = self.words

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not any(letter.isalpha() for letter in name) or any(mark in name.lower() for mark in NO_NAME):
            raise forms.ValidationError(_("Enter your name as people know it."))
        return name

    @property
    def proves_itself(self) -> bool:
        """Whether no message is needed: a reader who is signed in writes from their own address."""
        return self.person is not None and self.cleaned_data.get("email") == self.person.email

from datetime import timedelta
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailField
from broadsheet.newsletters.models import Newsletter, Place, Reason
from broadsheet.people.models import Person
from broadsheet.people.paths import local_path
from broadsheet.platform import clock
from broadsheet.platform.time_zones import time_zone_names

QUICKEST, LONGEST = timedelta(seconds=2), timedelta(days=1)
"""No person reads a form and fills it in more quickly; and none comes back to it after so long."""
PLACES = {Place.ARTICLE, Place.FRONT, Place.PAGE, Place.ACCOUNT}
"""Those that have the form. The wall's is that for signing in."""
pace = Signer(salt="broadsheet.newsletters.pace")


def pace_mark() -> str:
    """That somebody has the form before them from now on."""
    return pace.sign(str(int(clock.now().timestamp())))


def known_zone(name: str) -> str:
    """`name` as a browser or a person says it, if it is the IANA name of a time zone; else empty."""
    return name if name in time_zone_names() else ""


class NoMark(forms.ValidationError):
    """The form stood in a page that is the same for all, and no script ran: it is shown once more."""


class SignUpForm(forms.Form):
    email = EmailField(required=False)
    newsletter = forms.MultipleChoiceField(
        label=_("Newsletters"), required=False, widget=forms.CheckboxSelectMultiple
    )
    place = forms.CharField(required=False)
    page = forms.CharField(required=False)
    zone = forms.CharField(required=False)
    pace = forms.CharField(required=False)
    # A person doesn't see it; what fills in every field of a page does.
    nothing = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(
        self, *args: Any, offered: list[Newsletter], person: Person | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("auto_id", "sign-up-%s")
        super().__init__(*args, **kwargs)
        self.offered, self.person = {newsletter.slug: newsletter for newsletter in offered}, person
        self.fields["newsletter"].choices = [(slug, slug) for slug in self.offered]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"] or (self.person.email if self.person else ""))
        if not email:
            raise forms.ValidationError(_("Enter your e-mail address."))
        return email

    def clean_newsletter(self) -> list[Newsletter]:
        """None chosen means none."""
        if not self.cleaned_data["newsletter"]:
            raise forms.ValidationError(_("Choose at least one newsletter."))
        return [self.offered[slug] for slug in self.cleaned_data["newsletter"]]

    def clean_place(self) -> Place:
        said = self.cleaned_data["place"]
        return Place(said) if said in PLACES else Place.PAGE

    def clean_page(self) -> str:
        return local_path(self.cleaned_data["page"])

    def clean_zone(self) -> str:
        return known_zone(self.cleaned_data["zone"])

    def clean_nothing(self) -> None:
        if self.cleaned_data["nothing"]:
            # Said openly, and mended by the answer, for a browser may have filled it in for a person.
            raise forms.ValidationError(
                _("A field that must stay empty was filled in. Please press the button again.")
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.proves_itself or self.errors:
            return cleaned
        try:
            begun = int(pace.unsign(cleaned.get("pace", "")))
        except (BadSignature, ValueError):
            raise NoMark(_("Please check that this is right, then press the button again.")) from None
        age = clock.now().timestamp() - begun
        if age > LONGEST.total_seconds():
            raise NoMark(
                _("This page was open for a long time. Please check it, then press the button again.")
            )
        if age < QUICKEST.total_seconds():
            raise forms.ValidationError(
                _("That was very quick, as programs are. Please press the button again.")
            )
        return cleaned

    @property
    def proves_itself(self) -> bool:
        """Whether no message is needed: a reader who is signed in signs up with their own address."""
        return self.person is not None and self.cleaned_data.get("email") == self.person.email

    @property
    def chosen(self) -> set[str]:
        """The slugs that are ticked, whatever is wrong with the rest."""
        if not self.is_bound:
            return set(self.initial.get("newsletter", ()))
        data: Any = self.data
        return set(data.getlist("newsletter")) & self.offered.keys()

    @property
    def asks_again(self) -> bool:
        """Whether nothing is wrong but that nobody can tell how quickly it was filled in."""
        found = self.errors.as_data()
        return found.keys() == {"__all__"} and all(isinstance(error, NoMark) for error in found["__all__"])


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why are you leaving? (optional)"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason, or close this page.")},
    )
    words = forms.CharField(label=_("In your own words (optional)"), required=False, max_length=300)


class EReaderForm(forms.Form):
    email = EmailField(
        label=_("E-mail address of your e-reader"),
        error_messages={"required": _("Enter the e-mail address of your e-reader.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser knows the reader's own address, which is another.
        self.fields["email"].widget.attrs["autocomplete"] = "off"


class NewAddressForm(forms.Form):
    email = EmailField(label=_("New e-mail address"))

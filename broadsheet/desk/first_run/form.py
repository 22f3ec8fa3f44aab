"""The questions, asked in a browser and in a terminal alike."""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies, list_currencies
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.functional import lazy
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailField
from broadsheet.people.models import Person
from broadsheet.platform.http.first_segments import first_segments
from broadsheet.platform.languages import language_name, words
from broadsheet.platform.time_zones import time_zone_names


def territory_of(tag: str) -> str:
    """``GB`` of ``en-gb``; of ``de``, where most of its speakers live."""
    given = tag.partition("-")[2].upper()
    if len(given) == 2:
        return given
    likely = get_global("likely_subtags").get(tag.partition("-")[0], "")
    return str(likely.rpartition("_")[2])


def usual_currency(tag: str) -> str:
    used = get_territory_currencies(territory_of(tag))
    return used[0] if used else "USD"


def usual_time_zone(tag: str) -> str:
    """That of a country with one, as far as it is in Europe; else UTC, which asks to be changed."""
    where, territory = get_global("zone_territories"), territory_of(tag)
    if not territory.isalpha():  # the world, of Esperanto
        return "UTC"
    zones = [zone for zone in sorted(where) if where[zone] == territory and zone in time_zone_names()]
    in_europe = [zone for zone in zones if zone.startswith("Europe/")]
    if 1 <= len(in_europe) <= 2:
        return in_europe[0]
    return zones[0] if len(zones) == 1 else "UTC"


def time_zones() -> list[tuple[str, str]]:
    """Places alone: what is left out are old names of them, and zones of no place."""
    named = [name for name in time_zone_names() if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(named))]


def currencies() -> list[tuple[str, str]]:
    """Those that a country uses now."""
    used = {
        code for country in get_global("territory_currencies") for code in get_territory_currencies(country)
    }
    spoken = words()
    return [
        (code, f"{code} – {get_currency_name(code, locale=spoken)}")
        for code in sorted(used & list_currencies())
    ]


class SetUpForm(forms.Form):
    """What a magazine needs to begin. Where `has_staff`, nobody is asked for an account."""

    name = forms.CharField(
        label=_("Name of the magazine"),
        max_length=80,
        help_text=_("As it stands at the top of each page. You can change it later."),
        error_messages={"required": _("Enter the name of the magazine.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    editions = forms.MultipleChoiceField(
        label=_("Editions to begin with, beside the first"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each has its own front page, currency and newsletters."),
    )
    section = forms.CharField(
        label=_("First section"),
        max_length=60,
        help_text=_("Articles stand in sections: News, Culture, Opinion. Others can follow at any time."),
        error_messages={"required": _("Enter the name of a section.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lazy(time_zones, list),
        help_text=_("Of the newsroom. Dates and times on the pages are shown in it."),
        error_messages={
            "invalid_choice": _("“%(value)s” is no time zone. Choose one such as Europe/London.")
        },
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=lazy(currencies, list),
        help_text=_("In which subscriptions will be sold. Nothing is for sale until you make a plan."),
        error_messages={"invalid_choice": _("“%(value)s” is no currency. Choose one such as EUR.")},
    )
    sender = EmailField(
        label=_("Sender of the newsletters"),
        help_text=_("Readers see it as the sender, and reach you by it."),
        error_messages={"required": _("Enter the address that newsletters come from.")},
    )
    person_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As in a byline."),
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = EmailField(label=_("Your e-mail address"), help_text=_("You sign in with it."))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1024,
        help_text=_("At least 12 characters. A few words that only you would combine work well."),
        error_messages={"required": _("Enter a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 12}),
    )

    OF_THE_PERSON = ("person_name", "email", "password")

    def __init__(self, data: Any = None, *, has_staff: bool = False) -> None:
        first, *others = settings.EDITIONS
        initial = {
            "section": gettext("News"),
            "time_zone": usual_time_zone(first),
            "currency": usual_currency(first),
            # Without a way to send, it is an example.
            "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[1] if settings.PRODUCTION else "",
        }
        super().__init__(data, initial=initial, auto_id="first-%s")
        # The address of an account is proven later; the browser fills in both alike.
        self.fields["sender"].widget.attrs["autocomplete"] = "off"
        choices = [(tag, self._named(tag)) for tag in others]
        if choices:
            self.fields["editions"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["editions"]
        for name in self.OF_THE_PERSON if has_staff else ():
            del self.fields[name]

    @staticmethod
    def _named(tag: str) -> str:
        return gettext("%(language)s, at /%(path)s/") % {
            "language": language_name(tag),
            "path": settings.EDITIONS[tag],
        }

    def parts(self) -> Iterator[tuple[str, list[Any]]]:
        """The visible fields, under headings."""
        mine = [field for field in self if field.name in self.OF_THE_PERSON]
        yield gettext("The magazine"), [field for field in self if field not in mine]
        if mine:
            yield gettext("You"), mine

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.casefold() == "the meridian":
            raise forms.ValidationError(_("That is the name of the demonstration. Give yours its own."))
        return name

    def clean_section(self) -> str:
        section: str = self.cleaned_data["section"]
        slug = slugify(section)
        if not slug:
            raise forms.ValidationError(_("Write it with at least one letter from A to Z, or a number."))
        if slug in first_segments():
            raise forms.ValidationError(_("The site itself uses this address. Choose another."))
        return section

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        email, name = self.cleaned_data.get("email", ""), self.cleaned_data.get("person_name", "")
        first, _space, last = name.partition(" ")
        if password:  # in a terminal one may do without
            validate_password(password, Person(email=email, first_name=first, last_name=last))
        return password

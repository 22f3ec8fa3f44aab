"""Amounts of money: whole minor units (cents, pence) and their currency. Never a float."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from babel.core import Locale
from babel.numbers import (
    format_currency,
    get_currency_precision,
    get_currency_symbol,
    list_currencies,
)
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.platform.http.editions import language_tag

WHOLE = r"(?P<whole>[0-9]{1,9}|[1-9][0-9]{0,2}(?P<group>[,.' ])[0-9]{3}(?:(?P=group)[0-9]{3})?)"
"""With or without a sign between thousands, which always stands before three figures."""
WITHOUT_PARTS = re.compile(WHOLE)
WITH_PARTS = re.compile(WHOLE + r"(?!(?P=group))(?P<point>[,.])(?P<parts>[0-9]+)")


class CurrencyMismatch(ValueError):
    """Amounts in two currencies were put together."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str
    """ISO 4217, as in ``GBP``."""

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._minor_of(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def share(self, numerator: int, denominator: int) -> "Money":
        """`numerator` of `denominator` parts of a sum that is not negative, half a unit rounded up."""
        return Money((2 * self.minor * numerator + denominator) // (2 * denominator), self.currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def __str__(self) -> str:
        """As the edition writes it: “$40.00”."""
        return self._written(trims=False)

    @property
    def brief(self) -> str:
        """As it stands in a line of text: “$40”, but “$3.50”."""
        return self._written(trims=True)

    def _written(self, *, trims: bool) -> str:
        locale = Locale.parse(language_tag(translation.get_language() or "en-us"), sep="-")
        pattern: str = locale.currency_formats["standard"].pattern
        digits = get_currency_precision(self.currency)
        is_whole = trims and self.minor % 10**digits == 0
        written: str = format_currency(
            self.decimal,
            self.currency,
            format=pattern.replace(".00", "") if is_whole else pattern,
            locale=locale,
            currency_digits=not is_whole,
        )
        return written


@dataclass(frozen=True, slots=True)
class Taxed:
    """A total and the tax in it: ``net + tax == total``, always to the last unit."""

    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        return self.net + self.tax

    @classmethod
    def of(cls, price: Money, rate: int, *, included: bool) -> "Taxed":
        """`rate` in hundredths of a percent; `price` contains the tax already, or it comes on top."""
        if included:
            tax = price.share(rate, 10_000 + rate)
            return cls(price - tax, tax)
        return cls(price, price.share(rate, 10_000))


CURRENCIES = frozenset(list_currencies())


def validate_currency(code: str) -> None:
    if code not in CURRENCIES:
        raise ValidationError(_("“%s” is no currency. Write one such as USD or GBP.") % code)


def from_decimal(amount: Decimal, currency: str) -> Money:
    """`amount` in units of the currency; ValidationError where it has more digits than that has."""
    minor = amount.scaleb(get_currency_precision(currency))
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValidationError(_("%s has no such small parts.") % currency)
    return Money(int(minor), currency)


def from_typed(text: str, currency: str) -> Money:
    """An amount as people type it (“12,50”, “12.50”, “€12”, “1,000”).

    Raises ValidationError where it is none, or could be two. The figures around a sign tell whether it stands
    between thousands or before the currency’s parts: in dollars “0.500” can be neither. In a currency with
    three digits “1,000” can be both; “1.000” is parts, since our own pages write them so.
    """
    figures = _without_its_names(text, currency)
    if others := [sign for sign in figures if unicodedata.category(sign) == "Sc"]:
        raise ValidationError(
            _("“%(sign)s” is not the currency here. Enter the amount in %(currency)s.")
            % {"sign": "".join(others), "currency": currency}
        )
    most = max(get_currency_precision(currency), 2)
    whole, with_parts = WITHOUT_PARTS.fullmatch(figures), WITH_PARTS.fullmatch(figures)
    if with_parts and len(with_parts["parts"]) > most:
        with_parts = None
    if whole and with_parts and with_parts["point"] == ",":
        raise ValidationError(
            _("“%(typed)s” can be read in two ways in %(currency)s. Enter %(whole)s or %(parts)s.")
            % {
                "typed": figures,
                "currency": currency,
                "whole": figures.replace(",", ""),
                "parts": figures.replace(",", "."),
            }
        )
    if with_parts:
        return from_decimal(Decimal(f"{_bare(with_parts['whole'])}.{with_parts['parts']}"), currency)
    if whole:
        return from_decimal(Decimal(_bare(figures)), currency)
    if re.fullmatch(r"[0-9][0-9,.' ]*", figures):
        raise ValidationError(
            _("“%(typed)s” is not an amount in %(currency)s. Enter one such as %(example)s.")
            % {"typed": figures, "currency": currency, "example": _example(currency, 1234)}
        )
    raise ValidationError(_("Enter an amount such as %s.") % _example(currency, 12))


def _without_its_names(text: str, currency: str) -> str:
    """“$” is written for each kind of dollar, and “US$” by the editions that have another one."""
    figures = " ".join(text.upper().replace("’", "'").split())
    here = Locale.parse(language_tag(translation.get_language() or "en-us"), sep="-")
    narrow = get_currency_symbol(currency, locale=Locale.parse("en_US"))
    signs = (sign for sign in narrow if unicodedata.category(sign) == "Sc")
    for name in (currency, get_currency_symbol(currency, locale=here).upper(), narrow.upper(), *signs):
        figures = figures.removeprefix(name).removesuffix(name).strip()
    return figures


def _bare(whole: str) -> str:
    return re.sub(r"[,.' ]", "", whole)


def _example(currency: str, whole: int) -> str:
    """“12 or 12.50”; “12” where the currency has no parts."""
    digits = get_currency_precision(currency)
    if not digits:
        return str(whole)
    return _("%(whole)d or %(parts)s") % {"whole": whole, "parts": f"{whole}.{'50':0<{digits}}"}

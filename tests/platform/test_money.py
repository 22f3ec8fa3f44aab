from decimal import Decimal

import pytest
from babel.numbers import NumberFormatError, format_decimal, get_currency_precision, parse_decimal
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.platform.money import (
    CurrencyMismatch,
    Money,
    Taxed,
    from_decimal,
    from_typed,
    validate_currency,
)
from tests.examples import many

amounts = st.integers(0, 10**12)
rates = st.integers(0, 9_999)
SPACE = "\N{NO-BREAK SPACE}"


@given(amounts, rates, st.booleans())
@many
def test_net_and_tax_are_the_total_whether_or_not_the_price_contains_it(
    amount: int, rate: int, included: bool
) -> None:
    price = Money(amount, "GBP")
    taxed = Taxed.of(price, rate, included=included)
    assert taxed.net + taxed.tax == taxed.total
    assert (taxed.total if included else taxed.net) == price
    assert taxed.net.minor >= 0
    assert taxed.tax.minor >= 0


@given(amounts, rates, st.booleans())
@many
def test_the_tax_is_that_of_the_net_to_half_a_unit(amount: int, rate: int, included: bool) -> None:
    taxed = Taxed.of(Money(amount, "GBP"), rate, included=included)
    assert abs(Decimal(taxed.net.minor) * rate / 10_000 - taxed.tax.minor) <= 1


@given(amounts, st.lists(st.integers(1, 1000), min_size=1, max_size=12))
@many
def test_the_parts_of_a_sum_make_the_whole_of_it(amount: int, parts: list[int]) -> None:
    money, whole = Money(amount, "USD"), sum(parts)
    ends = [money.share(sum(parts[:count]), whole) for count in range(len(parts) + 1)]
    assert ends[0] == Money(0, "USD")
    assert ends[-1] == money
    assert ends == sorted(ends)


@given(amounts, st.integers(0, 1000), st.integers(1, 1000))
@many
def test_a_share_is_exact_to_half_a_unit(amount: int, numerator: int, denominator: int) -> None:
    share = Money(amount, "USD").share(numerator, denominator)
    assert abs(2 * share.minor * denominator - 2 * amount * numerator) <= denominator


def test_half_a_unit_is_rounded_up() -> None:
    assert Money(1, "USD").share(1, 2) == Money(1, "USD")
    assert Money(3, "USD").share(1, 2) == Money(2, "USD")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "GBP", "JPY", "KWD"]))
@many
def test_what_is_written_in_units_comes_back_as_it_was(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert from_decimal(money.decimal, currency) == money


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("40", "USD", 4000), ("3.5", "GBP", 350), ("500", "JPY", 500), ("1.250", "KWD", 1250)],
)
def test_a_currency_has_its_own_number_of_digits(typed: str, currency: str, minor: int) -> None:
    assert from_decimal(Decimal(typed), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("NaN", "USD"), ("Infinity", "USD"), ("0.001", "USD"), ("0.5", "JPY"), ("0.0001", "KWD")],
)
def test_smaller_parts_than_the_currency_has_are_refused(typed: str, currency: str) -> None:
    with pytest.raises(ValidationError):
        from_decimal(Decimal(typed), currency)


@pytest.mark.parametrize("code", ["usd", "XXY", "", "DOLLAR"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_currency(code)


@pytest.mark.parametrize("combine", [Money.__add__, Money.__sub__, Money.__lt__])
def test_two_currencies_are_never_put_together(combine) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CurrencyMismatch):
        combine(Money(1, "USD"), Money(1, "GBP"))


@pytest.mark.parametrize(
    ("money", "edition", "whole", "brief"),
    [
        (Money(4000, "USD"), "en-us", "$40.00", "$40"),
        (Money(4000, "USD"), "en-gb", "US$40.00", "US$40"),
        (Money(350, "GBP"), "en-gb", "£3.50", "£3.50"),
        (Money(123456700, "GBP"), "en-gb", "£1,234,567.00", "£1,234,567"),
        (Money(500, "JPY"), "en-us", "¥500", "¥500"),
        (Money(1250, "KWD"), "en-us", "KWD1.250", "KWD1.250"),
        (Money(0, "USD"), "en-us", "$0.00", "$0"),
        (Money(-4000, "USD"), "en-us", "-$40.00", "-$40"),
        (Money(4000, "EUR"), "de", f"40,00{SPACE}€", f"40{SPACE}€"),
    ],
)
def test_it_is_written_as_its_edition_writes_it(money: Money, edition: str, whole: str, brief: str) -> None:
    with translation.override(edition):
        assert (str(money), money.brief) == (whole, brief)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("12", "EUR", 1200),
        ("12,50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("€12", "EUR", 1200),
        ("12 €", "EUR", 1200),
        ("$ 12.50", "USD", 1250),
        ("$5", "CAD", 500),
        ("12 usd", "USD", 1200),
        ("1,000", "USD", 100_000),
        ("1.000,50", "EUR", 100_050),
        ("1,234,567.89", "USD", 123_456_789),
        ("1500", "JPY", 1500),
        ("12.505", "KWD", 12_505),
        ("0,125", "KWD", 125),
        ("1,000.500", "KWD", 1_000_500),
        ("1 000,50", "EUR", 100_050),
        ("1’000.50", "CHF", 100_050),
        ("CA$5", "CAD", 500),
        ("0.50", "USD", 50),
        ("12.00", "JPY", 12),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, currency: str, minor: int) -> None:
    assert from_typed(typed, currency).minor == minor


@pytest.mark.parametrize("typed", ["", " ", "12.5.0", "1,00,0", "12.5", "£12", "1 2", "١٢", "9" * 20])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        from_typed(typed, "JPY")


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("0.500", "USD"),
        ("0,125", "USD"),
        ("00.500", "USD"),
        ("0.004", "USD"),
        ("1,000,50", "USD"),
        ("1,234.567", "USD"),
        ("12.345,678", "EUR"),
        ("1234,567", "USD"),
        ("1,0000", "USD"),
        ("1,000.000,50", "EUR"),
        ("12 50", "EUR"),
        ("1,000 000", "USD"),
    ],
)
def test_a_sign_that_can_stand_neither_between_thousands_nor_before_cents_is_refused(
    typed: str, currency: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        from_typed(typed, currency)
    (sentence,) = refusal.value.messages
    assert currency in sentence


def test_an_amount_that_could_be_two_is_refused_with_both_ways_to_write_it() -> None:
    with pytest.raises(ValidationError) as refusal:
        from_typed("1,000", "KWD")
    assert refusal.value.messages == ["“1,000” can be read in two ways in KWD. Enter 1000 or 1.000."]
    assert (from_typed("1000", "KWD").minor, from_typed("1.000", "KWD").minor) == (1_000_000, 1_000)


figures = st.from_regex(r"[0-9]{1,4}([,.]?[0-9]{1,4}){0,3}", fullmatch=True)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])


def strictly(typed: str, currency: str, locale: str, point: str) -> Money | None:
    """As Babel reads it in a language whose decimal sign is `point`, if it is an amount there."""
    if len(typed.partition(point)[2]) > max(get_currency_precision(currency), 2):
        return None
    try:
        return from_decimal(parse_decimal(typed, locale=locale, strict=True), currency)
    except (NumberFormatError, ValidationError):
        return None


@given(figures.filter(lambda typed: sum(map(str.isdigit, typed)) <= 9), currencies)
@many
def test_an_amount_is_what_the_strict_reading_of_english_or_german_makes_of_it(
    typed: str, currency: str
) -> None:
    english, german = strictly(typed, currency, "en", "."), strictly(typed, currency, "de", ",")
    try:
        read = from_typed(typed, currency)
    except ValidationError:
        read = None
    if english and german and english != german:
        assert read == (None if "," in typed else english)
    else:
        assert read == (english if english is not None else german)


@given(
    st.integers(0, 10**9 - 1),
    st.sampled_from(["USD", "EUR", "JPY"]),
    st.sampled_from(["en", "de", "fr", "de_CH"]),
)
@many
def test_whole_amounts_with_their_thousands_apart_are_read_in_every_language(
    units: int, currency: str, language: str
) -> None:
    written = format_decimal(units, locale=language.replace("-", "_"))
    if ("." not in written and "," not in written) or get_currency_precision(currency) < 3:
        assert from_typed(written, currency) == from_decimal(Decimal(units), currency)


@given(st.integers(0, 10**9 - 1), currencies)
@many
def test_what_a_form_says_first_may_stand(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert from_typed(str(money.decimal), currency) == money


@given(
    st.integers(0, 10**9 - 1),
    st.sampled_from(["USD", "EUR", "CAD", "JPY"]),
    st.sampled_from(["en-us", "en-gb"]),
)
@many
def test_what_our_pages_write_may_be_typed(minor: int, currency: str, edition: str) -> None:
    money = Money(minor, currency)
    with translation.override(edition):
        assert from_typed(str(money), currency) == from_typed(money.brief, currency) == money

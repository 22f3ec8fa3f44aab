"""Amounts as Stripe counts them: https://docs.stripe.com/currencies."""

from babel.numbers import get_currency_precision

from broadsheet.platform.money import Money

WITHOUT_PARTS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
IN_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
# The others are in hundredths, ISK and UGX too, of which there are none in practice.
IN_HUNDREDTHS = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "ANG",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CNY",
        "COP",
        "CRC",
        "CVE",
        "CZK",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GIP",
        "GMD",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "ISK",
        "JMD",
        "KES",
        "KGS",
        "KHR",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "MAD",
        "MDL",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "SAR",
        "SBD",
        "SCR",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "STD",
        "SZL",
        "THB",
        "TJS",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "WST",
        "XCD",
        "YER",
        "ZAR",
        "ZMW",
    ]
)
SUPPORTED = WITHOUT_PARTS | IN_THOUSANDTHS | IN_HUNDREDTHS


def to_stripe(money: Money) -> int:
    """Raises ValueError where Stripe has no such amount."""
    shift = _decimals(money.currency) - get_currency_precision(money.currency)
    if shift >= 0:
        return int(money.minor * 10**shift)
    amount, rest = divmod(money.minor, 10**-shift)
    if rest:
        raise ValueError(f"{money} is no amount that Stripe can charge")
    return int(amount)


def from_stripe(amount: int, currency: str) -> Money:
    currency = currency.upper()
    shift = _decimals(currency) - get_currency_precision(currency)
    return Money(amount // 10**shift if shift >= 0 else amount * 10**-shift, currency)


def _decimals(currency: str) -> int:
    if currency in WITHOUT_PARTS:
        return 0
    return 3 if currency in IN_THOUSANDTHS else 2

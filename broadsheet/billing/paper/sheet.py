from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal


class Kind(Enum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"
    DONATION_RECEIPT = "donation receipt"


@dataclass(frozen=True, slots=True)
class Party:
    """The seller or the buyer; `address` by the line, the country last."""

    name: str
    company: str = ""
    address: tuple[str, ...] = ()
    vat_number: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`period` is the first and the last day that are paid for, both of them within."""

    description: str
    amount: str
    period: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """“VAT”, “20%”, “£6.67”."""

    name: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """When the money moved, and `by` what: “card ending in 4242”."""

    on: date
    by: str


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where to pay; `reference` is what the transfer must quote."""

    holder: str
    iban: str
    bic: str
    bank: str
    reference: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One invoice, credit note or receipt.

    Every amount is written out with its currency (“£40.00”); `currency` is the ISO 4217 code that heads them.
    `corrects` names the invoice that a credit note corrects. `language` is an edition's tag, which the labels
    and dates follow. An invoice with `settled` shows no `account` and no `due` day: there is nothing to pay.
    """

    kind: Kind
    number: str
    dated: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    net: str
    total: str
    currency: str
    tax: Tax | None = None
    due: date | None = None
    settled: Settlement | None = None
    refunded: tuple[str, str] | None = None
    """“Partly refunded”, “$5.00”."""
    corrects: str = ""
    reference: str = ""
    """The buyer's own, such as the number of an order."""
    account: BankAccount | None = None
    note: str = ""
    language: str = "en-gb"
    direction: Literal["ltr", "rtl"] = "ltr"

"""Sets a sheet in type by Typst, from invoice.typ, in our faces and those that Typst brings along.

Latin letters are Newsreader and Public Sans; Greek, Cyrillic and Hebrew are Libertinus, Arabic DejaVu. What
none of them has (Chinese, Japanese, Korean, Thai, emoji, …) prints as a crossed box, one for each letter. The
text beneath keeps the letters, for copying and reading aloud.
"""

import json
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from broadsheet.billing.paper.sheet import BankAccount, Kind, Party, Settlement, Sheet
from broadsheet.platform.typesetting import FONTS, printable

HERE = Path(__file__).parent


def pdf(sheet: Sheet) -> bytes:
    """A PDF/A-2a and PDF/UA-1, A4. The same sheet gives the same bytes."""
    with translation.override(sheet.language):
        copy = _copy(sheet)
    printed: bytes = typst.compile(
        str(HERE / "invoice.typ"),
        root=str(HERE),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        # As data, which is never read as markup.
        sys_inputs={"copy": json.dumps(printable(copy))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(sheet.dated, time(), UTC),
    )
    return printed


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def _copy(sheet: Sheet) -> dict[str, Any]:
    """All that is printed, in the language now active: labels beside their values, in their order.

    Its words have the context “invoice”: Django's catalogues have some of them without it, and would put
    pieces of a language on the sheet.
    """
    title, numbered, issued, addressed, total = _titles()[sheet.kind]
    language, _hyphen, region = sheet.language.partition("-")
    unpaid = sheet.settled is None
    payment = _payment(sheet, sheet.account) if unpaid and sheet.account else None
    return {
        "language": language,
        "region": region if len(region) == 2 else None,
        "direction": sheet.direction,
        "title": title,
        "number": sheet.number,
        "facts": [
            [numbered, sheet.number],
            [pgettext("invoice", "Date"), _day(sheet.dated)],
            *([[pgettext("invoice", "Corrects invoice"), sheet.corrects]] if sheet.corrects else []),
            *([[pgettext("invoice", "Your reference"), sheet.reference]] if sheet.reference else []),
            *([_settled(sheet.kind, sheet.settled)] if sheet.settled else []),
            *([list(sheet.refunded)] if sheet.refunded else []),
            *([[pgettext("invoice", "Due"), _day(sheet.due)]] if unpaid and sheet.due else []),
        ],
        "publisher": sheet.seller.name,
        "parties": [[issued, _party(sheet.seller)], [addressed, _party(sheet.buyer)]],
        "columns": [
            pgettext("invoice", "Description"),
            pgettext("invoice", "Period"),
            pgettext("invoice", "Amount (%(currency)s)") % {"currency": sheet.currency},
        ],
        "lines": [[line.description, _period(line.period), line.amount] for line in sheet.lines],
        "sums": [
            [pgettext("invoice", "Net"), sheet.net],
            [f"{sheet.tax.name} {sheet.tax.rate}", sheet.tax.amount]
            if sheet.tax
            else [pgettext("invoice", "No tax"), "–"],
        ],
        "total": [pgettext("invoice", "Total due") if payment else total, sheet.total],
        "payment": payment,
        "note": sheet.note.splitlines(),
        # Translators: {page} and {pages} are numbers.
        "page": pgettext("invoice", "Page {page} of {pages}"),
    }


def _titles() -> dict[Kind, tuple[str, str, str, str, str]]:
    """By kind: the title, and the labels of the number, the seller, the buyer and the total."""
    return {
        Kind.INVOICE: (
            pgettext("invoice", "Invoice"),
            pgettext("invoice", "Invoice number"),
            pgettext("invoice", "From"),
            pgettext("invoice", "Billed to"),
            pgettext("invoice", "Total"),
        ),
        Kind.CREDIT_NOTE: (
            pgettext("invoice", "Credit note"),
            pgettext("invoice", "Credit note number"),
            pgettext("invoice", "From"),
            pgettext("invoice", "Credited to"),
            pgettext("invoice", "Total credited"),
        ),
        Kind.DONATION_RECEIPT: (
            pgettext("invoice", "Receipt for a donation"),
            pgettext("invoice", "Receipt number"),
            pgettext("invoice", "Issued by"),
            pgettext("invoice", "Received from"),
            pgettext("invoice", "Total received"),
        ),
    }


def _settled(kind: Kind, settlement: Settlement) -> list[str]:
    label = {
        Kind.INVOICE: pgettext("invoice", "Paid on"),
        Kind.CREDIT_NOTE: pgettext("invoice", "Refunded on"),
        Kind.DONATION_RECEIPT: pgettext("invoice", "Received on"),
    }[kind]
    return [label, _day(settlement.on), pgettext("invoice", "by %(means)s") % {"means": settlement.by}]


def _party(party: Party) -> dict[str, Any]:
    return {
        "name": party.name,
        "lines": [line for line in (party.company, *party.address) if line],
        "contact": [
            *(
                [pgettext("invoice", "VAT number %(number)s") % {"number": party.vat_number}]
                if party.vat_number
                else []
            ),
            *([party.email] if party.email else []),
        ],
    }


def _payment(sheet: Sheet, account: BankAccount) -> dict[str, Any]:
    asked = {"total": sheet.total, "reference": account.reference}
    if sheet.due:
        request = pgettext("invoice", "Please transfer %(total)s by %(day)s and quote %(reference)s.") % {
            **asked,
            "day": _day(sheet.due),
        }
    else:
        request = pgettext("invoice", "Please transfer %(total)s and quote %(reference)s.") % asked
    rows = [
        [pgettext("invoice", "Account holder"), account.holder],
        [pgettext("invoice", "Bank"), account.bank],
        [pgettext("invoice", "IBAN"), _in_fours(account.iban)],
        [pgettext("invoice", "BIC"), account.bic],
        [pgettext("invoice", "Reference"), account.reference],
    ]
    return {
        "title": pgettext("invoice", "How to pay"),
        "request": request,
        "account": [[label, value] for label, value in rows if value],
    }


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT").replace(" ", "\N{NO-BREAK SPACE}")


def _period(period: tuple[date, date] | None) -> str:
    return " – ".join(map(_day, period)) if period else ""


def _in_fours(iban: str) -> str:
    """As ISO 13616 prints it."""
    digits = "".join(iban.split())
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))

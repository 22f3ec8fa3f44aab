"""Invoices as PDF, read again by another program."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from broadsheet.billing.paper import BankAccount, Kind, Line, Party, Settlement, Sheet, Tax, pdf

YEAR = (date(2026, 11, 24), date(2027, 11, 23))

INVOICE = Sheet(
    kind=Kind.INVOICE,
    number="MER-2026-000124",
    dated=date(2026, 11, 24),
    seller=Party(
        "The Meridian",
        company="Meridian Press Ltd",
        address=("14 Quayside", "Bristol BS1 4QA", "United Kingdom"),
        vat_number="GB 123 4567 89",
        email="subscriptions@meridian.example",
    ),
    buyer=Party(
        "Tomasz Żółkiewski",
        company="Biblioteka Główna",
        address=("ul. Piotrkowska 104", "90-926 Łódź", "Poland"),
        vat_number="PL 725 000 00 00",
        email="faktury@biblioteka.example",
    ),
    lines=(Line("Print + Digital, one year", "£120.00", YEAR), Line("Ten further seats", "£200.00", YEAR)),
    net="£266.67",
    tax=Tax("VAT", "20%", "£53.33"),
    total="£320.00",
    currency="GBP",
    due=date(2026, 12, 8),
    account=BankAccount(
        "Meridian Press Ltd", "GB33BUKB20201555555555", "BUKBGB22", "Barclays, Bristol", "MER-2026-000124"
    ),
    note="Thank you for reading.",
)
PAID = replace(INVOICE, settled=Settlement(date(2026, 11, 25), "card ending in 4242"))


def read(sheet: Sheet) -> PdfReader:
    return PdfReader(BytesIO(pdf(sheet)))


def words(sheet: Sheet) -> str:
    """All that stands on the pages, with one space wherever there is any."""
    return " ".join(" ".join(page.extract_text() for page in read(sheet).pages).split())


def fonts(page: PageObject) -> set[str]:
    found = page["/Resources"]["/Font"].values()
    return {font.get_object()["/BaseFont"].partition("+")[2] for font in found}


def elements(node: DictionaryObject) -> list[str]:
    """The kinds of a structure tree's elements, in reading order."""
    children = node.get("/K", [])
    children = children if isinstance(children, list) else [children]
    below = [child.get_object() for child in children]
    kind = [node["/S"]] if "/S" in node else []
    return kind + [found for child in below if isinstance(child, dict) for found in elements(child)]


def called(name: str) -> Sheet:
    return replace(INVOICE, buyer=Party(name))


def test_an_unpaid_invoice_says_what_is_owed_for_what_and_where_to() -> None:
    printed = words(INVOICE)
    for expected in [
        "Invoice number MER-2026-000124",
        "Date 24 Nov 2026",
        "Due 8 Dec 2026",
        "Meridian Press Ltd 14 Quayside Bristol BS1 4QA United Kingdom",
        "VAT number GB 123 4567 89 subscriptions@meridian.example",
        "Billed to Tomasz Żółkiewski Biblioteka Główna ul. Piotrkowska 104 90-926 Łódź Poland",
        "VAT number PL 725 000 00 00 faktury@biblioteka.example",
        "Description Period Amount (GBP)",
        "Print + Digital, one year 24 Nov 2026 – 23 Nov 2027 £120.00",
        "Ten further seats 24 Nov 2026 – 23 Nov 2027 £200.00",
        "Net £266.67 VAT 20% £53.33 Total due £320.00",
        "Please transfer £320.00 by 8 Dec 2026 and quote MER-2026-000124.",
        "Account holder Meridian Press Ltd",
        "Bank Barclays, Bristol",
        "IBAN GB33 BUKB 2020 1555 5555 55",
        "BIC BUKBGB22",
        "Reference MER-2026-000124",
        "Thank you for reading.",
        "Page 1 of 1",
    ]:
        assert expected in printed


def test_a_paid_invoice_asks_for_nothing() -> None:
    printed = words(PAID)
    assert "Paid on 25 Nov 2026 by card ending in 4242" in printed
    assert "Total £320.00" in printed
    assert "Due" not in printed
    assert "IBAN" not in printed


def test_a_transfer_without_a_day_is_asked_for_without_one() -> None:
    assert "Please transfer £320.00 and quote MER-2026-000124." in words(replace(INVOICE, due=None))


def test_a_credit_note_names_the_invoice_it_corrects() -> None:
    printed = words(replace(PAID, kind=Kind.CREDIT_NOTE, number="MER-C7", corrects="MER-2026-000124"))
    assert "Credit note number MER-C7" in printed
    assert "Corrects invoice MER-2026-000124" in printed
    assert "Refunded on 25 Nov 2026" in printed
    assert "Credited to" in printed
    assert "Total credited £320.00" in printed


def test_a_donation_has_neither_tax_nor_period() -> None:
    gift = replace(PAID, kind=Kind.DONATION_RECEIPT, lines=(Line("Donation", "£25.00"),), tax=None)
    printed = words(gift)
    assert "Receipt for a donation" in printed
    assert "Received on 25 Nov 2026" in printed
    assert "Issued by The Meridian" in printed
    assert "Received from Tomasz Żółkiewski" in printed
    assert "Description Amount (GBP) Donation £25.00" in printed
    assert "No tax" in printed


@pytest.mark.parametrize(
    ("language", "dated"),
    [("en-gb", "Date 24 Nov 2026"), ("en-us", "Date Nov. 24, 2026"), ("de", "Datum 24. November 2026")],
)
def test_dates_are_written_as_the_language_does(language: str, dated: str) -> None:
    assert dated in words(replace(INVOICE, language=language))


def test_words_of_another_catalogue_do_not_mix_in() -> None:
    # We have none in Dutch. Django's own says “Datum” and “Van”.
    printed = words(replace(INVOICE, language="nl"))
    assert "Datum" not in printed
    assert "Van " not in printed


@pytest.mark.parametrize(
    "name",
    ['#read("/etc/passwd")', "#panic()", "*Ada* _Okafor_", "$x$ `y` <z> @w", "\\u{41} // Ada", '"); #{ 1 }'],
)
def test_markup_in_a_name_is_printed_as_it_is(name: str) -> None:
    printed = words(called(name))
    assert f"Billed to {name} Description" in printed
    assert "root:" not in printed


def test_the_same_sheet_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys, django; django.setup(); from broadsheet.billing.paper import pdf;"
        "from tests.billing.test_paper import INVOICE; sys.stdout.buffer.write(pdf(INVOICE))"
    )
    other = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, check=True)
    assert other.stdout == pdf(INVOICE)


def test_the_document_is_dated_as_the_sheet_is() -> None:
    information = read(INVOICE).metadata
    assert information is not None
    assert information.creation_date == datetime(2026, 11, 24, tzinfo=UTC)
    assert information.title == "Invoice MER-2026-000124"
    assert information.author == "The Meridian"


def test_it_can_be_read_aloud() -> None:
    root = read(INVOICE).root_object
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    tags = elements(root["/StructTreeRoot"])
    assert tags.count("/TH") == 3
    assert tags.count("/H1") == 3, "From, Billed to, How to pay"
    assert "/TFoot" in tags


def test_it_calls_itself_accessible_and_fit_for_archives() -> None:
    metadata = read(INVOICE).root_object["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_many_lines_run_over_pages_that_repeat_the_head_of_the_table() -> None:
    lines = tuple(Line(f"Seat {number}", "£20.00", YEAR) for number in range(1, 81))
    pages = [page.extract_text() for page in read(replace(INVOICE, lines=lines)).pages]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("Description" in page for page in pages if "Seat" in page)
    assert [int(seat) for page in pages for seat in re.findall(r"Seat (\d+)", page)] == list(range(1, 81))
    assert "Total due" in pages[-1]


def test_a_long_address_is_printed_to_its_end() -> None:
    address = tuple(f"Floor {number}" for number in range(1, 91))
    assert "Floor 90" in words(replace(INVOICE, buyer=Party("Ada Okafor", address=address)))


def test_nothing_is_too_long_for_its_place() -> None:
    """Half a page takes no more than 60 of these letters, and a quarter no more than 30."""
    account = BankAccount("H" * 200, "9" * 200, "B" * 200, "K" * 200, "R" * 200)
    buyer = Party("N" * 200, company="C" * 200, address=("A" * 200,), email="E" * 200)
    sheet = replace(
        INVOICE, number="M" * 200, lines=(Line("D" * 200, "£1.00", YEAR),), buyer=buyer, account=account
    )
    lines = [line for page in read(sheet).pages for line in page.extract_text().splitlines()]
    for letter, most in [*((letter, 60) for letter in "HBKNCAED"), ("M", 200)]:
        runs = [line for line in lines if letter * 4 in line]
        assert sum(line.count(letter) for line in runs) >= 200
        assert max(line.count(letter) for line in runs) <= most


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Νίκος Παπαδόπουλος", "LibertinusSerif"),
        ("Иван Крылов", "LibertinusSerif"),
        ("Łukasz Nguyễn Åström", "Newsreader"),
    ],
)
def test_names_in_greek_cyrillic_and_all_latin_are_in_the_fonts(name: str, font: str) -> None:
    page = read(called(name)).pages[0]
    assert name in page.extract_text()
    assert any(used.startswith(font) for used in fonts(page))
    assert "Unprintable-Regular" not in fonts(page)


@pytest.mark.parametrize("name", ["שלום כהן", "محمد علي"])
def test_names_in_hebrew_and_arabic_are_in_the_fonts(name: str) -> None:
    assert "Unprintable-Regular" not in fonts(read(called(name)).pages[0])


@pytest.mark.parametrize("name", ["王小明", "さくら", "김민준", "สมชาย", "😀"])
def test_a_letter_that_no_font_has_is_a_box_with_the_letter_beneath(name: str) -> None:
    page = read(called(name)).pages[0]
    contents = page.get_contents()
    assert contents is not None
    assert "Unprintable-Regular" in fonts(page)
    # The first letter is the box's own name in the font; each other one is written over it.
    beneath = [
        operands[1]["/ActualText"]
        for operands, operator in contents.operations
        if operator == b"BDC" and "/ActualText" in operands[1]
    ]
    assert name[0] in page.extract_text()
    assert "".join(beneath) == name[1:]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=30))
def test_any_name_can_be_printed(name: str) -> None:
    assert pdf(called(name)).startswith(b"%PDF-")


def test_a_sheet_that_reads_from_the_right_has_its_amounts_on_the_left() -> None:
    def row(sheet: Sheet) -> str:
        lines = read(sheet).pages[0].extract_text(extraction_mode="layout").splitlines()
        return next(line.strip() for line in lines if "£120.00" in line)

    turned = replace(INVOICE, language="ar", direction="rtl")
    assert row(INVOICE).endswith("£120.00")
    assert row(turned).startswith("£120.00")
    assert "14 Quayside" in words(turned)

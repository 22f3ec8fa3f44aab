"""Tables as CSV files, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from wagtail.admin.views.mixins import SpreadsheetExportMixin

BEGINNINGS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class WithoutFormulas:
    """A list of Wagtail’s whose files hold no formula that somebody wrote. Its XLSX has none by itself."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        written = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return in_a_cell(written) if export_format == SpreadsheetExportMixin.FORMAT_CSV else written


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """`name` is without its ending, in ASCII."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # By this mark spreadsheets know that it is UTF-8.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(headings)
    writer.writerows([in_a_cell(value) for value in row] for row in rows)
    return response


def in_a_cell(value: object) -> object:
    """Text that somebody wrote is never a formula, which could fetch what it likes."""
    if isinstance(value, str) and value.startswith(BEGINNINGS_OF_FORMULAS):
        return f"'{value}"
    return value

"""Tables as CSV files, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

BEGINNINGS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
UTF_8 = "utf-8"


def csv_file(
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    encoding: str = UTF_8,
    delimiter: str = ",",
) -> HttpResponse:
    """`name` is without its ending, in ASCII. Raises UnicodeEncodeError where `encoding` lacks a letter."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows([in_a_cell(value) for value in row] for row in rows)
    # By the mark spreadsheets know that it is UTF-8.
    contents = ("\ufeff" if encoding == UTF_8 else "") + text.getvalue()
    response = HttpResponse(contents.encode(encoding), content_type=f"text/csv; charset={encoding}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def in_a_cell(value: object) -> object:
    """Text that somebody wrote is never a formula, which could fetch what it likes."""
    if isinstance(value, str) and value.startswith(BEGINNINGS_OF_FORMULAS):
        return f"'{value}"
    return value

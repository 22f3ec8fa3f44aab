"""The table that a chart is made of, as an editor pastes it from a spreadsheet or types it."""

import csv
import re
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from broadsheet.platform.charts.series import Series

MOST_ROWS = 200
MOST_COLUMNS = 6
"""As many as there are colours."""
LONGEST_NAME = 80

_SPACES = str.maketrans("", "", " \u00a0\u2009\u202f'’")
_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?")
_GAPS = frozenset({"", "-", "–", "—", "n/a", "na"})


@dataclass(frozen=True, slots=True)
class ChartTable:
    """A row for each label, a series for each further column. `places` counts the decimals given."""

    heading: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    places: int

    @classmethod
    def read(cls, text: str) -> Self:
        """From lines divided by tabs, semicolons or commas. Raises ValueError, which names the line."""
        lines = [(number, cells) for number, cells in enumerate(_cells(text), 1) if any(cells)]
        if len(lines) < 2:
            raise ValueError(_("Give a line of headings, and below it a line for each row."))
        (_first, headings), *rows = lines
        _check_size(headings, rows)
        values: list[list[float | None]] = [[] for _heading in headings[1:]]
        places = 0
        for number, cells in rows:
            if len(cells) != len(headings):
                raise ValueError(
                    _("Line %(line)d has %(found)d cells, the first line %(wanted)d.")
                    % {"line": number, "found": len(cells), "wanted": len(headings)}
                )
            if not cells[0]:
                raise ValueError(_("Line %d has no label in its first cell.") % number)
            for column, cell in zip(values, cells[1:], strict=True):
                column.append(_value(cell, number))
                places = max(places, _places(cell))
        if not any(value is not None for column in values for value in column):
            raise ValueError(_("There is no number in it."))
        series = tuple(map(Series, headings[1:], map(tuple, values)))
        return cls(headings[0], tuple(cells[0] for _number, cells in rows), series, places)


def _cells(text: str) -> list[list[str]]:
    lines = text.strip("\r\n").splitlines()
    divider = "\t" if "\t" in text else ";" if lines and ";" in lines[0] else ","
    found = [[cell.strip() for cell in cells] for cells in csv.reader(lines, delimiter=divider)]
    # A spreadsheet copies empty columns that were marked with the others.
    while found and max(map(len, found)) > 1 and not any(cells[-1] for cells in found if cells):
        found = [cells[:-1] for cells in found]
    return found


def _check_size(headings: list[str], rows: list[tuple[int, list[str]]]) -> None:
    if len(headings) < 2:
        raise ValueError(_("One column is not enough: labels stand in the first, numbers in the next."))
    if len(headings) - 1 > MOST_COLUMNS:
        raise ValueError(_("A chart shows at most %d columns of numbers.") % MOST_COLUMNS)
    if not all(headings[1:]):
        raise ValueError(_("Each column of numbers needs a heading in the first line."))
    if len(rows) > MOST_ROWS:
        raise ValueError(_("A chart shows at most %d rows.") % MOST_ROWS)
    for name in (*headings, *(cells[0] for _number, cells in rows if cells)):
        if len(name) > LONGEST_NAME:
            raise ValueError(_("“%s…” is too long for a label.") % name[:40])


def _bare(cell: str) -> str:
    return cell.translate(_SPACES).replace("−", "-").removesuffix("%")


def _value(cell: str, line: int) -> float | None:
    """None where nothing is known. A whole number stays one."""
    bare = _bare(cell)
    if bare.lower() in _GAPS:
        return None
    if not _NUMBER.fullmatch(bare):
        raise ValueError(
            _("“%(cell)s” in line %(line)d is not a number. Write 1,234.5 or 1234.5, and nothing for a gap.")
            % {"cell": cell[:40], "line": line}
        )
    plain = bare.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _places(cell: str) -> int:
    _whole, _point, decimals = _bare(cell).partition(".")
    return min(len(decimals), 4)

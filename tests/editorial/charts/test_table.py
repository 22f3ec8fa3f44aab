"""What an editor pastes becomes the table of a chart, or a sentence that says which line is wrong."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.editorial.charts.table import MOST_COLUMNS, MOST_ROWS, ChartTable

PORTS = "Port\tBoats\tCrew\nHull\t12\t40\nAmble\t7\t\n"


@pytest.mark.parametrize("divider", ["\t", ";", ","])
def test_a_table_is_read_however_its_cells_are_divided(divider: str) -> None:
    table = ChartTable.read(PORTS.replace("\t", divider))
    assert table.heading == "Port"
    assert table.labels == ("Hull", "Amble")
    assert [(one.name, one.values) for one in table.series] == [("Boats", (12, 7)), ("Crew", (40, None))]
    assert table.places == 0


@pytest.mark.parametrize(
    ("cell", "value", "places"),
    [
        ("12", 12, 0),
        ("1,234,567", 1234567, 0),
        ("1 234", 1234, 0),
        ("1\u202f234.50", 1234.5, 2),
        ("−3.5", -3.5, 1),
        ("-3", -3, 0),
        ("43.8%", 43.8, 1),
        (".5", 0.5, 1),
        ("0.123456", 0.123456, 4),
    ],
)
def test_a_number_is_read_as_people_write_it(cell: str, value: float, places: int) -> None:
    table = ChartTable.read(f"Port\tBoats\nHull\t{cell}")
    assert table.series[0].values == (value,)
    assert type(table.series[0].values[0]) is type(value)
    assert table.places == places


@pytest.mark.parametrize("cell", ["", "-", "–", "n/a", "N/A"])
def test_what_is_not_known_is_a_gap(cell: str) -> None:
    assert ChartTable.read(f"Port\tBoats\nHull\t{cell}\nAmble\t2").series[0].values == (None, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line of headings"),
        ("Port\tBoats", "line of headings"),
        ("Port\nHull", "One column is not enough"),
        ("Port\tBoats\nHull\ttwelve", "“twelve” in line 2"),
        ("Port\tBoats\nHull\t3,5", "“3,5” in line 2"),
        ("Port\tBoats\nHull\t1.234.567", "“1.234.567” in line 2"),
        ("Port\tBoats\nHull\tinf", "“inf” in line 2"),
        ("Port\tBoats\nHull\t1e400", "“1e400” in line 2"),
        ("Port\tBoats\nHull\t1\n\nAmble\t1\t2", "Line 4 has 3 cells, the first line 2."),
        ("Port\tBoats\n\t1", "Line 2 has no label"),
        ("Port\t\tCrew\nHull\t1\t2", "needs a heading"),
        ("Port\tBoats\nHull\t", "no number"),
        ("P\t" + "\t".join("abcdefgh") + "\nHull" + "\t1" * 8, f"at most {MOST_COLUMNS} columns"),
        ("P\tBoats\n" + "Hull\t1\n" * (MOST_ROWS + 1), f"at most {MOST_ROWS} rows"),
        (f"P\tBoats\n{'Hull' * 30}\t1", "too long for a label"),
    ],
)
def test_what_can_t_be_drawn_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        ChartTable.read(text)


def test_quoted_cells_may_hold_the_divider() -> None:
    table = ChartTable.read('Port,Boats\n"Hull, East",12\n"Amble","1,200"')
    assert table.labels == ("Hull, East", "Amble")
    assert table.series[0].values == (12, 1200)


def test_columns_that_were_copied_empty_are_left_out() -> None:
    assert len(ChartTable.read("Port\tBoats\t\t\nHull\t12\t\t\nAmble\t1\t\t").series) == 1


@given(st.text(max_size=60))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    with suppress(ValueError):
        table = ChartTable.read(text)
        assert table.labels
        assert all(len(one.values) == len(table.labels) for one in table.series)

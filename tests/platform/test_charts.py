"""Charts drawn on the server: what they hold, and that no numbers break them."""

from math import inf, nan
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.platform.charts.lying import dots, grouped
from broadsheet.platform.charts.over_time import bars, lines
from broadsheet.platform.charts.ranked import ranked
from broadsheet.platform.charts.scale import Scale, in_full, in_words
from broadsheet.platform.charts.series import Series
from broadsheet.platform.charts.spark import spark

DAYS = ["Monday", "Tuesday", "Wednesday"]
OVER_TIME = pytest.mark.parametrize("chart", [bars, lines])


def parsed(chart: str) -> ET.Element:
    """The chart as what it is: well-formed, without a style of its own and without a script."""
    root = ET.fromstring(chart)  # noqa: S314 (our own)
    for element in root.iter():
        assert element.tag not in {"style", "script"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    return root


def drawn(chart: str, tag: str) -> list[ET.Element]:
    """Its elements of one kind that show values."""
    return [
        found
        for found in parsed(chart).find("svg").iter(tag)
        if found.get("class", "").startswith("plot-")
        and found.get("class") not in {"plot-place", "plot-tick"}
    ]


def ticks(chart: str) -> list[str]:
    """The numbers of its upright axis, from below."""
    return [text.text for text in parsed(chart).iter("text") if text.get("text-anchor") == "end"]


def labels(chart: str) -> list[str]:
    """What stands below its lying axis."""
    texts = [text for text in parsed(chart).iter("text") if text.get("class") == "plot-tick"]
    return [text.text for text in texts if text.get("x") != "-8"]


def told(chart: str) -> list[str | None]:
    return [title.text for title in parsed(chart).findall("svg/rect/title")]


def series(*values: float | None, name: str = "Opens") -> Series:
    return Series(name, values)


# --- The axis ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], [0, 1]),
        ([0], [0, 1]),
        ([1], [0, 1]),
        ([3], [0, 1, 2, 3]),
        ([7], [0, 2, 4, 6, 8]),
        ([92], [0, 50, 100]),
        ([1_340], [0, 500, 1_000, 1_500]),
        ([30, -20], [-20, 0, 20, 40]),
        ([-7], [-8, -6, -4, -2, 0]),
        ([0.3], [0.0, 0.1, 0.2, 0.3]),
        ([10**15], [0, 5 * 10**14, 10**15]),
    ],
)
def test_an_axis_has_round_numbers_and_zero(values, expected):
    assert Scale.of(values).ticks == pytest.approx(expected)


@given(st.lists(st.integers(-(10**15), 10**15) | st.floats(-1e9, 1e9), max_size=20))
def test_an_axis_holds_all_of_its_values_in_a_few_steps(values):
    scale = Scale.of(values)

    assert all(-1e-9 <= scale.share(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(scale.ticks) <= 7
    assert scale.low < scale.high


def test_counts_are_not_divided():
    assert Scale.of([1, 2]).ticks == [0, 1, 2]
    assert Scale.of([1.0, 2.0]).ticks == [0, 0.5, 1, 1.5, 2]


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="not a number"):
        Scale.of([1.0, value])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (9_500, "9,500"),
        (12_000, "12k"),
        (1_500_000, "1.5m"),
        (2 * 10**9, "2bn"),
        (10**15, "1000tn"),
        (-20, "−20"),
        (-50_000, "−50k"),
        (0.1 * 3, "0.3"),
    ],
)
def test_numbers_on_an_axis_are_short(value, written):
    assert in_words(value) == written


def test_numbers_in_a_text_are_whole():
    assert [in_full(value) for value in (1_234_567, 0.5, -3)] == ["1,234,567", "0.50", "−3"]


# --- Over time ---------------------------------------------------------------------------------------


@OVER_TIME
def test_without_anything_there_is_no_chart(chart):
    assert chart("Opens", [], []) == ""
    assert chart("Opens", [], [Series("Opens", [])]) == ""


@OVER_TIME
@pytest.mark.parametrize(
    "values", [[0, 0, 0], [None, None, None], [-3, -1, 0], [10**15, 1, 0], [0.001, 0, 0]]
)
def test_no_numbers_break_it(chart, values):
    svg = parsed(chart("Opens", DAYS, [series(*values)])).find("svg")

    for element in svg.iter():
        for name in ("y", "height", "cy", "y1", "y2"):
            assert -0.01 <= float(element.get(name, "0")) <= float(svg.get("height"))


@OVER_TIME
def test_it_is_one_picture_with_a_name_and_a_description(chart):
    svg = parsed(chart("Opens by day", DAYS, [series(4, 9, 2)])).find("svg")

    assert svg.get("role") == "img"
    assert svg.findtext("title") == "Opens by day"
    assert svg.findtext("desc") == "From Monday to Wednesday. Opens: at most 9 (Tuesday), at least 2."


def test_a_description_can_be_written():
    svg = parsed(bars("Opens", DAYS, [series(4, 9, 2)], description="Most on Tuesday.")).find("svg")
    assert svg.findtext("desc") == "Most on Tuesday."


@OVER_TIME
def test_what_is_pointed_at_is_told_in_words(chart):
    one = chart("Opens", DAYS, [series(4, None, 2000)])
    two = chart("Opens", DAYS, [Series("US", [4, None, 2000]), Series("UK", [1, 1, 1])])

    assert told(one) == ["Monday: 4", "Tuesday: –", "Wednesday: 2,000"]
    assert told(two) == ["Monday: US 4, UK 1", "Tuesday: UK 1", "Wednesday: US 2,000, UK 1"]


@OVER_TIME
def test_words_that_were_typed_are_only_words(chart):
    svg = chart("<script>", ["<b>", "&", '"'], [Series("<i>", [1, 2, 3]), Series("&amp;", [1, 2, 3])])

    assert labels(svg) == ["<b>", "&", '"']
    assert "".join(parsed(svg).find("ul").itertext()) == " <i> &amp;"


def test_a_bar_is_as_high_as_its_value():
    found = drawn(bars("Opens", DAYS, [series(100, 50, 0)]), "rect")
    assert [float(bar.get("height")) for bar in found] == [200, 100]


def test_bars_of_several_series_stand_on_one_another():
    one, other = drawn(bars("Opens", ["Monday"], [Series("US", [60]), Series("UK", [40])]), "rect")

    assert float(other.get("y")) + float(other.get("height")) == pytest.approx(float(one.get("y")))
    assert (one.get("class"), other.get("class")) == ("plot-1", "plot-2")


def test_negative_bars_hang_below_zero():
    svg = bars("Readers", ["May"], [Series("New", [20]), Series("Lost", [-20])])
    new, lost = drawn(svg, "rect")

    assert float(new.get("y")) + float(new.get("height")) == pytest.approx(float(lost.get("y")))
    assert ticks(svg) == ["−20", "−10", "0", "10", "20"]


def test_a_line_has_a_gap_where_there_is_no_number():
    days = [str(day) for day in range(50)]
    svg = lines("Opens", days, [series(1, 2, None, 4, 5, None, 7, *[None] * 43)])
    (path,) = drawn(svg, "path")

    assert path.get("d").count("M") == 2
    # One number alone makes no line.
    assert len(drawn(svg, "circle")) == 1


def test_labels_leave_room_for_one_another():
    hours = [f"1 March, {hour}:00" for hour in range(24)]
    found = labels(bars("Opens", hours, [Series("Opens", range(24))]))

    assert found[0] == hours[0]
    assert len(found) == 2
    assert labels(bars("Opens", DAYS, [Series("Opens", [1, 2, 3])])) == DAYS


def test_only_several_series_have_a_key():
    one, two = series(1, 2, 3, name="US"), series(1, 2, 3, name="UK")
    assert parsed(bars("Opens", DAYS, [one])).find("ul") is None
    key = parsed(bars("Opens", DAYS, [one, two])).find("ul")
    assert ["".join(item.itertext()) for item in key] == [" US", " UK"]


# --- By rank, and small ------------------------------------------------------------------------------


def test_without_rows_there_is_no_ranking():
    assert ranked("Links", []) == ""


def test_each_row_of_a_ranking_has_its_name_and_its_value():
    svg = ranked("Links", [("The harbour", 1200), ("Orchards", 300), ("Reef", 0)])
    texts = [text for text in parsed(svg).iter("text") if text.get("class") != "plot-tick"]

    assert [text.text for text in texts] == ["The harbour", "1,200", "Orchards", "300", "Reef", "0"]
    assert [bar.get("width") for bar in drawn(svg, "rect")] == ["80.00%", "20.00%", "0.00%"]
    assert parsed(svg).find("svg").findtext("desc") == "The harbour is first with 1,200."


def test_a_long_name_is_cut_for_the_eye_only():
    name = "What the tide left on the flats, and who went to look"
    (row,) = drawn(ranked("Links", [(name, 3)]), "rect")

    assert row.findtext("title") == f"{name}: 3"
    assert "What the tide left on the flats, and wh…" in ranked("Links", [(name, 3)])


@pytest.mark.parametrize("values", [(0, 0), (-3, 5), (10**15, -1), (-2, -2)])
def test_no_numbers_break_a_ranking(values):
    for bar in drawn(ranked("Links", [("One", values[0]), ("Other", values[1])]), "rect"):
        start, width = (float(bar.get(name).rstrip("%")) for name in ("x", "width"))
        assert 0 <= start <= start + width <= 100.01


def test_a_row_of_small_bars_has_one_for_each_number():
    drawing = spark([("9 March", 4), ("10 March", 0), ("11 March", 1)])
    rows = parsed(f"<figure>{drawing}</figure>").findall("svg/rect")

    assert [row.findtext("title") for row in rows] == ["9 March: 4", "10 March: 0", "11 March: 1"]
    assert [int(row.get("height")) for row in rows] == [23, 0, 6]
    assert "rect" not in spark([])


# --- Rows of several bars, and dots ------------------------------------------------------------------

LYING = pytest.mark.parametrize("chart", [grouped, dots])
NUMBERS = st.one_of(st.none(), st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9))


@LYING
def test_without_labels_nothing_lies(chart):
    assert chart("Boats", [], []) == ""


def test_each_row_has_a_bar_of_each_series_with_its_value():
    svg = grouped("Boats", ["Hull", "Amble"], [series(40, 10), series(20, None, name="Crew")])

    assert [bar.get("width") for bar in drawn(svg, "rect")] == ["86.00%", "43.00%", "21.50%", "0.00%"]
    values = [text.text for text in parsed(svg).iter("text") if text.get("class") == "plot-value"]
    assert values == ["40", "20", "10", "–"]
    assert told(svg) == ["Hull: Opens 40, Crew 20", "Amble: Opens 10"]
    assert [item.text or item[0].tail for item in parsed(svg).findall("ul/li")]


def test_what_is_not_known_has_no_dot():
    svg = dots("Boats", ["Hull", "Amble"], [series(40, 10), series(20, None, name="Crew")])

    assert len(drawn(svg, "circle")) == 3
    values = [text.text for text in parsed(svg).iter("text") if text.get("class") == "plot-value"]
    assert values == ["40 · 20", "10 · –"]


@LYING
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_no_numbers_leave_the_drawing(chart, rows):
    first, second = zip(*rows, strict=True)
    svg = chart("Boats", [f"Port {row}" for row in range(len(rows))], [series(*first), series(*second)])
    for mark in drawn(svg, "rect") + drawn(svg, "circle"):
        start = float((mark.get("x") or mark.get("cx")).rstrip("%"))
        width = float((mark.get("width") or "0").rstrip("%"))
        assert -0.01 <= start <= start + width <= 86.01


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6))
def test_a_scale_that_need_not_begin_at_zero_holds_all_values(values):
    scale = Scale.of(values, begins_at_zero=False)
    assert scale.low <= min(values)
    assert max(values) <= scale.high + scale.step * 1e-6
    assert scale.ticks

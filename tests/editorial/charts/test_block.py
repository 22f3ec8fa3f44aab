"""A chart as an editor fills it in and as a reader sees it."""

from html.parser import HTMLParser

import pytest
from wagtail.blocks import StructBlockValidationError

from broadsheet.editorial.charts.block import MOST_LYING, ChartBlock
from broadsheet.editorial.opening import plain_text

PORTS = "Port\tBoats\tCrew\nHull\t12.5\t40\nAmble\t7\t"
BLOCK = ChartBlock()


def filled(**changed: object) -> object:
    written = {
        "title": "Boats by port",
        "kind": "bars",
        "figures": PORTS,
        "unit": "",
        "begins_at_zero": True,
        "source": "The tide office",
        "source_url": "",
        "note": "",
        "description": "",
    }
    return BLOCK.to_python(written | changed)


def shown(**changed: object) -> str:
    return BLOCK.render(filled(**changed))


def faults(**changed: object) -> dict[str, str]:
    with pytest.raises(StructBlockValidationError) as refused:
        BLOCK.clean(filled(**changed))
    return {name: error.messages[0] for name, error in refused.value.block_errors.items()}


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.in_cell = False

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag == "tr":
            self.rows.append([])
        self.in_cell = tag in {"td", "th"}

    def handle_data(self, words: str) -> None:
        if self.in_cell and words.strip():
            self.rows[-1].append(words.strip())

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in {"td", "th"}


def cells(html: str) -> list[list[str]]:
    parser = Cells()
    parser.feed(html)
    return parser.rows


@pytest.mark.parametrize("kind", ["bars", "lines", "dots", "multiples"])
def test_each_kind_shows_its_drawing_and_the_same_figures_in_a_table(kind: str) -> None:
    html = shown(kind=kind)
    assert html.count("<svg class=") == (2 if kind == "multiples" else 1)
    assert cells(html) == [["Port", "Boats", "Crew"], ["Hull", "12.5", "40.0"], ["Amble", "7.0", "–"]]
    assert "style=" not in html


def test_a_share_is_written_with_its_sign() -> None:
    assert cells(shown(unit="%"))[1] == ["Hull", "12.5%", "40.0%"]
    assert cells(shown(unit="boats"))[1] == ["Hull", "12.5", "40.0"]


def test_small_charts_share_one_scale() -> None:
    first, second = (drawing for _name, drawing in filled(kind="multiples").drawings)
    assert [mark for mark in ("10", "40") if f">{mark}<" in first] == [
        mark for mark in ("10", "40") if f">{mark}<" in second
    ]


def test_a_scale_that_begins_elsewhere_says_so() -> None:
    high = "Year\tDegrees\n1990\t14.5\n2020\t15.1"
    assert "The scale begins at 14.4" in shown(figures=high, kind="lines", begins_at_zero=False)
    assert "The scale begins" not in shown(figures=high, kind="lines")
    assert "The scale begins" not in shown(figures=high, begins_at_zero=False)


def test_bars_may_not_begin_elsewhere() -> None:
    assert "length" in faults(begins_at_zero=False)["begins_at_zero"]
    BLOCK.clean(filled(begins_at_zero=False, kind="lines"))


def test_a_fault_in_the_figures_is_told_at_them() -> None:
    assert "“twelve” in line 2" in faults(figures="Port\tBoats\nHull\ttwelve")["figures"]
    many = "Port\tBoats\n" + "Hull\t1\n" * (MOST_LYING + 1)
    assert "Lines show more" in faults(figures=many, kind="dots")["figures"]
    BLOCK.clean(filled(figures=many, kind="lines"))


def test_a_source_is_needed() -> None:
    assert "source" in faults(source="")


def test_a_draft_that_can_t_be_drawn_yet_still_renders() -> None:
    html = shown(figures="Port")
    assert "Boats by port" in html
    assert "<svg" not in html
    assert "<table" not in html


def test_what_is_typed_is_kept_as_it_is_and_escaped() -> None:
    wicked = "Port\tBoats\n<script>alert(1)</script>\t3"
    assert BLOCK.get_prep_value(BLOCK.clean(filled(figures=wicked)))["figures"] == wicked
    assert "<script>" not in shown(figures=wicked)


def test_the_cells_count_as_no_words_of_the_article() -> None:
    assert "Hull" not in plain_text(filled())
    assert "Boats by port" in plain_text(filled())


def test_one_s_own_description_is_what_a_screen_reader_hears() -> None:
    assert "<desc>Hull has most.</desc>" in shown(description="Hull has most.")
    assert "at most 40.0" in shown()

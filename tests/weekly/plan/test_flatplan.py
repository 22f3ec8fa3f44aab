"""The flatplan: an estimate in which nothing is lost, and no page holds more than a page."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.weekly.flatplan import SHEET, Flatplan, PartKind, flatplan
from broadsheet.weekly.laid_out import LaidDepartment, LaidItem, LaidOut
from broadsheet.weekly.models import Department, IssueItem, WeeklyIssue
from broadsheet.weekly.shape import Placed, Shape


def item(words: int, pictures: int = 0, length: str = "full") -> LaidItem:
    return LaidItem(
        IssueItem(length=length), Shape(words, pictures=tuple(Placed(n, "") for n in range(pictures)))
    )


def issue(*departments: list[LaidItem], note: str = "") -> LaidOut:
    laid = tuple(
        LaidDepartment(Department(name=f"D{number}"), tuple(items))
        for number, items in enumerate(departments)
    )
    return LaidOut(WeeklyIssue(note=note), laid, (), {})


def parts(plan: Flatplan) -> list[Any]:
    return [part for page in plan.pages for part in page.parts if part.kind == PartKind.ARTICLE]


ITEMS = st.builds(item, st.integers(0, 25_000), st.integers(0, 12), st.sampled_from(["full", "short"]))


@settings(max_examples=60)
@given(st.lists(st.lists(ITEMS, max_size=6), max_size=5))
def test_nothing_is_lost_and_no_page_is_fuller_than_full(departments: list[list[LaidItem]]) -> None:
    plan = flatplan(issue(*departments))
    assert all(page.taken <= 1 + 1e-6 for page in plan.pages)
    assert len(plan.pages) % SHEET == 0
    assert [page.number for page in plan.pages] == list(range(1, len(plan.pages) + 1))
    wanted = [one for own in departments for one in own]
    placed = parts(plan)
    assert [part.laid for part in placed if part.is_start] == wanted, "in their order, each begun once"
    assert sum(part.is_end for part in placed) == len(wanted)
    for one in wanted:
        own = [part for part in placed if part.laid is one]
        assert abs(sum(part.share for part in own) - own[0].pages) < 1e-6


def test_the_cover_lies_alone_and_the_last_page_is_the_back() -> None:
    plan = flatplan(issue([item(3_000, 2), item(500)]))
    spreads = list(plan.spreads)
    left, right = spreads[0]
    assert (left, right and right.is_cover) == (None, True)
    assert all(a and b and a.is_left and not b.is_left for a, b in spreads[1:-1])
    last, nothing = spreads[-1]
    assert (last and last.number, nothing) == (len(plan.pages), None)


def test_a_long_piece_goes_on_over_the_page() -> None:
    plan = flatplan(issue([item(20_000)]))
    own = parts(plan)
    assert len(own) > 20
    assert [part.is_start for part in own] == [True, *[False] * (len(own) - 1)]


def test_short_pieces_share_a_page_and_a_department_begins_its_own() -> None:
    plan = flatplan(issue([item(150), item(150), item(150), item(400)], [item(1_000)]))
    pages = {page.department: page.number for page in reversed(plan.pages) if page.department}
    assert len(plan.pages[2].parts) >= 3
    assert pages["D1"] > pages["D0"]


def test_a_short_note_stands_with_the_contents_and_a_long_one_on_its_own_page() -> None:
    pages = [flatplan(issue([item(700)], note="word " * words)).set_pages for words in (0, 120, 900)]
    assert pages == [3, 3, 5]


def test_an_issue_without_anything_is_a_cover_and_its_contents() -> None:
    plan = flatplan(issue())
    assert plan.set_pages == 2
    assert plan.blank_pages == 2

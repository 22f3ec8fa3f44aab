"""The report of whose voices articles carry."""

import csv
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.actions.convert_alias import ConvertAliasPageAction

from broadsheet.editorial.models import Byline
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.evidence import made
from tests.magazine import Magazine, text_block

VOICES = "/desk/reports/voices/"
NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_march() -> Any:
    with clock.moved_to(NOW):
        yield


@pytest.fixture
def heard(magazine: Magazine) -> Magazine:
    """Ada Marsh twice in February and once in March, the port once, two sides of one question in March."""
    made.speaker("The port", kind="body")
    february = datetime(2026, 2, 3, tzinfo=UTC)
    magazine.publish(
        "lagoon",
        at=february,
        body=[
            text_block("lagoon", 1),
            made.quotation("It rose and rose all night.", role="harbour master"),
            made.quotation("Nobody slept until the morning.", role="harbour master"),
        ],
    )
    shared = magazine.publish(
        "shoal",
        section="science",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        body=[
            made.quotation("It fell again.", role="candidate"),
            made.quotation("We built what we could.", "The port"),
            made.perspectives(("The port", "Higher.", ""), ("The town", "Lower.", "")),
        ],
    )
    # A copy of its own, as when an edition spells it in its way.
    ConvertAliasPageAction(shared.share_with(magazine.uk)).execute(skip_permission_checks=True)
    return magazine


def exported(person: Any, **query: Any) -> list[list[str]]:
    response: Any = signed_in(person).get(VOICES, {"export": "csv", "time": "12m"} | query)
    lines = b"".join(response.streaming_content).decode().splitlines()
    return [row[:1] + row[2:3] + row[4:] for row in csv.reader(lines)][1:]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [["Ada Marsh", "3", "2"], ["The port", "1", "1"]]),
        ({"time": "30d"}, [["Ada Marsh", "1", "1"], ["The port", "1", "1"]]),
        (
            {"by": "role"},
            [["harbour master", "2", "1"], ["No role given", "1", "1"], ["candidate", "1", "1"]],
        ),
        ({"by": "kind"}, [["Person", "3", "2"], ["Body", "1", "1"]]),
        ({"by": "side"}, [["The port", "1", "1"], ["The town", "1", "1"]]),
        ({"by": "nonsense", "time": "x"}, [["Ada Marsh", "1", "1"], ["The port", "1", "1"]]),
    ],
)
def test_voices_stand_by_how_often_they_are_heard(
    heard: Magazine, carla: Any, query: dict[str, str], expected: list[list[str]]
) -> None:
    assert exported(carla, **query) == expected


def test_a_section_or_an_author_can_be_looked_at_alone(heard: Magazine, carla: Any) -> None:
    science = heard.section("science")
    assert exported(carla, section=science.pk) == [["Ada Marsh", "1", "1"], ["The port", "1", "1"]]
    author = heard.authors[-1]
    Byline.objects.create(article=heard.article("lagoon"), author=author)
    assert exported(carla, author=author.pk) == [["Ada Marsh", "2", "1"]]
    assert exported(carla, edition=heard.uk.pk) == []


def test_the_plot_stands_above_its_table(heard: Magazine, carla: Any) -> None:
    page = signed_in(carla).get(VOICES, {"time": "12m"})
    assert "<figure" in page.text
    assert 'href="/speakers/ada-marsh/"' in page.text
    assert "75.0%" in page.text
    assert "Nobody was quoted" in signed_in(carla).get(VOICES, {"section": heard.section("ideas").pk}).text


def test_it_is_for_those_who_see_the_other_reports(db: None, carla: Any, dev: Any) -> None:
    assert signed_in(carla).get(VOICES).status_code == 200
    assert signed_in(dev).get(VOICES).status_code == 302
    assert "Whose voices" not in signed_in(dev).get("/desk/").text


def test_queries_do_not_grow_with_voices(heard: Magazine, carla: Any) -> None:
    def asked() -> int:
        client = signed_in(carla)
        client.get(VOICES, {"time": "12m"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(VOICES, {"time": "12m"}).status_code == 200
        return len(queries)

    before = asked()
    for number in range(8):
        said = [made.quotation(f"It rose {number} feet in {year}.", f"Voice {number}") for year in (1, 2)]
        heard.publish(f"bay-{number}", at=datetime(2025, 4 + number, 5, tzinfo=UTC), body=said)
    assert asked() == before

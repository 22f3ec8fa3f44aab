"""The numbers of issues and newsletters, as pages and as CSV."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.test import Client

from broadsheet.newsletters.models import Clicks, Issue
from broadsheet.platform.csv_files import in_a_cell
from tests.magazine import Magazine
from tests.newsletters.issues import make_issue, make_newsletter, sign_up


@pytest.fixture
def issue(magazine: Magazine) -> Issue:
    made = make_issue(make_newsletter(), "harbour", number=1)
    Issue.objects.update(state=Issue.State.DONE)
    link = made.links.create(number=1, url="https://a.example/", text="=HYPERLINK(evil)")
    Clicks.objects.create(link=link, day=date(2026, 3, 3), by_people=5, by_machines=2)
    sign_up(made.newsletter)
    return made


def rows(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_an_issue_shows_its_clicks_as_chart_and_table(client: Client, issue: Issue) -> None:
    text = client.get(f"/desk/issues/{issue.pk}/numbers/").text
    assert "5 clicks, and 2 by machines" in " ".join(text.split())
    assert text.count("<svg") >= 2
    assert "style=" not in text.partition('class="plot')[2].partition("</figure>")[0]


def test_clicks_come_as_csv_without_formulas(client: Client, issue: Issue) -> None:
    assert rows(client, f"/desk/issues/{issue.pk}/numbers/?csv=links")[1] == [
        "'=HYPERLINK(evil)",
        "https://a.example/",
        "5",
        "2",
    ]


def test_a_newsletter_shows_how_it_grows(client: Client, issue: Issue) -> None:
    text = " ".join(client.get(f"/desk/newsletters/{issue.newsletter_id}/numbers/").text.split())
    assert "1 reader" in text
    assert "on the newsletters page" in text
    assert issue.subject in text


@pytest.mark.parametrize(("which", "length"), [("growth", 27), ("issues", 2)])
def test_a_newsletter_s_numbers_come_as_csv(client: Client, issue: Issue, which: str, length: int) -> None:
    assert len(rows(client, f"/desk/newsletters/{issue.newsletter_id}/numbers/?csv={which}")) == length


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("-", "'-"),
        ("A=1", "A=1"),
        (-3, -3),
    ],
)
def test_text_is_never_a_formula(value: object, written: object) -> None:
    assert in_a_cell(value) == written

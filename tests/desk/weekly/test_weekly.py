"""Weekly issues at the desk, from the list to what is done after one is published, and for whom."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.weekly.models import State, WeeklyIssue
from broadsheet.weekly.publishing import publish_due
from tests.cast import signed_in
from tests.magazine import Magazine, make_picture
from tests.weekly.preflight.test_preflight import a_long_issue

PAGES = ("", "arrange/", "cover/", "flatplan/", "preflight/", "publish/")
FOR_ALL = ("", "flatplan/", "preflight/")


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return " ".join(answer.text.split())


def at(issue: WeeklyIssue, page: str = "") -> str:
    return f"/desk/weekly/{issue.pk}/{page}"


def in_form(client: Client, address: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(address).text)
    assert found, name
    return found[1]


def publish(client: Client, issue: WeeklyIssue, **typed: Any) -> Any:
    form = {"when": "now", "accepts": "on", "seen": in_form(client, at(issue, "publish/"), "seen")}
    answer = client.post(at(issue, "publish/"), form | typed, follow=True)
    issue.refresh_from_db()
    return answer


def test_the_next_issue_is_proposed_made_and_filled(client: Client, issue: WeeklyIssue) -> None:
    assert "Make the next issue" in text(client, "/desk/weekly/")
    page = text(client, "/desk/weekly/make/")
    assert 'name="number" value="2"' in page
    assert 'value="2026-03-02"' in page
    form = {"edition": "en-us", "number": "2", "first_day": "2026-03-02", "last_day": "2026-03-08"}
    answer = client.post("/desk/weekly/make/", form)
    made = WeeklyIssue.objects.get(number=2)
    assert answer["Location"] == at(made, "arrange/")
    assert made.items.exists()
    assert "No. 2" in text(client, "/desk/weekly/")


def test_a_number_that_is_taken_and_days_that_are_not_in_order(client: Client, issue: WeeklyIssue) -> None:
    form = {"edition": "en-us", "number": "1", "first_day": "2026-03-02", "last_day": "2026-03-08"}
    answer = client.post("/desk/weekly/make/", form)
    assert "There is an issue with this number already." in answer.text
    assert 'value="2026-03-08"' in answer.text, "what was typed is still there"
    answer = client.post("/desk/weekly/make/", form | {"number": "2", "last_day": "2026-03-01"})
    assert "The last day comes before the first." in answer.text
    answer = client.post("/desk/weekly/make/", form | {"number": "2", "last_day": "2027-03-01"})
    assert "two months at most" in answer.text
    assert WeeklyIssue.objects.count() == 1


def test_issues_of_the_same_days_are_listed_by_edition(client: Client, magazine: Magazine) -> None:
    days = {"first_day": "2026-03-02", "last_day": "2026-03-08"}
    keys = [
        WeeklyIssue.objects.create(edition=edition, number=number, **days).pk
        for edition, number in (("en-us", 1), ("en-gb", 1), ("en-gb", 2), ("en-us", 2))
    ]
    listed = re.findall(r'href="/desk/weekly/(\d+)/"', text(client, "/desk/weekly/"))
    us_1, gb_1, gb_2, us_2 = map(str, keys)
    assert list(dict.fromkeys(listed)) == [gb_2, gb_1, us_2, us_1]


def test_an_issue_of_another_edition_has_its_own_numbers(client: Client, issue: WeeklyIssue) -> None:
    page = text(client, "/desk/weekly/make/?edition=en-gb")
    assert 'name="number" value="1"' in page
    assert '<option value="en-gb" selected' in page


@pytest.mark.parametrize("page", PAGES)
def test_an_editor_sees_every_page(client: Client, issue: WeeklyIssue, page: str) -> None:
    assert "No. 1" in text(client, at(issue, page))


@pytest.mark.parametrize("role", ["dev", "edith"])
def test_those_who_look_change_nothing(role: str, issue: WeeklyIssue, request: Any) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert "Make the next issue" not in text(client, "/desk/weekly/")
    item = issue.items.first()
    assert item
    for page in FOR_ALL:
        assert "Put it right" not in text(client, at(issue, page))
    changing = {*PAGES} - {*FOR_ALL} | {
        f"short-form/{item.pk}/",
        "withdraw/",
        "correct/",
        "take-back/",
        "make",
    }
    for page in changing:
        target = "/desk/weekly/make/" if page == "make" else at(issue, page)
        answer = client.post(target, {"version": issue.version})
        assert answer.status_code in {302, 403}, page
        if answer.status_code == 302:
            assert answer["Location"] == "/desk/", page
    issue.refresh_from_db()
    assert (issue.state, issue.version) == (State.DRAFT, issue.version)


def test_others_see_nothing(farid: Person, issue: WeeklyIssue) -> None:
    client = signed_in(farid)
    assert "/desk/weekly/" not in client.get("/desk/").text
    for page in FOR_ALL:
        assert client.get(at(issue, page)).status_code in {302, 403}


def cover_form(issue: WeeklyIssue, **changes: Any) -> dict[str, Any]:
    return {
        "version": issue.version,
        "cover": issue.cover_id or "",
        "cover_lines": "Boats\nReefs",
        "note": "null",
        "note_by": "Carla Nwosu",
        "numbers-count": "0",
        "number": issue.number,
        "first_day": f"{issue.first_day}",
        "last_day": f"{issue.last_day}",
    } | changes


def test_cover_note_and_days_are_saved(client: Client, issue: WeeklyIssue) -> None:
    picture = make_picture("Harbour at dusk")
    answer = client.post(at(issue, "cover/"), cover_form(issue, cover=picture.pk, number="4"))
    assert answer.status_code == 302, answer.text[:2000]
    issue.refresh_from_db()
    assert (issue.cover, issue.lines, issue.number) == (picture, ["Boats", "Reefs"], 4)
    assert "Credit of the picture: Ilse Marr / The Meridian" in text(client, at(issue, "cover/"))


def test_a_cover_with_too_many_lines_or_a_number_of_another_is_refused(
    client: Client, issue: WeeklyIssue
) -> None:
    WeeklyIssue.objects.create(edition="en-us", number=2, first_day=issue.first_day, last_day=issue.last_day)
    answer = client.post(at(issue, "cover/"), cover_form(issue, cover_lines="a\nb\nc\nd\ne"))
    assert "at most 4 lines" in answer.text
    answer = client.post(at(issue, "cover/"), cover_form(issue, number="2"))
    assert "There is an issue with this number already." in answer.text


def test_the_cover_tells_the_second_editor(client: Client, greta: Person, issue: WeeklyIssue) -> None:
    shown = cover_form(issue, note_by="Carla’s words")
    signed_in(greta).post(at(issue, "cover/"), cover_form(issue, cover_lines="Greta’s line"))
    answer = client.post(at(issue, "cover/"), shown)
    page = " ".join(answer.text.split())
    assert "This issue was changed after you opened the page." in page
    assert "Greta Olsen: Cover and note changed" in page
    assert "Carla’s words" in page
    issue.refresh_from_db()
    assert issue.lines == ["Greta’s line"]
    client.post(at(issue, "cover/"), shown | {"version": issue.version})
    issue.refresh_from_db()
    assert issue.note_by == "Carla’s words"


def test_of_two_windows_of_one_editor_the_second_is_told_and_loses_nothing(
    client: Client, issue: WeeklyIssue
) -> None:
    address = at(issue, "cover/")
    first, second = (in_form(client, address, "version") for _window in range(2))
    assert client.post(address, cover_form(issue, version=first, note_by="The first")).status_code == 302
    bad = cover_form(issue, version=second, cover_lines="From the second", number="0")
    answer = client.post(address, bad)
    # It is told once it could be saved: the faulty form has not brought the newer version along.
    assert f'name="version" value="{second}"' in answer.text
    answer = client.post(address, bad | {"number": issue.number})
    assert "This issue was changed after you opened the page." in answer.text
    assert "Carla Nwosu: Cover and note changed" in " ".join(answer.text.split())
    assert "From the second" in answer.text
    issue.refresh_from_db()
    assert (issue.lines, issue.note_by) == (["Boats", "Reefs"], "The first")
    assert f'name="version" value="{issue.version}"' in answer.text
    again = cover_form(issue, cover_lines="From the second")
    assert client.post(address, again).status_code == 302
    issue.refresh_from_db()
    assert issue.lines == ["From the second"]


def test_errors_refuse_and_warnings_ask(client: Client, issue: WeeklyIssue) -> None:
    picture = make_picture("Harbour at dusk", credit="")
    WeeklyIssue.objects.filter(pk=issue.pk).update(cover=picture)
    page = text(client, at(issue, "publish/"))
    assert "The picture “Harbour at dusk” has no credit." in page
    assert 'name="when"' not in page
    answer = client.post(at(issue, "publish/"), {"when": "now", "accepts": "on"})
    assert "It can’t be published yet" in answer.text
    picture.credit = "Ilse Marr"
    picture.save()
    assert "say that it goes out as it is" in publish(client, issue, accepts="").text
    assert issue.state == State.DRAFT
    assert "It is published, and readers can read it." in publish(client, issue).text
    assert issue.state == State.PUBLISHED


def test_other_warnings_than_were_shown_are_shown_first(client: Client, issue: WeeklyIssue) -> None:
    seen = in_form(client, at(issue, "publish/"), "seen")
    item = issue.items.select_related("article").first()
    assert item
    item.article.correct("Nine boats, not eight.")
    page = publish(client, issue, seen=seen).text
    assert "There are other warnings now" in page
    assert issue.state == State.DRAFT


def test_it_is_published_at_a_moment_of_its_editions_clock(client: Client, issue: WeeklyIssue) -> None:
    tomorrow = timezone.localdate(clock.now()) + timedelta(days=2)
    page = publish(client, issue, when="later", at=f"{tomorrow} 06:30").text
    assert "It will be published on" in page
    assert issue.state == State.SCHEDULED
    assert issue.publish_at
    assert f"{issue.publish_at.astimezone(issue.zone):%Y-%m-%d %H:%M}" == f"{tomorrow} 06:30"
    assert "6:30 a.m. E" in text(client, at(issue))
    with clock.moved_to(issue.publish_at + timedelta(minutes=1)):
        publish_due()
    issue.refresh_from_db()
    assert issue.state == State.PUBLISHED


def test_a_moment_that_is_missing_or_past_is_refused(client: Client, issue: WeeklyIssue) -> None:
    assert "Say on which day and at what time." in publish(client, issue, when="later", at="").text
    assert "still to come" in publish(client, issue, when="later", at="2020-01-01 06:30").text
    assert issue.state == State.DRAFT


def test_scheduled_it_is_taken_back(client: Client, issue: WeeklyIssue) -> None:
    tomorrow = timezone.localdate(clock.now()) + timedelta(days=2)
    publish(client, issue, when="later", at=f"{tomorrow} 06:30")
    client.post(at(issue, "take-back/"), {"why": ""})
    issue.refresh_from_db()
    assert (issue.state, issue.publish_at) == (State.DRAFT, None)
    assert "present state: draft" in client.post(at(issue, "take-back/"), {"why": ""}).text


def test_after_publication_it_says_what_was_corrected(client: Client, issue: WeeklyIssue) -> None:
    publish(client, issue)
    first, second = issue.items.select_related("article")[:2]
    first.article.correct("Nine boats, not eight.")
    second.article.unpublish()
    client.post(at(issue, "correct/"), {"note": "The cover named the wrong harbour."})
    page = text(client, at(issue))
    assert "Nine boats, not eight." in page
    assert "no longer published on our pages" in page
    assert "The cover named the wrong harbour." in page


def test_it_is_withdrawn_and_shown_again(client: Client, issue: WeeklyIssue) -> None:
    publish(client, issue)
    page = text(client, at(issue, "withdraw/"))
    assert re.search(r"__sublabel[^>]*> No\. 1, ", page), "it says beside its title which issue"
    client.post(at(issue, "withdraw/"), {"why": "Wrong cover"})
    issue.refresh_from_db()
    assert issue.state == State.WITHDRAWN
    assert "Wrong cover" in text(client, at(issue))
    client.post(at(issue, "show-again/"), {"why": ""})
    issue.refresh_from_db()
    assert issue.state == State.PUBLISHED


def test_the_back_button_publishes_nothing_twice(client: Client, issue: WeeklyIssue) -> None:
    form = {
        "when": "now",
        "accepts": "on",
        "seen": in_form(client, at(issue, "publish/"), "seen"),
        "once": in_form(client, at(issue, "publish/"), "once"),
    }
    assert client.post(at(issue, "publish/"), form).status_code == 302
    assert client.post(at(issue, "publish/"), form).status_code == 302
    assert "It is published already." in text(client, at(issue, "publish/"))


def test_the_flatplan_shows_each_article_and_what_has_no_picture(client: Client, issue: WeeklyIssue) -> None:
    page = text(client, at(issue, "flatplan/"))
    for item in issue.items.select_related("article"):
        assert f"{at(issue, 'arrange/')}#item-{item.pk}" in page
    assert "without a picture" in page
    assert "About" in page


def test_pages_take_as_many_queries_for_many_articles_as_for_few(client: Client, magazine: Magazine) -> None:
    few, many = a_long_issue(magazine, 5, number=1), a_long_issue(magazine, 25, number=2)
    for page, at_most in (("", 27), ("arrange/", 22), ("flatplan/", 26), ("preflight/", 26)):
        counts = []
        for issue in (few, many, few, many):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(at(issue, page)).status_code == 200
            counts.append(len(queries))
        assert counts[2] == counts[3], (page, counts)
        assert counts[3] <= at_most, (page, counts)

"""An issue before it goes out: its preview, letters of it to oneself, and preflight."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.mail import EmailMessage
from django.test import Client

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Issue, Mailbox, Newsletter, SignUp
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.newsletters.issues import at_night, make_issue, sign_up

Forms = ["desktop", "phone", "dark", "plain", "text"]


@pytest.fixture
def issue(briefing: Newsletter) -> Issue:
    return make_issue(briefing, "harbour", "reef", preheader="And the reef")


def page(client: Client, issue: Issue, path: str, **data: Any) -> str:
    answer = client.get(f"/desk/issues/{issue.pk}/{path}/", data)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("form", Forms)
def test_a_preview_shows_the_letter_in_each_form(client: Client, issue: Issue, form: str) -> None:
    html = page(client, issue, "preview", form=form)
    assert issue.subject in html
    frame = BeautifulSoup(html, "html.parser").find("iframe", class_="preview-letter")
    assert (frame is None) is (form == "text")
    if frame:
        assert frame.has_attr("sandbox")
        assert not frame["sandbox"]


def test_the_letter_in_the_frame_is_that_which_is_sent(
    client: Client, issue: Issue, magazine: Magazine
) -> None:
    html = page(client, issue, "letter")
    assert magazine.article("harbour").headline in html
    assert "{{" not in html


def test_pictures_off_shows_their_words(client: Client, issue: Issue) -> None:
    pictures = BeautifulSoup(page(client, issue, "letter", form="plain"), "html.parser").find_all("img")
    assert not [picture for picture in pictures if picture.get("src")]


def test_a_dark_letter_has_a_dark_page(client: Client, issue: Issue) -> None:
    body = BeautifulSoup(page(client, issue, "letter", form="dark"), "html.parser").body
    assert body
    assert "#16120f" in str(body["style"])


def test_a_test_goes_to_oneself_alone(
    client: Client, issue: Issue, edith: Person, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(issue.newsletter)
    client.post(f"/desk/issues/{issue.pk}/test/")
    (letter,) = mailoutbox
    assert letter.to == [edith.email]
    assert letter.subject == f"[Test] {issue.subject}"
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT


def test_tests_are_limited(client: Client, issue: Issue, mailoutbox: list[EmailMessage]) -> None:
    for _time in range(12):
        answer = client.post(f"/desk/issues/{issue.pk}/test/", follow=True)
    assert len(mailoutbox) == 10
    assert "Wait a few minutes" in answer.text


@pytest.mark.parametrize("path", ["preview", "letter", "preflight", "numbers"])
def test_an_issue_is_for_those_who_may_see_it(issue: Issue, path: str, dev: Person) -> None:
    assert signed_in(dev).get(f"/desk/issues/{issue.pk}/{path}/").status_code in {302, 403}


def findings(client: Client, issue: Issue) -> dict[str, str]:
    """Severity → what is said of it."""
    answer = client.post(f"/desk/issues/{issue.pk}/preflight/")
    assert answer.status_code == 200
    sections = BeautifulSoup(answer.text, "html.parser").find_all("section", class_="preflight")
    return {
        re.sub(".*-", "", str(section["aria-labelledby"])): " ".join(section.get_text(" ").split())
        for section in sections
    }


def test_preflight_finds_nothing_grave_in_a_good_issue(client: Client, issue: Issue) -> None:
    sign_up(issue.newsletter)
    with at_night():
        found = findings(client, issue)
    assert "fault" not in found
    assert "KB of at most 90" in found["note"]
    assert "1 of the newsletter" in found["note"]


def test_preflight_leaves_no_trace(client: Client, issue: Issue) -> None:
    sign_up(issue.newsletter)
    findings(client, issue)
    assert (Mailbox.objects.count(), SignUp.objects.count()) == (1, 1)


@pytest.mark.parametrize("fault", ["withdrawn", "no address", "no subject", "no consent"])
def test_a_fault_keeps_an_issue_from_being_approved(
    client: Client, issue: Issue, magazine: Magazine, fault: str
) -> None:
    reader = sign_up(issue.newsletter)
    if fault == "withdrawn":
        magazine.article("harbour").unpublish()
    elif fault == "no address":
        Publication.objects.update(postal_address="")
    elif fault == "no subject":
        Issue.objects.update(subject="")
    else:
        reader.consents.all().delete()
    with at_night():
        assert "fault" in findings(client, issue)
        client.post(f"/desk/issues/{issue.pk}/approve/", {"version": issue.version})
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT


def test_preflight_counts_readers_by_zone(client: Client, issue: Issue) -> None:
    sign_up(issue.newsletter, "a@reader.example", "Europe/London")
    sign_up(issue.newsletter, "b@reader.example", "Asia/Kolkata")
    sign_up(issue.newsletter, "c@reader.example")
    with at_night():
        said = findings(client, issue)["note"]
    for part in ("3 of the newsletter", "1 in Europe/London", "1 in Asia/Kolkata", "consent is on record"):
        assert part in said

"""``/c/<token>``: the links of a letter, as they are followed and counted."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from broadsheet.membership.passes import issue as issue_pass
from broadsheet.newsletters.letter.composing import compose
from broadsheet.newsletters.letter.links import Counted
from broadsheet.newsletters.models import Clicks, Issue, Link
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from tests.magazine import Magazine
from tests.newsletters.letter.made import briefing, issue_of

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def issue(magazine: Magazine) -> Issue:
    made = issue_of(briefing(), magazine, "harbour", state=Issue.State.SENDING)
    made.items.create(position=1, url="https://gazette.example/rain", source_name="The Gazette")
    compose(made)
    return made


def path_to(link: Link, variant: str = "") -> str:
    links = Counted(link.issue, variant)
    return links.through(link.url, link.text).partition("/c/")[2].join(("/c/", ""))


def follow(path: str, method: str = "GET", agent: str = FIREFOX, **headers: str) -> HttpResponse:
    sent: Any = Client().generic(method, path, headers={"User-Agent": agent, **headers})
    return sent


def counts() -> list[tuple[int, str, int, int]]:
    rows = Clicks.objects.order_by("link__number", "variant")
    return list(rows.values_list("link__number", "variant", "by_people", "by_machines"))


def test_a_link_leads_to_its_target_and_is_counted(issue: Issue) -> None:
    for link in issue.links.all():
        response = follow(path_to(link))
        assert (response.status_code, response.headers["Location"]) == (302, link.url)
    assert counts() == [(1, "", 1, 0), (2, "", 1, 0)]


def test_clicks_add_up_by_subject(issue: Issue) -> None:
    link = issue.links.get(number=1)
    for variant in ("", "a", "a", "b"):
        follow(path_to(link, variant))
    assert counts() == [(1, "", 1, 0), (1, "a", 2, 0), (1, "b", 1, 0)]


@pytest.mark.parametrize(
    ("method", "agent", "headers"),
    [
        ("HEAD", FIREFOX, {}),
        ("GET", "", {}),
        ("GET", "Mozilla/5.0 (compatible; Barracuda Sentinel)", {}),
        ("GET", "Mozilla/5.0 (compatible; Googlebot/2.1)", {}),
        ("GET", FIREFOX, {"Sec-Purpose": "prefetch"}),
    ],
)
def test_machines_are_counted_apart(issue: Issue, method: str, agent: str, headers: dict[str, str]) -> None:
    follow(path_to(issue.links.get(number=1)), method, agent, **headers)
    assert counts() == [(1, "", 0, 1)]


def test_a_day_is_the_newsletter_s_own(issue: Issue) -> None:
    link = issue.links.get(number=1)
    with clock.moved_to(clock.now().replace(year=2026, month=3, day=3, hour=2)):
        follow(path_to(link))
    assert [str(row.day) for row in Clicks.objects.all()] == ["2026-03-02"]


@pytest.mark.parametrize(
    "token",
    ["x", "99999-1-0000000000000000", "https://evil.example/", "../../evil", "1-1-" + "0" * 5000, "9" * 30],
)
def test_a_forged_link_leads_nowhere(issue: Issue, token: str) -> None:
    response = follow(f"/c/{token}")
    assert response.status_code == 404
    assert "Location" not in response.headers
    assert counts() == []


def test_a_changed_link_is_not_counted(issue: Issue) -> None:
    path = path_to(issue.links.get(number=1))
    changed = path.replace(f"/c/{issue.pk}-1-", f"/c/{issue.pk}-2-")
    assert follow(changed).headers["Location"] == "https://gazette.example/rain"
    assert counts() == []


def test_an_issue_that_has_not_gone_out_tells_nothing_of_its_links(issue: Issue) -> None:
    path = path_to(issue.links.get(number=1))
    Issue.objects.update(state=Issue.State.APPROVED)
    assert follow(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404


def test_links_outlive_the_key_that_signed_them(issue: Issue, settings: LazySettings) -> None:
    link = issue.links.get(number=1)
    path, old = path_to(link), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a" * 50, [old]
    assert follow(path).headers["Location"] == link.url
    assert counts() == [(1, "", 1, 0)]
    settings.SECRET_KEY_FALLBACKS = []
    assert follow(path).headers["Location"] == link.url
    assert counts() == [(1, "", 1, 0)]


def test_a_pass_is_handed_on_and_recorded_nowhere(issue: Issue, magazine: Magazine) -> None:
    token = issue_pass(magazine.article("harbour").uuid, "sign-up 1", signing_keys(), clock.now())
    path = path_to(issue.links.get(number=1))
    response = follow(f"{path}?pass={token}")
    assert response.headers["Location"] == f"/n/{token}"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert counts() == [(1, "", 1, 0)]


@pytest.mark.parametrize("given", ["https://evil.example/", "//evil.example", "A" * 79])
def test_what_is_no_pass_is_left_out(issue: Issue, given: str) -> None:
    link = issue.links.get(number=1)
    assert follow(f"{path_to(link)}?pass={given}").headers["Location"] == link.url

"""An issue that is kept for reading offline: who may, until when, and what goes at which sign-out."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from limits import RateLimitItemPerHour

from broadsheet.editorial.models import Article
from broadsheet.insights.counts import tally
from broadsheet.membership.models import Entitlement, Institution
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.site.weekly.offline import pages
from broadsheet.weekly.models import WeeklyIssue
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine
from tests.platform.test_weight import MOST_CSS, MOST_SCRIPT, linked_from, weight
from tests.site.reading.test_sign_in_merge import sign_in
from tests.weekly.issues import make_issue

PLAN = "/issues/12/offline"
JSON = {"Accept": "application/json"}
INSTITUTIONS = {"REMOTE_ADDR": "192.0.2.7"}
MONTH = timedelta(days=30)


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    made = make_issue(magazine, number=12)
    made.publish()
    return made


def plan_of(client: Client, address: str = PLAN) -> dict[str, Any]:
    answer = client.get(address, headers=JSON)
    assert answer.status_code == 200
    return answer.json()


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, clock.now().tzinfo)


def is_offered(client: Client, **more: Any) -> bool:
    return "<broadsheet-offline" in client.get("/issues/12/", **more).text


def until(person: Person, ends_at: datetime) -> None:
    Entitlement.objects.filter(person=person).update(ends_at=ends_at)


def test_whoever_reads_everything_is_offered_to_keep_it(
    issue: WeeklyIssue, ada: Person, bruno: Person, carla: Person, halden: Institution
) -> None:
    assert is_offered(signed_in(bruno))
    assert is_offered(signed_in(carla))
    assert is_offered(Client(), **INSTITUTIONS)
    assert not is_offered(signed_in(ada))
    assert not is_offered(Client())


def test_a_proof_is_not_kept(magazine: Magazine, carla: Person) -> None:
    make_issue(magazine, number=12)
    assert not is_offered(signed_in(carla))
    assert signed_in(carla).get(PLAN, headers=JSON).status_code == 404


def test_the_plan_names_the_issue_its_articles_and_the_list_of_what_is_kept(
    issue: WeeklyIssue, bruno: Person
) -> None:
    client = signed_in(bruno)
    answer = client.get(PLAN, headers=JSON)
    plan = answer.json()
    pages = list(plan["pages"])
    assert (pages[0], pages[-1]) == ("/issues/12/", "/issues/kept/")
    assert len(pages) == plan["count"] + 2 == issue.items.count() + 2
    assert {client.get(page).status_code for page in pages} == {200}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_what_is_to_be_kept_is_whole_for_whoever_may_keep_it(issue: WeeklyIssue, bruno: Person) -> None:
    client = signed_in(bruno)
    tally.take()
    for page in list(plan_of(client)["pages"])[1:-1]:
        answer = client.get(page, headers={"Purpose": "prefetch"})
        is_whole = answer.headers["Broadsheet-Rendition"] == "full"
        assert is_whole or answer.headers["Broadsheet-Verdict"] == "free", page
    # Nobody has read it yet.
    assert not tally.take()


def test_it_is_kept_until_the_right_ends_and_for_a_month_at_most(issue: WeeklyIssue, bruno: Person) -> None:
    client, now = signed_in(bruno), clock.now()
    until(bruno, now + timedelta(days=9))
    plan = plan_of(client)
    assert abs(moment(plan["until"]) - now - timedelta(days=9)) < timedelta(seconds=1)
    assert plan["said"].startswith("Kept on this device until ")
    until(bruno, now + timedelta(days=900))
    assert abs(moment(plan_of(client)["until"]) - now - MONTH) < timedelta(minutes=5)
    assert abs(moment(plan["at"]) - now) < timedelta(minutes=5)


def test_an_institutions_reader_keeps_it_until_its_contract_ends(
    issue: WeeklyIssue, halden: Institution
) -> None:
    halden.end(clock.now() + timedelta(days=3))
    answer = Client().get(PLAN, headers=JSON, **INSTITUTIONS)
    assert abs(moment(answer.json()["until"]) - clock.now() - timedelta(days=3)) < timedelta(minutes=5)


def test_nobody_else_may_and_all_that_they_kept_goes(issue: WeeklyIssue, ada: Person, bruno: Person) -> None:
    client = signed_in(bruno)
    plan_of(client)
    until(bruno, clock.now() - timedelta(seconds=1))
    for who, status in ((Client(), 401), (signed_in(ada), 403), (client, 403)):
        answer = who.get(PLAN, headers=JSON)
        assert answer.status_code == status
        assert answer.json()["error"] == "Keeping issues on your device is for subscribers."
        assert answer.cookies["broadsheet_offline"].value == ""


def test_a_session_that_was_ended_elsewhere_may_no_longer(issue: WeeklyIssue, bruno: Person) -> None:
    client = signed_in(bruno)
    plan_of(client)
    bruno.end_sessions()
    assert client.get(PLAN, headers=JSON).status_code == 401


def test_an_issue_of_free_articles_is_for_everybody(magazine: Magazine, ada: Person) -> None:
    issue = make_issue(magazine, number=12)
    Article.objects.filter(weekly_items__issue=issue).update(access="free")
    issue.publish()
    assert is_offered(Client())
    assert plan_of(Client())["count"] == issue.items.count()
    one = Article.objects.filter(weekly_items__issue=issue).first()
    assert one
    Article.objects.filter(pk=one.pk).update(access="metered")
    assert not is_offered(signed_in(ada))
    assert Client().get(PLAN, headers=JSON).status_code == 401


def test_a_withdrawn_issue_is_gone_and_a_missing_one_not_found(issue: WeeklyIssue, bruno: Person) -> None:
    client = signed_in(bruno)
    assert client.get("/issues/13/offline", headers=JSON).status_code == 404
    assert client.get(f"/uk{PLAN}", headers=JSON).status_code == 404
    issue.withdraw()
    assert client.get(PLAN, headers=JSON).status_code == 410


def test_each_change_of_a_page_is_seen_in_the_plan(
    issue: WeeklyIssue, magazine: Magazine, bruno: Person
) -> None:
    client, reef = signed_in(bruno), magazine.article("reef")
    address = "/issues/12/world/reef/"
    before = plan_of(client)["pages"]
    assert plan_of(client)["pages"] == before
    reef.correct("It was eight boats.")
    after = plan_of(client)["pages"]
    assert {path for path in after if after[path] != before[path]} == {"/issues/12/", address}
    reef.unpublish()
    left = plan_of(client)["pages"]
    assert address not in left
    # Their numbers, and what they lead to, have changed.
    assert not {path for path in left if left[path] == after[path]} - {"/issues/kept/"}


def test_it_says_of_which_edition_the_issue_is_where_there_are_several(
    issue: WeeklyIssue, magazine: Magazine, bruno: Person
) -> None:
    """Each edition counts its own issues, and the list of what is kept shows those of all."""
    assert plan_of(signed_in(bruno))["edition"].endswith(" US")
    magazine.uk.unpublish()
    assert plan_of(signed_in(bruno))["edition"] == ""


def test_whoever_asks_very_often_is_told_to_wait_and_loses_nothing(
    issue: WeeklyIssue, ada: Person, bruno: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ASKED_AN_HOUR", RateLimitItemPerHour(2))
    client = signed_in(bruno)
    for _time in range(2):
        plan_of(client)
    answer = client.get(PLAN, headers=JSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "Try again" in answer.json()["error"]
    assert "broadsheet_offline" not in answer.cookies
    # That the right has ended is said however often one asks.
    until(bruno, clock.now())
    assert client.get(PLAN, headers=JSON).status_code == 403


def test_a_robot_is_told_nothing(issue: WeeklyIssue) -> None:
    answer = Client().get(PLAN, headers=JSON | {"User-Agent": "GPTBot/1.2"})
    assert answer.status_code in {401, 403}


# --- Whose it is ------------------------------------------------------------------------------------


def clears(response: Any) -> bool:
    return response.headers.get("Clear-Site-Data") == '"storage"'


def test_signing_out_lets_go_of_what_no_script_has_let_go_of(issue: WeeklyIssue, bruno: Person) -> None:
    client = signed_in(bruno)
    plan_of(client)
    response = client.post("/account/sign-out/")
    assert clears(response)
    assert response.cookies["broadsheet_offline"].value == ""
    # Where nothing is kept, what the browser remembers stays.
    assert not clears(signed_in(bruno).post("/account/sign-out/"))


def test_signing_out_everywhere_does_too(issue: WeeklyIssue, bruno: Person) -> None:
    client = signed_in(bruno)
    plan_of(client)
    assert clears(client.post("/account/sessions/end/"))


def test_another_reader_who_signs_in_gets_nothing_of_it(
    issue: WeeklyIssue, ada: Person, bruno: Person
) -> None:
    client = signed_in(bruno)
    plan_of(client)
    kept = client.cookies["broadsheet_offline"].value
    # The session ran out, nobody signed out.
    assert not clears(come_back(kept, bruno))
    assert clears(come_back(kept, ada))


def come_back(kept: str, person: Person) -> Any:
    client = Client()
    client.cookies["broadsheet_offline"] = kept
    return sign_in(client, person.email, "/issues/12/")


def test_what_was_kept_for_another_goes_first(issue: WeeklyIssue, bruno: Person, carla: Person) -> None:
    client = signed_in(carla)
    client.cookies["broadsheet_offline"] = f"p{bruno.pk}"
    answer = client.get(PLAN, headers=JSON)
    assert answer.status_code == 409
    assert answer.cookies["broadsheet_offline"].value == ""
    assert client.get(PLAN, headers=JSON).status_code == 200


@pytest.mark.parametrize("address", ["/account/", "/account/sign-out/"])
def test_where_one_signs_out_a_script_lets_go_of_it(issue: WeeklyIssue, bruno: Person, address: str) -> None:
    client = signed_in(bruno)
    assert "keeping.js" not in client.get(address).text
    plan_of(client)
    text = client.get(address).text
    assert "keeping.js" in text
    assert "data-signs-out" in text


# --- The worker -------------------------------------------------------------------------------------


def test_the_worker_answers_for_the_issues_of_its_edition_alone(magazine: Magazine, client: Client) -> None:
    for address in ("/issues/offline.js", "/uk/issues/offline.js"):
        answer = client.get(address)
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        # Each time a page of its scope is opened browsers ask whether there is a new one.
        assert answer.headers["Cache-Control"].startswith("public, max-age=0")
        assert "Service-Worker-Allowed" not in answer.headers
        assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert "fetch" in answer.text
        assert "// " not in answer.text


def test_turned_off_it_takes_itself_back(issue: WeeklyIssue, bruno: Person, settings) -> None:
    settings.OFFLINE_ISSUES = False
    client = signed_in(bruno)
    worker = client.get("/issues/offline.js").text
    assert "unregister" in worker
    assert "respondWith" not in worker
    assert not is_offered(client)
    assert client.get(PLAN, headers=JSON).status_code == 403
    assert client.get("/issues/kept/").status_code == 404
    assert "data-keeping" not in client.get("/issues/12/world/reef/").text


def test_worker_and_page_mean_the_same_caches(issue: WeeklyIssue) -> None:
    texts = [
        Path(str(finders.find(f"site/offline/{name}.js"))).read_text()
        for name in ("worker", "last_worker", "keeping")
    ]
    assert all('"issue:"' in text for text in texts)
    assert '"/issues/offline.js"' in texts[2]


def test_the_list_of_what_is_kept_is_the_same_for_all(magazine: Magazine, client: Client) -> None:
    for address in ("/issues/kept/", "/uk/issues/kept/"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"].startswith("public, max-age=0")
        assert 'content="noindex' in answer.text
        assert "Nothing is kept in this browser." in answer.text


@pytest.mark.sqlite  # the same on any database
@pytest.mark.parametrize("address", ["/issues/12/", "/issues/12/world/reef/", "/issues/kept/"])
def test_its_pages_stay_light_for_whoever_keeps_it(issue: WeeklyIssue, bruno: Person, address: str) -> None:
    client = signed_in(bruno)
    plan_of(client)
    text = client.get(address).text
    links = linked_from(text)
    later = re.findall(r'data-keeping="([^"]+)"', text)
    assert weight(links.css) <= MOST_CSS
    assert weight([*links.scripts, *set(later)]) <= MOST_SCRIPT
    assert links.inline == []


def test_twice_as_many_articles_take_as_many_queries(
    magazine: Magazine, issue: WeeklyIssue, bruno: Person
) -> None:
    def asked(client: Client, address: str) -> int:
        client.get(address, headers=JSON)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, headers=JSON).status_code == 200
        return sum("platform_invalidation" not in query["sql"] for query in queries)

    client = signed_in(bruno)
    before = asked(client, PLAN)
    assert before <= 12
    assert asked(client, "/issues/offline.js") == 0
    WeeklyIssue.objects.update(state="draft", published_at=None)
    issue.refresh_from_db()
    for number in range(8):
        issue.add(magazine.publish(f"otter-{number}", at=PRINTED - timedelta(days=2)))
    issue.publish()
    assert asked(client, PLAN) == before


def test_the_words_of_the_button_come_from_the_page(issue: WeeklyIssue, bruno: Person) -> None:
    text = signed_in(bruno).get("/issues/12/").text
    assert "Make some room" in text
    for word in ("keep", "remove", "begun", "progress", "removed", "full", "failed", "worker"):
        assert f"data-{word}=" in text
    assert 'data-progress="{number} of {count}"' in text

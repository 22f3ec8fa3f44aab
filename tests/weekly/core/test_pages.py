"""The weekly issues on the web."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute
from broadsheet.weekly.filling import fill
from broadsheet.weekly.models import Holding, WeeklyIssue
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine, make_picture, marks_in
from tests.newsletters.letter.test_blocks import value_of
from tests.platform.test_weight import MOST_CSS, MOST_SCRIPT, linked_from, weight
from tests.site.test_leaks import withheld_marks
from tests.weekly.issues import make_issue

WITHIN = PRINTED - timedelta(days=2)
ADDRESSES = ["/issues/", "/issues/12/", "/issues/12/world/reef/", "/issues/feed/atom.xml"]


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    magazine.publish("otters", section="good-news", at=WITHIN)
    made = make_issue(magazine, number=12, cover=make_picture("fog"), cover_lines="The fog\nBells at sea")
    made.publish()
    return made


def pages(issue: WeeklyIssue, client: Client) -> list[str]:
    """The addresses of its articles, as its page has them."""
    text = client.get("/issues/12/").text
    listed = text[text.index("issue-department") :]
    return re.findall(r'<h3 class="headline" dir="auto"><a href="([^"]+)"', listed)


def structured(text: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])["@graph"]


def test_an_issue_shows_cover_lines_and_its_articles_in_order(issue: WeeklyIssue, client: Client) -> None:
    answer = client.get("/issues/12/")
    for words in ("The fog", "Bells at sea", "February 23", "Ilse Marr", "Good News"):
        assert words in answer.text
    assert pages(issue, client)[-1] == "/issues/12/good-news/otters/"
    node = structured(answer.text)[0]
    assert (node["@type"], node["issueNumber"]) == ("PublicationIssue", 12)
    assert node["isPartOf"]["@type"] == "Periodical"
    assert len(node["hasPart"]) == issue.items.count()


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_not_published_is_not_there(magazine: Magazine, client: Client, address: str) -> None:
    make_issue(magazine, number=12)
    assert client.get(address).status_code == 404


def test_whoever_works_here_sees_a_proof(magazine: Magazine, carla: Person, ada: Person) -> None:
    make_issue(magazine, number=12)
    answer = signed_in(carla).get("/issues/12/")
    assert "Draft: only people who work here" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert signed_in(ada).get("/issues/12/").status_code == 404


def test_a_withdrawn_one_is_gone_and_its_articles_stand_alone(issue: WeeklyIssue, client: Client) -> None:
    within = pages(issue, client)[0]
    assert client.get(within).status_code == 200
    issue.withdraw()
    assert {client.get(address).status_code for address in ("/issues/12/", "/issues/")} == {404}
    answer = client.get(within)
    assert (answer.status_code, answer.headers["Location"]) == (302, within.removeprefix("/issues/12"))
    assert "/issues/" not in client.get("/").text


def test_an_article_leads_on_within_the_issue(issue: WeeklyIssue, client: Client) -> None:
    addresses = pages(issue, client)
    first, second = (" ".join(client.get(address).text.split()) for address in addresses[:2])
    count = len(addresses)
    assert re.search(rf"1\s+of\s+{count}", first)
    assert 'rel="prev"' not in first[first.index("weekly-bar") : first.index("<article")]
    assert f'rel="next" href="{addresses[1]}"' in first
    assert f'rel="prev" href="{addresses[0]}"' in second
    assert "The end of No. 12" in client.get(addresses[-1]).text
    canonical = re.search(r'rel="canonical" href="([^"]+)"', first)
    assert canonical
    assert canonical[1] == absolute(addresses[0].removeprefix("/issues/12"))


def test_the_wall_is_that_of_the_article(issue: WeeklyIssue, magazine: Magazine, client: Client) -> None:
    for article in Article.objects.filter(weekly_items__issue=issue):
        alone = client.get(article.url)
        within = client.get(f"/issues/12{article.url}")
        for header in ("Broadsheet-Verdict", "Broadsheet-Rendition", "Cache-Control"):
            assert within.headers[header] == alone.headers[header], article
        if article.section.access != "free":
            assert not marks_in(within.text, article.slug) & withheld_marks(article)
        assert marks_in(within.text, article.slug) == marks_in(alone.text, article.slug)


def test_without_script_the_reader_stays_in_the_issue(issue: WeeklyIssue, client: Client) -> None:
    article = Article.objects.get(slug="reef", locale__language_code="en-us")
    within = "/issues/12/world/reef/"
    assert f'action="/read/{article.uuid}?issue=12"' in client.get(within).text
    own = {"Sec-Fetch-Site": "same-origin"}
    standing = client.get(f"/read/{article.uuid}?issue=12").text
    assert "The end of No. 12" in standing or "Next in No. 12" in standing
    assert f'<a href="{within}">Back to the article</a>' in standing
    assert f'action="/read/{article.uuid}?issue=12"' in standing
    answer = client.post(f"/read/{article.uuid}?issue=12", headers=own)
    assert answer.headers["Location"] == f"{within}#read-on"
    assert marks_in(client.get(within).text, "reef") >= withheld_marks(article)
    for other in ("13", "x", "9" * 30, "²"):
        answer = client.post(f"/read/{article.uuid}?issue={other}", headers=own)
        assert answer.headers["Location"] == f"{article.url}#read-on"
    assert client.get(f"/read/{article.uuid}?issue=12").headers["Location"] == within


def test_the_wall_within_an_issue_leads_back_into_it(
    issue: WeeklyIssue, magazine: Magazine, client: Client
) -> None:
    article = Article.objects.get(slug="reef", locale__language_code="en-us")
    for slug in ("harbour", "lantern", "quarry", "meadow", "orchard", "ledger"):
        client.post(f"/read/{magazine.article(slug).uuid}")
    within = "/issues/12/world/reef/"
    asked = f"/read/{article.uuid}?issue=12"
    answer = client.post(asked, headers={"Accept": "application/json"}).json()
    assert not answer["opened"]
    page = client.post(asked, follow=True)
    assert page.redirect_chain[-1][0] == f"{asked}#wall"
    for html in (answer["html"], page.text):
        assert f'name="next" value="{within}"' in html
        assert f'href="{article.url}"' not in html.partition('id="wall"')[2].partition("</section>")[0]


def test_an_article_of_another_week_is_not_in_it(
    issue: WeeklyIssue, magazine: Magazine, client: Client
) -> None:
    magazine.publish("late")
    assert client.get("/issues/12/world/late/").status_code == 404
    assert client.get("/uk/issues/12/").status_code == 404


def test_one_that_has_moved_is_led_to(issue: WeeklyIssue, magazine: Magazine, client: Client) -> None:
    article = Article.objects.get(slug="reef", locale__language_code="en-us")
    article.move(magazine.section("ideas"), pos="last-child")
    answer = client.get("/issues/12/world/reef/")
    assert answer.headers["Location"] == "/issues/12/ideas/reef/"


def test_a_slug_may_have_letters_beyond_ascii(magazine: Magazine, client: Client) -> None:
    magazine.publish("straße", at=WITHIN)
    make_issue(magazine, number=12).publish()
    assert client.get("/issues/12/").status_code == 200
    assert client.get("/issues/12/world/straße/").status_code == 200


def test_what_is_withdrawn_leaves_a_line(issue: WeeklyIssue, client: Client) -> None:
    before = pages(issue, client)
    Article.objects.get(slug="reef", locale__language_code="en-us").unpublish()
    after = pages(issue, client)
    assert len(after) == len(before) - 1
    text = client.get("/issues/12/").text
    assert "Withdrawn" in text
    assert re.search(rf"1\s+of\s+{len(after)}", client.get(after[0]).text)


def test_front_footer_and_sitemap_lead_to_it(issue: WeeklyIssue, client: Client) -> None:
    front = client.get("/").text
    assert 'href="/issues/12/"' in front
    assert 'href="/issues/"' in client.get("/about/").text
    assert "/issues/12/" in client.get("/sitemap/pages.xml").text
    assert "/issues/12/" in client.get("/issues/feed/atom.xml").text
    assert "/issues/feed/atom.xml" in client.get("/feeds/").text
    assert 'href="/issues/12/"' in client.get("/issues/").text
    assert "/issues/" not in client.get("/uk/").text


def test_letters_note_and_numbers_are_free(magazine: Magazine, client: Client) -> None:
    made = make_issue(magazine, number=12, note="<p>Dear readers</p>", note_by="Ilse Marr")
    made.add_department("The week in numbers", holds=Holding.NUMBERS)
    made.numbers = [{"type": "chart", "value": value_of("chart", magazine)}]
    made.save()
    made = WeeklyIssue.objects.get()
    made.publish()
    text = client.get("/issues/12/").text
    for words in ("Dear readers", "The week in numbers", "Boats by port"):
        assert words in text


def test_twice_as_many_articles_take_as_many_queries(
    magazine: Magazine, client: Client, issue: WeeklyIssue
) -> None:
    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return sum("platform_invalidation" not in query["sql"] for query in queries)

    addresses = (*ADDRESSES, "/")
    before = {address: asked(address) for address in addresses}
    WeeklyIssue.objects.update(state="draft", published_at=None)
    issue.refresh_from_db()
    for number in range(8):
        magazine.publish(f"otter-{number}", at=WITHIN, picture=make_picture(f"otter {number}"))
    fill(issue)
    issue.publish()
    for number in range(3):
        other = make_issue(magazine, number=20 + number, cover=make_picture(f"fog {number}"))
        other.add(magazine.article("harbour"))
        other.publish()
    assert {address: n for address in addresses if (n := asked(address)) > before[address]} == {}


def test_it_is_published_to_readers_at_once(magazine: Magazine, client: Client) -> None:
    made = make_issue(magazine, number=12)
    assert client.get("/issues/12/").status_code == 404
    made.schedule(clock.now() + timedelta(hours=1))
    made.publish()
    assert client.get("/issues/12/").status_code == 200


@pytest.mark.sqlite  # the same on any database
@pytest.mark.parametrize("address", ["/", "/issues/", "/issues/12/", "/issues/12/world/reef/"])
def test_its_pages_stay_light_with_nothing_inline(issue: WeeklyIssue, client: Client, address: str) -> None:
    links = linked_from(client.get(address).text)
    assert weight(links.css) <= MOST_CSS
    assert weight(links.scripts) <= MOST_SCRIPT
    assert links.inline == []

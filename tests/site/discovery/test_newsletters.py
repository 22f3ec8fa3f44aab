"""The archive of newsletters."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from broadsheet.newsletters.models import Issue, Newsletter
from tests.magazine import Magazine, marks_in
from tests.newsletters.letter.made import briefing, issue_of

pytestmark = pytest.mark.django_db
ISSUE = "/newsletters/briefing/1/"


@pytest.fixture
def newsletter(magazine: Magazine) -> Newsletter:
    made = briefing(strapline="What happened while you slept.")
    issue_of(made, magazine, "harbour", "reef", state=Issue.State.DONE)
    return made


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def structured(html: str) -> list[Any]:
    script = BeautifulSoup(html, "html.parser").find("script", type="application/ld+json")
    assert script
    return json.loads(script.get_text())["@graph"]  # type: ignore[no-any-return]


def test_an_issue_shows_its_stories_and_links_to_them(
    newsletter: Newsletter, magazine: Magazine, client: Client
) -> None:
    html = page(client, ISSUE)
    for slug in ("harbour", "reef"):
        article = magazine.article(slug)
        assert article.headline in html
        assert f"{settings.PUBLIC_URL}{article.get_url()}" in html
        assert not marks_in(html, slug)
    assert "Good morning." in html


def test_nothing_in_the_archive_is_one_reader_s(newsletter: Newsletter, client: Client) -> None:
    for path in ("/newsletters/briefing/", ISSUE):
        html = page(client, path)
        assert "{{" not in html
        assert "/c/" not in html
        assert "style=" not in html
        assert "unsubscribe" not in html.lower()


def test_an_issue_s_page_says_what_it_is(newsletter: Newsletter, client: Client) -> None:
    html = page(client, ISSUE)
    canonical = BeautifulSoup(html, "html.parser").find("link", rel="canonical")
    assert canonical
    assert canonical["href"] == f"{settings.PUBLIC_URL}{ISSUE}"
    (node,) = structured(html)
    assert node["headline"] == "Boats wait for the tide"
    assert node["issueNumber"] == 1
    assert node["isAccessibleForFree"] is True
    assert len(node["hasPart"]) == 2


def test_what_is_for_subscribers_shows_subject_and_standfirst(
    newsletter: Newsletter, magazine: Magazine, client: Client
) -> None:
    Newsletter.objects.update(subscribers_only=True)
    for path in (ISSUE, "/newsletters/briefing/feed/rss.xml"):
        text = page(client, path)
        assert "Boats wait for the tide" in text
        assert "And the orchard" in text
        for hidden in ("Good morning.", magazine.article("harbour").headline):
            assert hidden not in text
    (node,) = structured(page(client, ISSUE))
    assert node["isAccessibleForFree"] is False


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"state": "draft"}, 404),
        ({"state": "approved"}, 404),
        ({"state": "frozen"}, 404),
        ({"state": "held"}, 404),
        ({"state": "stopped"}, 404),
        ({"state": "sending"}, 200),
        ({"state": "done"}, 200),
        ({"state": "done", "kind": "welcome", "welcome_day": 0}, 404),
    ],
)
def test_only_what_has_gone_out_is_in_the_archive(
    newsletter: Newsletter, client: Client, fields: dict[str, Any], status: int
) -> None:
    Issue.objects.update(**fields)
    assert client.get(ISSUE).status_code == status
    is_shown = status == 200
    for path in ("/newsletters/briefing/", "/newsletters/briefing/feed/rss.xml", "/sitemap/newsletters.xml"):
        assert (ISSUE in page(client, path)) is is_shown


def test_what_is_held_midway_stays_for_those_who_have_it(newsletter: Newsletter, client: Client) -> None:
    issue = Issue.objects.get()
    issue.cohorts.create(due_at="2026-03-02T12:00:00Z", readers=1)
    Issue.objects.update(state=Issue.State.HELD)
    assert client.get(ISSUE).status_code == 200


def test_a_newsletter_belongs_to_its_edition(newsletter: Newsletter, client: Client) -> None:
    assert client.get("/uk/newsletters/briefing/").status_code == 404
    assert client.get(f"/uk{ISSUE}").status_code == 404


def test_an_issue_leads_to_those_beside_it(
    newsletter: Newsletter, magazine: Magazine, client: Client
) -> None:
    for number in (2, 3):
        issue_of(
            newsletter, magazine, number=number, state=Issue.State.DONE, send_on=f"2026-03-0{number + 1}"
        )
    html = " ".join(page(client, "/newsletters/briefing/2/").split())
    assert 'rel="prev" href="/newsletters/briefing/3/"' in html
    assert 'rel="next" href="/newsletters/briefing/1/"' in html


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_newsletter_has_feeds(newsletter: Newsletter, client: Client, name: str) -> None:
    feed = page(client, f"/newsletters/briefing/feed/{name}")
    assert f"{settings.PUBLIC_URL}{ISSUE}" in feed
    assert "And the orchard" in feed


def test_the_index_of_sitemaps_names_that_of_newsletters(newsletter: Newsletter, client: Client) -> None:
    assert f"{settings.PUBLIC_URL}/sitemap/newsletters.xml" in page(client, "/sitemap.xml")
    Newsletter.objects.update(is_active=False)
    assert "/sitemap/newsletters.xml" not in page(client, "/sitemap.xml")
    assert client.get("/sitemap/newsletters.xml").status_code == 404


def test_hostile_words_stay_words(newsletter: Newsletter, client: Client) -> None:
    Issue.objects.update(subject="</script><script>alert(1)</script>", note="<img src=x onerror=y>")
    html = page(client, ISSUE)
    assert "<script>alert" not in html
    assert "<img src=x" not in html

"""The one sentence that says why the wall is there, and the ways on below it."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.paywall.models import Meter, WallWording
from broadsheet.paywall.period import Span
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite

NOVEMBER = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASKS = 'id="wall-email"'


@pytest.fixture(autouse=True)
def _in_november():
    with clock.moved_to(NOVEMBER):
        yield


def opened(client: Client, article: Article, prefix: str = "") -> str:
    answer = client.post(f"{prefix}/read/{article.uuid}", headers={"Accept": "application/json"})
    return " ".join(answer.json()["html"].split())


def set_meter(**fields: object) -> None:
    Meter.load()
    Meter.objects.update(**fields)


def test_a_stranger_has_read_the_free_article(magazine: Magazine, client: Client) -> None:
    first, second = magazine.metered()[:2]
    opened(client, first)
    wall = opened(client, second)
    assert "You have read your free article in November." in wall
    assert "read 5 articles a month, free" in wall
    assert ASKS in wall


def test_the_form_leads_back_to_the_article(magazine: Magazine, client: Client) -> None:
    first, second = magazine.metered()[:2]
    opened(client, first)
    wall = opened(client, second)
    assert 'action="/account/start/"' in wall
    assert f'value="{second.get_url()}"' in wall
    assert f'value="{second.uuid}"' in wall
    assert "csrfmiddlewaretoken" not in wall


def test_where_one_registers_first_nothing_was_read(magazine: Magazine, client: Client) -> None:
    set_meter(strangers=0)
    wall = opened(client, magazine.article("reef"))
    assert "To read on, register free." in wall
    assert ASKS in wall


def test_a_busy_network_is_told_so(magazine: Magazine, client: Client) -> None:
    set_meter(first_grants=0)
    wall = opened(client, magazine.article("reef"))
    assert "Your network has opened many articles in the last hour." in wall
    assert ASKS in wall


def test_an_article_for_subscribers_says_so(magazine: Magazine, client: Client) -> None:
    wall = opened(client, magazine.for_subscribers)
    assert "This article is for subscribers." in wall
    assert "read 5 other articles a month, free" in wall
    assert ASKS in wall


def test_a_reader_before_an_article_for_subscribers_is_not_asked_to_register(
    magazine: Magazine, client: Client, ada: Person
) -> None:
    client.force_login(ada)
    wall = opened(client, magazine.for_subscribers)
    assert "This article is for subscribers." in wall
    assert ASKS not in wall
    assert "Sign in" not in wall


def test_a_reader_is_told_when_the_count_begins_again(
    magazine: Magazine, client: Client, ada: Person
) -> None:
    client.force_login(ada)
    *read, last = magazine.metered()[:6]
    for article in read:
        opened(client, article)
    wall = opened(client, last)
    assert "You have read your 5 articles in November." in wall
    assert "Your count starts again on December 1." in wall
    assert ASKS not in wall
    assert wall in " ".join(client.get(f"/read/{last.uuid}").text.split())


def test_a_british_reader_reads_the_day_as_the_british_write_it(
    magazine: Magazine, client: Client, ada: Person
) -> None:
    set_meter(readers=1)
    client.force_login(ada)
    opened(client, magazine.article("reef"))
    WallWording.objects.create(situation="reader-spent", text="Come back on {renews}.")
    assert "Come back on 1 December." in opened(client, magazine.article("harbour"), "/uk")
    assert "Come back on December 1." in opened(client, magazine.article("harbour"))


@pytest.mark.parametrize(
    ("span", "said"),
    [(Span.WEEK, " this week."), (Span.ROLLING, " in the last 30 days."), (Span.LIFETIME, ".")],
)
def test_the_span_is_named(magazine: Magazine, client: Client, span: Span, said: str) -> None:
    set_meter(span=span)
    first, second = magazine.metered()[:2]
    opened(client, first)
    assert f"You have read your free article{said}" in opened(client, second)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span.WEEK, "article to read this week."),
        (Span.ROLLING, "article to read."),
        (Span.LIFETIME, "article to read."),
    ],
)
def test_what_is_left_is_said_before_it_runs_out(magazine: Magazine, client: Client, span, said) -> None:
    set_meter(span=span)
    page = " ".join(client.get(f"/read/{magazine.article('reef').uuid}").text.split())
    assert f"You have one {said}" in page


def test_an_editors_words_are_shown_as_plain_text(magazine: Magazine, client: Client) -> None:
    WallWording.objects.create(
        situation="subscribers-stranger",
        title="<b>{publication}</b> & you",
        text="<script>alert(1)</script> {readers} {each}.",
        button='"Join"',
    )
    wall = opened(client, magazine.for_subscribers)
    assert "&lt;b&gt;The Meridian&lt;/b&gt; &amp; you</h2>" in wall
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 5 a month." in wall
    assert "&quot;Join&quot;</button>" in wall


def test_an_editions_words_are_shown_there(magazine: Magazine, client: Client) -> None:
    WallWording.objects.create(situation="stranger-first", title="Come in.", edition=magazine.uk)
    set_meter(strangers=0)
    harbour = magazine.article("harbour")
    assert "Come in." in opened(client, harbour, "/uk")
    assert "To read on, register free." in opened(client, harbour)


def test_the_wall_is_a_region_with_its_sentence_for_a_name(magazine: Magazine, client: Client) -> None:
    wall = opened(client, magazine.for_subscribers)
    assert re.search(
        r'<section class="wall"[^>]* aria-labelledby="(\S+)".*?<h2 class="wall-title" id="\1"', wall
    )
    assert '<label for="wall-email">Your e-mail address</label>' in wall


def test_who_has_forgotten_their_address_is_shown_the_way(magazine: Magazine, client: Client) -> None:
    wall = opened(client, magazine.for_subscribers)
    address = f"/find-my-subscription/?article={magazine.for_subscribers.uuid}"
    assert f'Not sure which e-mail address you used? <a href="{address}">Find your subscription</a>' in wall
    assert '<a href="mailto:desk@magazine.example">Contact us</a>' in wall


@pytest.mark.parametrize("path", ["/world/harbour/", "/ideas/index/"])
def test_no_word_of_the_wall_stands_in_a_public_page(magazine: Magazine, client: Client, path: str) -> None:
    page = client.get(path).text
    assert "broadsheet-slot" in page
    assert "wall-title" not in page

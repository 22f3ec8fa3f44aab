"""The pages made of evidence, as each visitor gets them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode
from wagtail.models import PageViewRestriction

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Topic
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import AccessRule
from broadsheet.site.evidence.sight import Sight
from broadsheet.site.evidence.topic import AT_FIRST
from tests.cast import signed_in
from tests.evidence import made
from tests.magazine import Magazine, text_block

PUBLIC = "Ultimately it is the people alone who must decide what becomes of the harbour."
WITHHELD = "Nobody who has seen the accounts believes that the wall will ever be paid for."

WALL = {"type": "wall", "value": None}


@pytest.fixture
def lagoon(magazine: Magazine) -> Article:
    """Two quotations of Ada Marsh, the second below the wall, a timeline and two sides of one question."""
    body = [
        text_block("lagoon", 1),
        made.quotation(PUBLIC, said_on="2026-02-27", role="harbour master"),
        made.timeline(("2014-05", "The wall was built."), ("2011", "The flood came.")),
        made.perspectives(("The port", "Higher.", ""), ("The town", "Lower.", ""), question="How high?"),
        {"type": "wall", "value": None},
        text_block("lagoon", 2),
        made.quotation(WITHHELD, said_on="2026-02-28"),
        made.contested("flood"),
    ]
    article = magazine.publish("lagoon", body=body)
    article.topics.add(Topic.objects.get(slug="oceans"))
    article.save()
    return article


def check(client: Client, words: str, name: str = "", prefix: str = "") -> Any:
    return client.get(f"{prefix}/check/?{urlencode({'words': words, 'name': name})}")


def test_a_speakers_page_shows_a_stranger_what_is_public(lagoon: Article, client: Client) -> None:
    response = client.get("/speakers/ada-marsh/")
    assert PUBLIC in response.text
    assert WITHHELD not in response.text
    assert "1 more quotation stands in an article" in response.text
    assert "public" in response.headers["Cache-Control"]


def test_a_speakers_page_shows_a_subscriber_everything(lagoon: Article, bruno: Any) -> None:
    response = signed_in(bruno).get("/speakers/ada-marsh/")
    assert response.text.index(WITHHELD) < response.text.index(PUBLIC)  # the newest first
    assert "more quotation" not in response.text
    assert "no-store" in response.headers["Cache-Control"]


def test_what_was_opened_by_the_allowance_is_shown(lagoon: Article, client: Client) -> None:
    assert client.post(f"/read/{lagoon.uuid}").status_code in {200, 303}
    assert WITHHELD in client.get("/speakers/ada-marsh/").text


def test_a_speaker_of_whom_nothing_is_public_has_no_page(
    magazine: Magazine, client: Client, bruno: Any
) -> None:
    body = [text_block("t", 1), {"type": "wall", "value": None}, text_block("t", 2), made.quotation(WITHHELD)]
    magazine.publish("lagoon", body=body)
    assert client.get("/speakers/ada-marsh/").status_code == 404
    assert signed_in(bruno).get("/speakers/ada-marsh/").status_code == 200


def test_a_merged_speakers_address_leads_to_the_one_that_stayed(lagoon: Article, client: Client) -> None:
    made.speaker("Ada Marsh").merge_into(made.speaker("Ada Marsh-Lowe"))
    response = client.get("/speakers/ada-marsh/")
    assert (response.status_code, response.url) == (301, "/speakers/ada-marsh-lowe/")


def test_what_is_unpublished_is_on_no_page(lagoon: Article, client: Client) -> None:
    lagoon.unpublish()
    assert client.get("/speakers/ada-marsh/").status_code == 404
    assert "The flood came" not in client.get("/topics/oceans/").text
    assert "Not found here" in check(client, PUBLIC).text


def test_a_topic_has_one_timeline_and_sets_positions_side_by_side(
    magazine: Magazine, lagoon: Article, client: Client
) -> None:
    other = magazine.publish(
        "delta",
        body=[
            text_block("delta", 1),
            made.timeline(("2011", "The flood came"), ("2013", "The town paid.")),
            made.perspectives(("The bank", "Not at all.", ""), ("The port", "Yes.", ""), question="how high"),
            {"type": "wall", "value": None},
            text_block("delta", 2),
        ],
    )
    other.topics.add(Topic.objects.get(slug="oceans"))
    other.save()
    response = client.get("/topics/oceans/")
    assert [entry.when for entry in response.context["timeline"]] == ["2011", "2013", "2014-05"]
    (difference,) = response.context["differences"]
    assert {position.name for position in difference.positions} == {"The bank", "The port", "The town"}
    assert "Where they differ" in response.text


def test_a_long_storys_page_shows_the_latest_and_leads_to_all(lagoon: Article, client: Client) -> None:
    assert "The whole timeline" not in client.get("/topics/oceans/").text
    more = [
        made.timeline(*((f"{1900 + year}", f"Tide {year}") for year in range(n, n + 20))) for n in (0, 20)
    ]
    lagoon.body = [*lagoon.body.raw_data[:4], *more, *lagoon.body.raw_data[4:]]
    lagoon.save()
    first = client.get("/topics/oceans/")
    assert [entry.when for entry in first.context["timeline"]][-2:] == ["2011", "2014-05"]
    assert len(first.context["timeline"]) == AT_FIRST.entries
    assert 'href="/topics/oceans/evidence/"' in first.text
    whole = client.get("/topics/oceans/evidence/")
    assert len(whole.context["timeline"]) == 42
    assert "Tide 0" in whole.text


def test_a_topic_without_evidence_has_no_page_of_it(magazine: Magazine, client: Client) -> None:
    assert client.get("/topics/oceans/evidence/").status_code == 404


def test_entries_below_the_wall_do_not_hide_the_public_ones(magazine: Magazine, client: Client) -> None:
    """However many of the latest there are."""
    many = made.timeline(*((f"{1900 + year}", f"Withheld {year}") for year in range(120)))
    public = made.timeline(("1800", "Public."), ("1801", "As well."))
    article = magazine.publish("lagoon", body=[text_block("t", 1), public, WALL, text_block("t", 2), many])
    article.topics.add(Topic.objects.get(slug="oceans"))
    article.save()
    shown = client.get("/topics/oceans/").context["timeline"]
    assert [entry.when for entry in shown] == ["1800", "1801"]


def test_nothing_of_a_private_section_is_shown(lagoon: Article, client: Client) -> None:
    PageViewRestriction.objects.create(page=lagoon.section, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/speakers/ada-marsh/").status_code == 404
    assert "The flood came" not in client.get("/topics/oceans/").text
    assert "Not found here" in check(client, PUBLIC).text


def test_articles_are_free_by_the_same_rules_as_when_they_are_read(magazine: Magazine) -> None:
    AccessRule.objects.create(topic=Topic.objects.get(slug="oceans"), access=Access.FREE)
    AccessRule.objects.create(kind="opinion", access=Access.SUBSCRIBERS)
    AccessRule.objects.create(older_than=4, access=Access.FREE)
    magazine.article("reef").topics.add(Topic.objects.get(slug="oceans"))
    seen = Sight.of_stranger().seen_of(Article.objects.all())
    live = list(Article.objects.live())
    assert seen.whole == {article.pk for article in live if ruling(article).access == Access.FREE}
    assert 0 < len(seen.whole) < len(live)


def test_the_register_of_terms_names_articles_as_far_as_that_is_public(
    magazine: Magazine, lagoon: Article, client: Client
) -> None:
    magazine.publish("flood", section="good-news", body=[text_block("flood", 1), made.contested("flood")])
    response = client.get("/contested-terms/")
    assert "High water above the quay" in response.text
    assert [article.url for article in response.context["terms"][0].explained_in] == ["/good-news/flood/"]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (PUBLIC, "Verbatim"),
        ("“" + PUBLIC.replace(" the ", "\n the  ") + "”", "Verbatim"),
        ("it is the people alone who must decide", "Cut out of more"),
        ("Ultimately it is the people … must decide what becomes of the harbour", "Cut out of more"),
        (PUBLIC.replace("alone", "themselves"), "Altered"),
        (PUBLIC.replace("Ultimately", "ultimately"), "Altered"),
        (WITHHELD, "Not found here"),
        ("There is nothing like this in any paper", "Not found here"),
    ],
)
def test_words_are_checked(lagoon: Article, client: Client, words: str, verdict: str) -> None:
    response = check(client, words)
    title = response.text.partition('id="answer-title">')[2].partition("</h2>")[0]
    assert " ".join(title.split()) == verdict
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_an_answer_shows_the_difference_the_article_and_the_source(lagoon: Article, client: Client) -> None:
    text = check(client, PUBLIC.replace("alone", "themselves"), name="Ada").text
    text = " ".join(text.split()).replace(" >", ">")
    assert '<ins><span class="visually-hidden">As it stands here: </span>alone</ins>' in text
    assert '<del><span class="visually-hidden">As you have it: </span>themselves</del>' in text
    assert 'href="/world/lagoon/"' in text
    assert "The tide office" in text


def test_who_is_named_wrongly_is_told_so(lagoon: Article, client: Client) -> None:
    assert "Not said by “Ned”" in check(client, PUBLIC, name="Ned").text
    assert "Not said by" not in check(client, PUBLIC, name="ada marsh").text


def test_a_subscriber_is_answered_like_everyone(lagoon: Article, bruno: Any) -> None:
    assert "Not found here" in check(signed_in(bruno), WITHHELD).text


def test_a_free_article_is_looked_through_as_a_whole(magazine: Magazine, client: Client) -> None:
    magazine.publish("swallows", section="good-news", body=[text_block("s", 1), text_block("s", 2)])
    words = "The boats lay where it left them on the ninth morning"
    body = [text_block("s", n) for n in range(4)] + [{"type": "text", "value": f"<p>{words}.</p>"}]
    magazine.publish("martins", section="good-news", body=body)
    magazine.publish("terns", section="world", body=[text_block("s", 1), *body])
    response = check(client, words)
    assert [article.url for _found, article in response.context["found"]] == ["/good-news/martins/"]


@pytest.mark.parametrize(
    ("words", "said"), [("Too few words", "five words at least"), ("x " * 900, "too long")]
)
def test_what_cannot_be_checked_is_said_and_kept_in_the_form(
    magazine: Magazine, client: Client, words: str, said: str
) -> None:
    text = check(client, words).text
    assert said in text
    assert words.strip() in text


def test_questions_are_limited(lagoon: Article, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.site.evidence.check.AN_HOUR", 2)
    assert [check(client, PUBLIC).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/check/").status_code == 200


def test_evidence_is_exported_with_ids_that_stay(lagoon: Article, client: Client, bruno: Any) -> None:
    public = json.loads(client.get(f"/evidence/{lagoon.uuid}.json").text)["evidence"]
    kinds = [row["kind"] for row in public]
    assert kinds == ["quotation", "timeline entry", "timeline entry", "position", "position"]
    full = json.loads(signed_in(bruno).get(f"/evidence/{lagoon.uuid}.json").text)["evidence"]
    assert len(full) == len(public) + 1
    lagoon.save_revision().publish()
    again = json.loads(client.get(f"/evidence/{lagoon.uuid}.json").text)["evidence"]
    assert again == public
    table = client.get("/topics/oceans/evidence.csv")
    assert "attachment" in table.headers["Content-Disposition"]
    assert PUBLIC in table.text
    assert WITHHELD not in table.text
    assert client.get("/evidence/00000000-0000-0000-0000-000000000000.json").status_code == 404


def test_the_article_has_marks_and_a_list_of_sources(lagoon: Article, client: Client, bruno: Any) -> None:
    public = " ".join(client.get("/world/lagoon/").text.split())
    assert '<span class="visually-hidden">Source </span><b>1</b> <span>The tide office</span>' in public
    assert 'id="source-1"' not in public
    assert 'id="source-1"' in signed_in(bruno).get("/world/lagoon/").text


def test_how_we_know_stands_at_the_end(magazine: Magazine, client: Client) -> None:
    magazine.publish("lagoon", work="documents", methods="We read the accounts.")
    text = client.get("/world/lagoon/").text
    assert "How we know" in text
    assert "We read the accounts." in text

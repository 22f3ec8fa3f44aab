"""Who stands where on a front page."""

import pytest
from django.test import Client

from broadsheet.editorial.arrangement import arrange
from broadsheet.editorial.models import Article
from broadsheet.editorial.opening import Bound
from broadsheet.editorial.templatetags.editorial_tags import place_for_promotion
from tests.magazine import Magazine, make_picture


def lineup(magazine: Magazine) -> list[Article]:
    return magazine.us.lineup(36)


def test_an_empty_front_has_no_places(db: None) -> None:
    empty = arrange([])
    assert empty.lead is None
    assert not any([empty.seconds, empty.row, empty.signed, empty.briefs, empty.bright, empty.bands])


def test_the_first_article_leads_whatever_its_kind(magazine: Magazine) -> None:
    ranked = lineup(magazine)
    ranked.insert(0, ranked.pop(next(i for i, a in enumerate(ranked) if a.kind == "opinion")))
    assert arrange(ranked).lead == ranked[0]


def test_no_article_stands_twice(magazine: Magazine) -> None:
    front = arrange(lineup(magazine))
    placed = [front.lead, *front.seconds, *front.row, *front.signed, *front.briefs]
    placed += [article for band in [*front.bright, *front.bands] for article in band.articles]
    assert len(placed) == len({article.pk for article in placed if article})


def test_a_second_has_a_picture(magazine: Magazine) -> None:
    magazine.publish("regatta", picture=make_picture("regatta"))
    front = arrange(lineup(magazine))
    assert [article.slug for article in front.seconds] == ["harbour"]


def test_opinion_and_briefs_and_good_news_have_places_of_their_own(magazine: Magazine) -> None:
    magazine.publish("ferry", kind="briefing")
    front = arrange([magazine.article("harbour"), *lineup(magazine)[1:]])
    assert [article.slug for article in front.signed] == ["index"]
    assert [band.section.slug for band in front.bright] == ["good-news"]
    assert "ferry" not in [article.slug for article in front.row]


def test_the_article_from_the_archive_is_not_shown_twice(magazine: Magazine, client: Client) -> None:
    us = magazine.us
    us.from_the_archive = magazine.article("quarry")
    us.save()
    assert client.get("/").text.count('href="/world/quarry/"') == 1


def blocks_of(*kinds: str) -> list[Bound]:
    body = Article.body.field.to_python(
        [{"type": kind, "value": "" if kind != "text" else "<p>Words.</p>"} for kind in kinds]
    )
    return list(body)


def test_a_promotion_stands_between_texts_near_the_middle() -> None:
    assert place_for_promotion(blocks_of("text", "heading", "text", "heading", "text")) == 3


def test_a_promotion_never_parts_a_crosshead_from_its_text() -> None:
    assert place_for_promotion(blocks_of("heading", "text", "heading", "text")) == 2


@pytest.mark.parametrize("kinds", [(), ("text",), ("text", "text"), ("text", "pull_quote", "text")])
def test_a_short_piece_or_one_without_a_gap_has_no_promotion(kinds: tuple[str, ...]) -> None:
    body = [
        {"type": k, "value": {"text": "x", "attribution": ""} if k == "pull_quote" else "<p>x</p>"}
        for k in kinds
    ]
    assert place_for_promotion(list(Article.body.field.to_python(body))) == 0

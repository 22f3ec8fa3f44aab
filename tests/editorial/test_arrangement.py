"""Who stands where on a front page."""

from datetime import timedelta

import pytest
from django.test import Client

from broadsheet.editorial.arrangement import arrange, arrange_section
from broadsheet.editorial.models import Article, Picture, Topic
from broadsheet.editorial.opening import Bound
from broadsheet.editorial.templatetags.editorial_tags import place_for_promotion, shared_credit
from tests.magazine import PRINTED, Magazine, make_picture

# The same on any database.
pytestmark = pytest.mark.sqlite


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


# --- Pictures ------------------------------------------------------------------------------------------


def test_a_row_has_either_pictures_or_none(magazine: Magazine) -> None:
    for number in range(6):
        slug, days = f"ship-{number}", timedelta(days=2 * number)
        magazine.publish(slug, at=PRINTED - days, picture=make_picture(slug))
    row = arrange(lineup(magazine)).row
    assert len(row) == 4
    assert all(article.picture for article in row)


def test_with_too_few_pictures_a_row_has_the_first_of_all(magazine: Magazine) -> None:
    row = arrange(lineup(magazine)).row
    assert [article.slug for article in row] == ["reef", "orchard", "ledger", "lantern"]


def test_the_bright_band_has_cards_of_one_kind(magazine: Magazine) -> None:
    for number in range(3):
        slug = f"gull-{number}"
        picture = make_picture(slug) if number else None
        magazine.publish(slug, section="good-news", at=PRINTED - timedelta(days=number), picture=picture)
    [band] = arrange(lineup(magazine)).bright
    assert [article.slug for article in band.articles] == ["gull-1", "gull-2"]


def test_a_section_shows_pictured_cards_apart_and_each_list_newest_first(magazine: Magazine) -> None:
    for number in range(3):
        slug = f"ship-{number}"
        magazine.publish(slug, at=PRINTED - timedelta(hours=10 + 30 * number), picture=make_picture(slug))
    places = arrange_section(magazine.section("world").lineup(30))
    assert places.lead
    assert places.lead.slug == "harbour"
    assert [article.slug for article in places.pictured] == ["ship-0", "ship-1", "ship-2"]
    dates = [article.first_published_at for article in places.plain]
    assert len(dates) == 7
    assert dates == sorted(dates, reverse=True)


def test_a_section_shows_every_article_once(magazine: Magazine, client: Client) -> None:
    magazine.publish("ship", picture=make_picture("ship"))
    page = client.get("/world/").text.partition("<main")[2]
    for article in client.get("/world/").context["articles"]:
        assert page.count(f'href="{article.get_url()}"') == 1, article.slug


def test_an_empty_section_has_no_places(db: None) -> None:
    assert arrange_section([]).lead is None


@pytest.mark.parametrize(
    ("credits", "shared"),
    [
        (["A", "A", "B"], "A"),
        (["A", "B", "B", "B"], "B"),
        (["A", "B"], ""),
        (["A"], ""),
        ([], ""),
        (["", "", "A"], "Credit unknown"),
    ],
)
def test_a_credit_is_shared_where_it_would_stand_twice(db: None, credits: list[str], shared: str) -> None:
    articles = [Article(picture=Picture(credit=credit)) for credit in credits]
    assert shared_credit([*articles, Article()]) == shared


def test_the_same_credit_stands_once_in_a_region_and_another_below_its_picture(
    magazine: Magazine, client: Client
) -> None:
    for number, credit in enumerate(["Lina Holt", "Lina Holt", "NASA", "Lina Holt"]):
        slug = f"sky-{number}"
        magazine.publish(slug, section="science", picture=make_picture(slug, credit=credit), at=PRINTED)
    magazine.publish("moon", section="science", picture=make_picture("moon", credit="Ida Lang"))
    page = client.get("/science/").text
    assert [page.count(credit) for credit in ("Ida Lang", "Lina Holt", "NASA")] == [1, 1, 1]
    # Wherever its own page is, a picture has its credit.
    for number in range(4):
        assert ("NASA" if number == 2 else "Lina Holt") in client.get(f"/science/sky-{number}/").text


@pytest.mark.parametrize(
    "address", ["/", "/topics/oceans/", "/authors/nell-abernathy/", "/archive/2026/03/", "/search/?q=ship"]
)
def test_no_page_with_lists_repeats_a_credit_in_a_region(
    magazine: Magazine, client: Client, address: str
) -> None:
    topic = Topic.objects.get(slug="oceans")
    for number in range(8):
        slug = f"ship-{number}"
        picture = make_picture(slug, credit="Lina Holt")
        article = magazine.publish(slug, at=PRINTED - timedelta(minutes=number + 1), picture=picture)
        article.topics.add(topic)
        article.save()
    # On the front stand two regions that show them.
    assert client.get(address).text.count("Lina Holt") == (2 if address == "/" else 1)


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

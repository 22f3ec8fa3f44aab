from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Edition, EditionPlacement, SectionPlacement
from broadsheet.platform import clock
from tests.magazine import METERED, Magazine


def place(front: Edition, *articles: Article) -> Edition:
    for position, article in enumerate(articles):
        EditionPlacement.objects.create(front=front, article=article, sort_order=position)
    return Edition.objects.get(pk=front.pk)


def slugs(articles: list[Article]) -> list[str]:
    return [article.slug for article in articles]


def test_without_placements_the_newest_stand_first(magazine: Magazine):
    assert slugs(magazine.us.lineup(8)) == list(METERED)


def test_placements_come_first_in_their_order_and_stand_once(magazine: Magazine):
    viaduct, quarry = magazine.article("viaduct"), magazine.article("quarry")
    front = place(magazine.us, viaduct, quarry, viaduct)
    found = slugs(front.lineup(8))
    assert found[:3] == ["viaduct", "quarry", "harbour"]
    assert len(found) == len(set(found)) == 8


def test_what_is_not_live_is_skipped_and_its_place_filled(magazine: Magazine):
    front = place(magazine.us, magazine.draft, magazine.article("quarry"))
    assert slugs(front.lineup(2)) == ["quarry", "harbour"]
    assert slugs(front.lineup(1)) == ["quarry"]


def test_an_article_placed_from_another_edition_does_not_stand_twice(magazine: Magazine):
    front = place(magazine.us, magazine.article("harbour", "uk"))
    found = front.lineup(20)
    assert len({article.uuid for article in found}) == len(found)


def test_a_limit_is_a_limit(magazine: Magazine):
    front = place(magazine.us, *magazine.metered())
    assert slugs(front.lineup(3)) == list(METERED[:3])
    assert front.lineup(0) == []


def test_a_section_shows_its_own(magazine: Magazine):
    section = magazine.section("world")
    SectionPlacement.objects.create(front=section, article=magazine.article("meadow"), sort_order=0)
    found = magazine.section("world").lineup(30)
    assert slugs(found)[0] == "meadow"
    assert set(slugs(found)) == set(METERED)


def queries_for(front: Edition, limit: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        for article in front.lineup(limit):
            assert article.section.title
            assert article.byline
    return len(queries)


def test_a_longer_lineup_takes_no_more_queries(magazine: Magazine):
    place(magazine.us, magazine.article("quarry"))
    queries_for(magazine.us, 3)  # the sections are read once and kept
    assert queries_for(magazine.us, 3) == queries_for(magazine.us, 12) <= 4


def test_the_breaking_line_ends_by_itself(magazine: Magazine):
    front = magazine.us
    front.breaking_text = "The harbour is closed"
    front.breaking_until = clock.now() + timedelta(hours=1)
    assert front.breaking == "The harbour is closed"
    with clock.moved_to(front.breaking_until):
        assert front.breaking == ""
    front.breaking_until = None
    assert front.breaking == "The harbour is closed"


def test_a_front_is_previewed_with_placements_that_are_not_saved_yet(magazine: Magazine, rf):
    front = magazine.us
    front.placements = [EditionPlacement(article=magazine.article("quarry"))]
    context = front.get_preview_context(rf.get("/"), "")
    assert slugs(context["articles"])[:2] == ["quarry", "harbour"]
    assert not EditionPlacement.objects.exists()


def test_the_breaking_line_does_not_give_a_draft_away(magazine: Magazine, client):
    front = magazine.us
    front.breaking_text, front.breaking_article = "More to come", magazine.draft
    front.save()
    page = client.get("/").text
    assert "More to come" in page
    assert "almanac" not in page

"""The search index holds what is public, whatever changes."""

import pytest
from wagtail.search.models import IndexEntry

from broadsheet.editorial import finding
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Publication
from tests.magazine import Magazine, mark


def found(word: str) -> list[str]:
    return [article.slug for article in Article.objects.live().search(finding.query_for([word]))]


def change(article: Article, **fields: object) -> None:
    for name, value in fields.items():
        setattr(article, name, value)
    article.save_revision().publish()


def test_the_body_below_the_wall_is_not_indexed(magazine: Magazine) -> None:
    assert found(mark("reef", 1)) == ["reef"]
    assert found(mark("reef", 5)) == []


@pytest.mark.parametrize("access", Access.values)
def test_whoever_may_read_it_an_article_is_found_by_its_opening_alone(
    magazine: Magazine, access: str
) -> None:
    change(magazine.article("reef"), access=access)
    assert found(mark("reef", 1)) == ["reef"]
    assert found(mark("reef", 5)) == []


def test_words_that_an_edit_moves_below_the_wall_are_forgotten_at_once(magazine: Magazine) -> None:
    reef = magazine.article("reef")
    blocks = [block for block in reef.body.raw_data if block["type"] != "wall"]
    change(reef, body=[blocks[0], {"type": "wall", "value": None}, *blocks[1:]])
    assert found(mark("reef", 1)) == ["reef"]
    assert found(mark("reef", 2)) == []


def test_a_shorter_opening_reaches_every_article(magazine: Magazine) -> None:
    magazine.publish(
        "breakwater", body=[b for b in magazine.article("reef").body.raw_data if b["type"] != "wall"]
    )
    longer = {mark("reef", n) for n in range(1, 9) if "breakwater" in found(mark("reef", n))}
    publication = Publication.load()
    publication.opening_words = 20
    publication.save()
    shorter = {mark("reef", n) for n in range(1, 9) if "breakwater" in found(mark("reef", n))}
    assert shorter < longer


def test_a_copy_in_another_edition_follows_its_original(magazine: Magazine) -> None:
    harbour = magazine.article("harbour")
    change(harbour, body=[*harbour.body.raw_data[4:], *harbour.body.raw_data[:3]])
    assert found(mark("harbour", 5)) == ["harbour", "harbour"]
    assert found(mark("harbour", 1)) == []


def test_without_a_worker_nothing_withheld_is_found(
    magazine: Magazine, settings: pytest.FixtureRequest
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    publication = Publication.load()
    publication.opening_words = 20
    publication.save()
    assert found(mark("reef", 1)) == []
    live = Article.objects.live().count()
    assert finding.not_indexed().count() == live
    assert finding.catch_up() == live
    assert found(mark("reef", 1)) == ["reef"]
    assert found(mark("reef", 5)) == []


def test_a_deleted_article_leaves_the_index(magazine: Magazine) -> None:
    article = magazine.article("reef")
    pk = article.pk
    article.delete()
    assert not IndexEntry.objects.filter(object_id=str(pk)).exists()


def test_nothing_published_is_missing(magazine: Magazine) -> None:
    assert finding.catch_up() == 0

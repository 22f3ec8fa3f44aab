"""Articles that come by the thousand leave their evidence and their place in both indexes for later."""

from collections.abc import Callable

import pytest

from broadsheet.editorial import evidence, finding
from broadsheet.editorial.catching_up import put_off
from broadsheet.editorial.models import Article
from broadsheet.evidence.models import Recording
from broadsheet.site.search import indexing
from broadsheet.site.search.finding import Filters, Found
from broadsheet.site.search.models import SearchEntry
from tests.magazine import Magazine, mark
from tests.parallel import let_in


def new(magazine: Magazine) -> Article:
    harbour = magazine.article("harbour")
    article = Article(title="Lighthouse", slug="lighthouse", body=harbour.body, locale=harbour.locale)
    harbour.get_parent().add_child(instance=article)
    return article


def at_the_desk(word: str) -> list[str]:
    return [article.slug for article in Article.objects.live().search(word)]


def by_readers(magazine: Magazine, word: str) -> list[str]:
    return [hit.article.slug for hit in Found.of(word, magazine.us, Filters()).hits[0:9]]


def test_what_was_put_off_is_caught_up_with(magazine: Magazine) -> None:
    with put_off():
        article = new(magazine)
    assert not Recording.objects.filter(page=article).exists()
    assert at_the_desk("lighthouse") == by_readers(magazine, "lighthouse") == []
    assert article in evidence.outdated()
    assert evidence.catch_up() == finding.catch_up() == 1
    while indexing.catch_up():
        pass
    assert Recording.objects.filter(page=article).exists()
    assert at_the_desk("lighthouse") == by_readers(magazine, "lighthouse") == ["lighthouse"]
    assert "lighthouse" in by_readers(magazine, mark("harbour", 1))
    assert evidence.catch_up() == finding.catch_up() == 0


def test_of_an_article_that_is_there_nothing_is_put_off(magazine: Magazine) -> None:
    harbour = magazine.article("harbour")
    assert by_readers(magazine, mark("harbour", 1))
    with put_off():
        harbour.body = harbour.body.raw_data[4:]
        harbour.save_revision().publish()
    assert not by_readers(magazine, mark("harbour", 1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("catch_up", [evidence.catch_up, indexing.catch_up])
def test_what_is_published_while_a_task_catches_up_is_not_undone(
    magazine: Magazine, catch_up: Callable[[], int]
) -> None:
    harbour = magazine.article("harbour")
    Recording.objects.filter(page=harbour).update(opening_words=1)
    SearchEntry.objects.filter(article=harbour).update(made="")

    def publish() -> None:
        first = {"type": "text", "value": "<p>A lighthouse.</p>"}
        harbour.body = [first, *harbour.body.raw_data]
        harbour.save_revision().publish()

    # Once the task has read the article.
    with let_in(publish, after='"editorial_article"."body"'):
        catch_up()
    assert "lighthouse" in Recording.objects.get(page=harbour).opening_text
    assert by_readers(magazine, "lighthouse") == ["harbour"]

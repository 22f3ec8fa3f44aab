"""Articles that come by the thousand leave their evidence and their place in the index for later."""

from broadsheet.editorial import evidence, finding
from broadsheet.editorial.catching_up import put_off
from broadsheet.editorial.models import Article
from broadsheet.evidence.models import Recording
from tests.editorial.test_finding import change, found
from tests.magazine import Magazine, mark


def new(magazine: Magazine) -> Article:
    harbour = magazine.article("harbour")
    article = Article(title="Lighthouse", slug="lighthouse", body=harbour.body, locale=harbour.locale)
    harbour.get_parent().add_child(instance=article)
    return article


def test_what_was_put_off_is_caught_up_with(magazine: Magazine) -> None:
    with put_off():
        article = new(magazine)
    assert not Recording.objects.filter(page=article).exists()
    assert "lighthouse" not in found(mark("harbour", 1))
    assert article in evidence.outdated()
    assert evidence.catch_up() == finding.catch_up() == 1
    assert Recording.objects.filter(page=article).exists()
    assert "lighthouse" in found(mark("harbour", 1))
    assert evidence.catch_up() == finding.catch_up() == 0


def test_of_an_article_that_is_there_nothing_is_put_off(magazine: Magazine) -> None:
    harbour = magazine.article("harbour")
    assert found(mark("harbour", 1))
    with put_off():
        change(harbour, body=harbour.body.raw_data[4:])
    assert not found(mark("harbour", 1))

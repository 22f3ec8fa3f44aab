"""How names are read out in a byline."""

import pytest
from django.test import Client

from broadsheet.editorial.models import Author, Byline
from broadsheet.editorial.templatetags.editorial_tags import in_one_sentence
from tests.magazine import Magazine


def spoken(authors: list[Author]) -> str:
    return "".join(f"{mention.before}{mention.author.name}" for mention in in_one_sentence(authors))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], ""),
        (["Nell"], "By Nell"),
        (["Nell", "Samuel"], "By Nell and Samuel"),
        (["Nell", "Samuel", "Joanna"], "By Nell, Samuel and Joanna"),
    ],
)
def test_names_make_one_sentence(names: list[str], sentence: str) -> None:
    assert spoken([Author(name=name) for name in names]) == sentence


def test_an_edition_is_named_once_for_authors_who_share_it() -> None:
    authors = [Author(name=name, edition_id=edition) for name, edition in (("A", 1), ("B", 1), ("C", 2))]
    assert [mention.ends_edition for mention in in_one_sentence(authors)] == [False, True, True]


def test_an_article_names_the_edition_of_its_author(magazine: Magazine, client: Client) -> None:
    osei = Author.objects.get(slug="samuel-osei")
    osei.edition = magazine.uk.locale
    osei.save()
    article = magazine.write("lighter")
    article.bylines = [Byline(author=osei)]
    article.save_revision().publish()
    page = " ".join(client.get(article.get_url()).text.split())
    assert ", The Meridian UK</span>" in page

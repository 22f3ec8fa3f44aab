"""Characters that XML 1.0 forbids: none is ever saved."""

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Revision
from wagtail.test.utils.form_data import rich_text

from broadsheet.editorial.models import Article, Author, Picture, Topic
from broadsheet.people.models import Person
from broadsheet.platform.characters import without_forbidden
from tests.cast import signed_in
from tests.desk import editor
from tests.magazine import Magazine

FORBIDDEN = "\x00\x01\x07\x08\x0b\x0c\x0e\x1f\ud800\udfff\ufffe\uffff"


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_left_is_well_formed(text: str) -> None:
    left = without_forbidden(text)
    read = ET.fromstring(f"<a>{escape(left)}</a>").text  # noqa: S314 (our own)
    # A parser reads every end of line as one character.
    assert (read or "") == left.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_what_is_allowed_stays(text: str) -> None:
    assert without_forbidden(text) == "".join(c for c in text if ord(c) & 0xFFFE != 0xFFFE or ord(c) > 0xFFFF)


@pytest.mark.parametrize(
    "kept", ["\t", "\n", "\r", "\x85", "\xa0", "\u200d", "\u2028", "\U0001f469", "\U0001fffe"]
)
def test_space_and_signs_stay(kept: str) -> None:
    assert without_forbidden(f"a{kept}b") == f"a{kept}b"


def test_lists_and_dicts_are_looked_through() -> None:
    looked_at = {"a\x07": [1, None, True, "b\x0b", {"c": "\ud800d"}]}
    assert without_forbidden(looked_at) == {"a": [1, None, True, "b", {"c": "d"}]}


@pytest.mark.parametrize("character", FORBIDDEN)
def test_none_is_saved_with_an_article(magazine: Magazine, character: str) -> None:
    words = f"Ti{character}de"
    block = {"type": "text", "value": f"<p>{words}</p>"}
    article = magazine.publish("tide", title=words, standfirst=words, body=[block])
    assert (article.title, article.standfirst) == ("Tide", "Tide")
    assert str(article.body[0].value) == "<p>Tide</p>"
    content = Revision.objects.for_instance(article).latest("pk").content
    assert character not in content["title"] + content["body"]
    assert article.correct(words).note == "Tide"


@pytest.mark.parametrize("character", FORBIDDEN)
def test_none_is_saved_with_names_and_notes(magazine: Magazine, ada: Person, character: str) -> None:
    words = f"Ti{character}de"
    author = Author.objects.create(name=words, slug="tide", biography=words)
    topic = Topic.objects.create(name=words, slug="tide")
    picture = Picture.objects.first()
    assert picture
    picture.credit = words
    picture.save()
    ada.rename(f"Ada {words}")
    for saved in (author, topic, picture, ada):
        saved.refresh_from_db()
    assert {author.name, author.biography, topic.name, picture.credit, ada.last_name} == {"Tide"}


def test_none_is_saved_from_the_editor(magazine: Magazine, dev: Person) -> None:
    """As somebody pastes them out of a PDF."""
    text = rich_text("<p>The ti\x0bde went\x0c out.\ufffe</p>", features=["bold", "italic", "link"])
    editor.create(
        signed_in(dev), magazine.section("world"), title="The lo\x07ng tide", body=editor.body(("text", text))
    )
    article = Article.objects.get(slug="the-long-tide")
    assert article.title == "The long tide"
    assert "The tide went out." in str(article.get_latest_revision_as_object().body[0].value)

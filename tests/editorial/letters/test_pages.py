"""What readers see of letters: under the article, on pages and in feeds of their own."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from broadsheet.edge.tags import article_tag, lists_tag
from broadsheet.editorial.letters.wording import Change, differences, is_same_wording
from broadsheet.editorial.models import Article, LetterToEditor, Naming
from broadsheet.platform import clock
from broadsheet.platform.models import Invalidation
from tests.cast import signed_in
from tests.editorial.letters.made import TEXT, printed
from tests.magazine import Magazine


def test_the_newest_stand_under_the_article_and_all_on_a_page(harbour: Article, client: Client) -> None:
    for number in range(5):
        with clock.moved_to(clock.now() + timedelta(minutes=number)):
            printed(harbour, f"The harbour, as letter {number} says, is deep.")
    under = client.get("/world/harbour/").text
    assert [f"letter {number} says" in under for number in range(5)] == [False, False, True, True, True]
    assert f"/letters/{harbour.uuid}/" in under
    page = client.get(f"/letters/{harbour.uuid}/").text
    assert page.index("letter 4 says") < page.index("letter 0 says")
    assert "/world/harbour/" in client.get("/letters/").text
    assert "letter 4 says" in client.get("/letters/feed/rss.xml").text
    # A letter is of the edition in which it was written.
    assert "letter 4 says" not in client.get("/uk/world/harbour/").text
    assert client.get(f"/uk/letters/{harbour.uuid}/").status_code == 404


def test_the_page_is_the_same_for_all(harbour: Article, client: Client, ada) -> None:
    printed(harbour)
    response = client.get("/world/harbour/")
    assert response.headers["Cache-Control"].startswith("public")
    assert "csrf" not in response.text
    assert TEXT in signed_in(ada).get("/world/harbour/").text
    assert client.get("/letters/").headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    ("naming", "said"),
    [
        (Naming.FULL, "Ada Brandt, Leeds"),
        (Naming.INITIALS, "A. B., Leeds"),
        (Naming.WITHHELD, "Name withheld"),
    ],
)
def test_a_letter_is_signed_as_its_writer_chose(
    harbour: Article, client: Client, naming: Naming, said: str
) -> None:
    letter = printed(harbour, naming=naming)
    assert letter.signature == said
    for address in ("/world/harbour/", "/letters/", f"/letters/{harbour.uuid}/", "/letters/feed/feed.json"):
        text = client.get(address).text
        assert said in text
        assert "reader.example" not in text
        assert ("Brandt" in text) is (naming == Naming.FULL)


def test_a_long_letter_is_cut_under_the_article_and_its_links_stay_text(
    harbour: Article, client: Client
) -> None:
    letter = printed(harbour, "<i>Look</i> at https://ferry.example now. " + "We waited. " * 120 + "The end.")
    letter.answer("We looked.")
    under, page = client.get("/world/harbour/").text, client.get(f"/letters/{harbour.uuid}/").text
    assert f'/letters/{harbour.uuid}/#letter-{letter.pk}"' in under
    assert "The end." not in under
    assert "The end." in page
    assert "We looked." in page
    assert 'href="https://ferry.example' not in page
    assert "&lt;i&gt;Look" in page


def test_letters_about_what_is_withdrawn_or_private_are_not_shown(
    harbour: Article, magazine: Magazine, client: Client
) -> None:
    printed(harbour)
    restriction = PageViewRestriction.objects.create(page=harbour, restriction_type="login")
    assert not LetterToEditor.objects.shown().exists()
    restriction.delete()
    assert LetterToEditor.objects.shown().exists()
    harbour.unpublish(log_action=None)
    assert TEXT not in client.get("/letters/").text
    harbour.delete()
    assert not LetterToEditor.objects.exists()


def test_publishing_and_withdrawing_put_the_pages_out_of_date(letter: LetterToEditor) -> None:
    def tags() -> set[tuple[str, bool]]:
        found = set(Invalidation.objects.values_list("tag", "at_once"))
        Invalidation.objects.all().delete()
        return found

    wanted = {article_tag(letter.article.uuid), lists_tag("en-us")}
    tags()
    letter.choose()
    assert not tags()
    letter.publish()
    assert tags() == {(tag, False) for tag in wanted}
    letter.withdraw()
    assert tags() == {(tag, True) for tag in wanted}


words = st.lists(st.sampled_from(["the", "old", " ", "\n\n", "“", "ferry", ", ", "isn’t"]), max_size=12).map(
    "".join
)


def test_differences_are_told_by_words() -> None:
    before, after = "It forgets the old “ferry”, I say.", "It omits the “ferry”, I say."
    assert [(run.change, run.text) for run in differences(before, after)] == [
        (Change.NONE, "It "),
        (Change.GONE, "forgets"),
        (Change.NEW, "omits"),
        (Change.NONE, " the"),
        (Change.GONE, " old"),
        (Change.NONE, " “ferry”, I say."),
    ]


@given(words, words)
def test_differences_hold_both_texts(before: str, after: str) -> None:
    runs = differences(before, after)
    assert "".join(run.text for run in runs if run.change != Change.GONE) == after
    assert "".join(run.text for run in runs if run.change != Change.NEW) == before


def test_white_space_and_quotation_marks_are_no_wording() -> None:
    assert is_same_wording("“Yes”,\n\n he  said", '"Yes", he said')
    assert not is_same_wording("in to", "into")
    assert not is_same_wording("Yes.", "yes.")

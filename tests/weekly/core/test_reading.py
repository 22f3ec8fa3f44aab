"""What an issue says, for those who make a file of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from broadsheet.editorial.body import BodyBlock
from broadsheet.editorial.models import Article
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute
from broadsheet.weekly import content
from broadsheet.weekly.content import Length
from broadsheet.weekly.filling import fill
from broadsheet.weekly.markup import ALLOWED, ATTRIBUTES, BLOCKS, DIVIDER, LEFT_OUT, SVG
from broadsheet.weekly.models import Holding, WeeklyIssue
from broadsheet.weekly.reading import read
from tests.editorial.live.made import vigil
from tests.evidence import made
from tests.magazine import PRINTED, Magazine, make_picture
from tests.newsletters.letter.test_blocks import SHOWN, value_of
from tests.weekly.issues import make_issue

WITHIN = PRINTED - timedelta(days=2)
"""A moment in the issue's days."""
OTHERWISE = {
    "quotation": ["The water rose", "Ada Marsh", "harbour master", "Port Ellery", "#ref-1"],
    "facts": ["What is known", "Nine boats sank", "As of Feb. 28, 2026", "#ref-1"],
    "timeline": ["How it went", "The flood came", "The wall was built", "2011", "#ref-1"],
    "contested_term": ["flood", "ruin", "High water above the quay", "#ref-1"],
    "divider": ["<hr/>"],
    "audio": ["The bell", "It rings.", "/world/otters/", 'rel="external"'],
}


def piece_of(issue: WeeklyIssue, slug: str) -> content.Piece:
    uuid = Article.objects.get(slug=slug, locale__language_code="en-us").uuid
    return next(piece for piece in read(issue).pieces if piece.uuid == uuid)


def published_with(magazine: Magazine, *body: dict[str, Any], slug: str = "otters", **fields: Any) -> Article:
    return magazine.publish(slug, body=list(body), at=WITHIN, **fields)


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "value": words}


def elements(markup: str) -> list[Any]:
    return list(etree.fromstring(f"<div>{markup}</div>").iter(etree.Element))[1:]


def test_every_kind_of_block_is_known() -> None:
    assert set(BodyBlock().child_blocks) == BLOCKS | LEFT_OUT | {DIVIDER}


@pytest.mark.sqlite  # the same on any database
@pytest.mark.parametrize("kind", sorted(BLOCKS | {DIVIDER}))
def test_each_kind_of_block_is_well_formed_and_of_few_elements(magazine: Magazine, kind: str) -> None:
    published_with(magazine, {"type": kind, "value": value_of(kind, magazine)}, text("<p>Otters</p>"))
    body = piece_of(make_issue(magazine), "otters").body
    for element in elements(body):
        if not element.tag.startswith(f"{{{SVG}}}"):
            assert element.tag in ALLOWED
            assert set(element.attrib) <= ATTRIBUTES
    for words in OTHERWISE.get(kind, SHOWN[kind]):
        assert words in body
    assert "alert(" not in body


def test_what_only_leads_away_is_left_out(magazine: Magazine) -> None:
    kinds = ("sponsor", "related")
    blocks = [{"type": kind, "value": value_of(kind, magazine)} for kind in kinds]
    published_with(magazine, text("<p>Otters</p>"), *blocks, {"type": "wall", "value": None})
    assert piece_of(make_issue(magazine), "otters").body == "<p>Otters</p>"


def test_sources_have_numbers_in_the_order_of_the_text(magazine: Magazine) -> None:
    published_with(
        magazine,
        made.quotation("One", source=made.source("Hansard").pk),
        made.quotation("Two", source=made.source("WHO").pk),
        made.quotation("Three", source=made.source("Hansard").pk),
        made.further("The tide office"),
    )
    piece = piece_of(make_issue(magazine), "otters")
    assert [one.outlet for one in piece.references] == ["Hansard", "WHO", "The tide office"]
    marks = [one.get("href") for one in elements(piece.body) if one.tag == "a"]
    assert marks == ["#ref-1", "#ref-2", "#ref-1"]


def test_marks_follow_the_last_word_and_commas_the_name(magazine: Magazine) -> None:
    published_with(magazine, made.quotation("One", role="harbour master"), made.facts("Two"))
    body = piece_of(make_issue(magazine), "otters").body
    assert "<p>“One”<sup>" in body
    assert "<b>Ada Marsh</b>, harbour master" in body
    assert "<li>Two<sup>" in body


def test_links_are_absolute_and_lead_only_to_what_is_in_print(magazine: Magazine) -> None:
    reef, draft = magazine.article("reef"), magazine.draft
    published_with(
        magazine,
        text(
            f'<p><a linktype="page" id="{reef.pk}">reef</a> <a linktype="page" id="{draft.pk}">draft</a> '
            '<a href="/about/">about</a> <a href="#there">there</a> <a href="javascript:x()">bad</a></p>'
        ),
    )
    body = piece_of(make_issue(magazine), "otters").body
    addresses = [one.get("href") for one in elements(body) if one.tag == "a"]
    assert addresses == [absolute(reef.url), absolute("/about/")]
    assert "draft" in body
    assert "there" in body


def test_words_from_right_to_left_say_so_and_headings_skip_no_level(magazine: Magazine) -> None:
    published_with(magazine, text("<h3>First</h3><p>שלום, said she</p><p>Peace</p>"))
    found = [(one.tag, one.get("dir")) for one in elements(piece_of(make_issue(magazine), "otters").body)]
    assert found == [("h2", None), ("p", "rtl"), ("p", None)]


def test_a_short_form_stands_instead_of_the_text(magazine: Magazine) -> None:
    published_with(magazine, text("<p>All of it</p>"))
    issue = make_issue(magazine)
    item = issue.items.get(article__slug="otters")
    item.length = Length.SHORT
    item.save()
    assert piece_of(issue, "otters").length == Length.STANDFIRST
    item.short_form = "<p>Briefly <b>told</b></p>"
    item.save()
    piece = piece_of(issue, "otters")
    assert (piece.length, piece.body) == (Length.SHORT, "<p>Briefly <b>told</b></p>")


def test_a_live_coverage_is_told_from_its_beginning(magazine: Magazine, carla: Person) -> None:
    article = vigil(magazine, carla, entries=3)
    article.first_published_at = WITHIN
    article.save()
    issue = make_issue(magazine)
    issue.items.filter(article=article).update(length=Length.FULL)
    body = piece_of(issue, article.slug).body
    places = [body.index(f"{article.slug}-{number:02}") for number in (90, 1, 2, 3)]
    assert places == sorted(places)


def test_what_an_article_said_stays_and_its_corrections_are_listed(magazine: Magazine) -> None:
    article = published_with(magazine, text("<p>Nine otters</p>"))
    issue = make_issue(magazine)
    issue.publish()
    article.body = [("text", "<p>Ten otters</p>")]
    article.title = "Ten otters"
    article.save_revision().publish()
    article.correct("There were ten.")
    piece = piece_of(issue, "otters")
    assert (piece.headline, piece.body) == ("Otters", "<p>Nine otters</p>")
    assert [one.note for one in piece.amendments] == ["There were ten."]
    assert [(one.note, one.headline) for one in read(issue).amendments] == [("There were ten.", "Otters")]


def test_what_was_corrected_before_stands_with_the_article_alone(magazine: Magazine) -> None:
    article = published_with(magazine, text("<p>Nine otters</p>"))
    article.correct("There were nine.")
    issue = make_issue(magazine)
    issue.publish()
    assert read(issue).amendments == ()
    assert len(piece_of(issue, "otters").amendments) == 1


def test_the_next_issue_lists_what_was_corrected_since(magazine: Magazine) -> None:
    article = published_with(magazine, text("<p>Nine otters</p>"))
    first = make_issue(magazine)
    with clock.moved_to(clock.now() - timedelta(days=7)):
        first.publish()
    article.correct("There were ten.")
    first.correct("The cover named another river.")
    following = make_issue(magazine, number=2)
    assert {one.note for one in read(following).amendments} == {
        "There were ten.",
        "The cover named another river.",
    }


def test_what_is_withdrawn_goes_from_it_with_a_line(magazine: Magazine) -> None:
    article = published_with(magazine, text("<p>Nine otters</p>"))
    issue = make_issue(magazine)
    issue.publish()
    article.unpublish(log_action=True)
    found = read(issue)
    assert article.uuid not in {piece.uuid for piece in found.pieces}
    assert [(one.kind, one.headline) for one in found.amendments] == [("Withdrawn", "Otters")]
    Article.objects.get(pk=article.pk).delete()
    assert [one.headline for one in read(issue).amendments] == ["Otters"]


def test_cover_note_numbers_and_pictures_are_in_it(magazine: Magazine) -> None:
    fog = make_picture("fog")
    published_with(
        magazine, {"type": "picture", "value": value_of("picture", magazine) | {"image": fog.pk}}, picture=fog
    )
    issue = make_issue(magazine, cover=fog, cover_lines="The fog\n\nBells at sea", note="<p>Dear readers</p>")
    issue.add_department("The week in numbers", holds=Holding.NUMBERS)
    issue.numbers = [{"type": "chart", "value": value_of("chart", magazine)}]
    issue.save()
    found = read(WeeklyIssue.objects.get())
    assert found.cover_lines == ("The fog", "Bells at sea")
    assert found.note == "<p>Dear readers</p>"
    assert [image.name for image in found.images].count(f"picture-{fog.pk}.png") == 1
    assert found.cover
    assert found.cover.credit == "Ilse Marr / The Meridian"
    assert "Boats by port" in found.departments[-1].numbers
    assert (found.language, found.direction, found.magazine) == ("en-US", "ltr", "The Meridian")


def test_ten_articles_take_as_many_queries_as_five(magazine: Magazine) -> None:
    def write(first: int, last: int) -> None:
        for number in range(first, last):
            published_with(
                magazine,
                text(f'<p><a linktype="page" id="{magazine.article("reef").pk}">a</a></p>'),
                made.quotation(f"Words {number}", who=f"Speaker {number}"),
                made.facts(f"Fact {number}"),
                {"type": "picture", "value": value_of("picture", magazine)},
                slug=f"otters-{number}",
                picture=make_picture(f"otter {number}"),
            )

    def queries(issue: WeeklyIssue) -> int:
        with CaptureQueriesContext(connection) as asked:
            read(issue)
        return len(asked)

    write(0, 5)
    issue = make_issue(magazine)
    read(issue)
    few = queries(issue)
    write(5, 10)
    issue.refresh_from_db()
    fill(issue)
    assert queries(issue) == few
    issue.publish()
    assert queries(issue) <= few + 3

"""What preflight finds in an issue, each finding by what an editor or somebody else did."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Correction, LetterToEditor
from broadsheet.evidence.models import Source
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.weekly.content import Length
from broadsheet.weekly.errors import NotReady
from broadsheet.weekly.models import Holding, IssueItem, WeeklyIssue
from broadsheet.weekly.preflight.bodies import first_right_to_left
from broadsheet.weekly.preflight.checking import mark_of, preflight
from broadsheet.weekly.preflight.finding import Severity, Spot
from broadsheet.weekly.preflight.headlines import widow
from tests.evidence.made import term
from tests.magazine import Magazine, make_picture
from tests.weekly.issues import make_issue

ERROR, WARNING = Severity.ERROR, Severity.WARNING

pytestmark = pytest.mark.sqlite


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    return make_issue(magazine)


def found(issue: WeeklyIssue, words: str) -> list[Any]:
    return [one for one in preflight(issue) if words in one.message]


def the_finding(issue: WeeklyIssue, words: str) -> Any:
    ones = found(issue, words)
    assert len(ones) == 1, [one.message for one in preflight(issue)]
    return ones[0]


def first(issue: WeeklyIssue) -> IssueItem:
    item = issue.items.select_related("article").first()
    assert item
    return item


def rewrite(item: IssueItem, **fields: Any) -> Article:
    """Publishes the article again with other contents."""
    article: Any = Article.objects.get(pk=item.article_id)
    for name, value in fields.items():
        setattr(article, name, value)
    article.save_revision(log_action=False).publish(log_action=None)
    return article


def test_an_issue_of_the_magazine_has_no_errors(issue: WeeklyIssue) -> None:
    assert [one.message for one in preflight(issue) if one.severity == ERROR] == []


def test_what_is_grave_comes_first(issue: WeeklyIssue) -> None:
    first(issue).article.unpublish()
    severities = [one.severity for one in preflight(issue)]
    assert severities == sorted(severities, key=[ERROR, WARNING].index)


def test_an_issue_without_articles(magazine: Magazine) -> None:
    issue = WeeklyIssue.objects.create(
        edition="en-us", number=1, first_day=date(2020, 1, 1), last_day=date(2020, 1, 7)
    )
    assert the_finding(issue, "It has no articles.").severity == ERROR


def test_a_cover_that_is_missing_or_has_no_credit(issue: WeeklyIssue) -> None:
    assert the_finding(issue, "no cover picture").severity == WARNING
    issue.cover = make_picture("Harbour at dusk", credit="", description="")
    assert the_finding(issue, "“Harbour at dusk” has no credit").severity == ERROR
    assert the_finding(issue, "“Harbour at dusk” has no description").place.spot == Spot.PICTURE


def test_a_picture_in_a_body_without_credit(issue: WeeklyIssue) -> None:
    picture = make_picture("Ferry")
    shown = {"image": picture.pk, "caption": "", "alt": "", "width": "text"}
    item = first(issue)
    rewrite(item, body=[{"type": "text", "value": "<p>Words.</p>"}, {"type": "picture", "value": shown}])
    assert not found(issue, "“Ferry”")
    picture.credit = ""
    picture.save()
    finding = the_finding(issue, "“Ferry” has no credit")
    assert finding.severity == ERROR
    assert (finding.place.spot, finding.place.key) == (Spot.PICTURE, picture.pk)


def test_an_alternative_text_for_the_place_is_enough(issue: WeeklyIssue) -> None:
    picture = make_picture("Ferry", description="")
    shown = {"image": picture.pk, "caption": "", "alt": "A ferry", "width": "text"}
    rewrite(first(issue), body=[{"type": "text", "value": "<p>A.</p>"}, {"type": "picture", "value": shown}])
    assert not found(issue, "“Ferry”")


def test_an_article_that_is_withdrawn(issue: WeeklyIssue) -> None:
    item = first(issue)
    item.article.unpublish()
    finding = the_finding(issue, "no longer published")
    assert finding.severity == ERROR
    assert (finding.place.spot, finding.place.key, finding.place.name) == (
        Spot.CONTENTS,
        item.pk,
        item.article.title,
    )


def test_an_article_that_is_deleted(issue: WeeklyIssue) -> None:
    item = first(issue)
    item.article.delete()
    assert the_finding(issue, "no longer published").place.key == item.pk


def test_an_article_that_was_corrected_since(issue: WeeklyIssue) -> None:
    article = first(issue).article
    assert not found(issue, "corrected")
    article.correct("It was nine boats, not eight.")
    assert the_finding(issue, "It has been corrected since").severity == WARNING


def test_a_correction_from_before_it_was_placed_says_nothing(magazine: Magazine) -> None:
    magazine.article("harbour").correct("It was nine boats, not eight.")
    issue = make_issue(magazine)
    assert not found(issue, "corrected")


def test_an_article_that_was_retracted(issue: WeeklyIssue) -> None:
    first(issue).article.correct("None of it was so.", kind=Correction.Kind.RETRACTION)
    assert the_finding(issue, "retracted").severity == ERROR
    assert not found(issue, "corrected since")


def test_an_article_that_was_moved(issue: WeeklyIssue, magazine: Magazine, carla: Person) -> None:
    article = first(issue).article
    other = "ideas" if article.section.slug != "ideas" else "world"
    article.move(magazine.section(other), pos="last-child", user=carla)
    assert f"moved to {magazine.section(other).title}" in the_finding(issue, "has been moved").message


def test_an_article_that_became_for_subscribers_only(issue: WeeklyIssue) -> None:
    item = issue.items.exclude(placed_access="subscribers").first()
    assert item
    Article.objects.filter(pk=item.article_id).update(access="subscribers")
    assert the_finding(issue, "for subscribers only since").place.key == item.pk


def test_an_article_that_was_in_an_earlier_issue(issue: WeeklyIssue, magazine: Magazine) -> None:
    article = first(issue).article
    issue.publish()
    later = WeeklyIssue.objects.create(
        edition="en-us", number=2, first_day=date(2026, 3, 2), last_day=date(2026, 3, 8)
    )
    later.add(article)
    assert "No. 1 already" in the_finding(later, "It was in").message


def test_an_article_of_another_edition(issue: WeeklyIssue, magazine: Magazine) -> None:
    uk = Article.objects.descendant_of(magazine.uk).exclude(
        translation_key__in=issue.items.values("article_uuid")
    )
    if (other := uk.live().first()) is None:
        other = magazine.publish("fen", edition="uk")
    issue.add(other)
    assert the_finding(issue, "another edition").place.name == other.title


def test_a_short_form_that_is_chosen_and_not_written(issue: WeeklyIssue) -> None:
    item = first(issue)
    item.length = Length.SHORT
    item.short_form = "<p> </p>"
    item.save()
    finding = the_finding(issue, "short form is chosen")
    assert (finding.severity, finding.place.spot, finding.place.key) == (WARNING, Spot.SHORT_FORM, item.pk)
    item.short_form = "<p>Boats left.</p>"
    item.save()
    assert not found(issue, "short form is chosen")


def test_a_standfirst_that_is_chosen_and_not_there(issue: WeeklyIssue) -> None:
    item = first(issue)
    IssueItem.objects.filter(pk=item.pk).update(length=Length.STANDFIRST)
    Article.objects.filter(pk=item.article_id).update(standfirst="")
    assert the_finding(issue, "Only its standfirst").severity == ERROR


def test_an_empty_department(issue: WeeklyIssue) -> None:
    issue.add_department("Culture")
    assert the_finding(issue, "department is empty").place.name == "Culture"
    issue.add_department("Letters", holds=Holding.LETTERS)
    assert len(found(issue, "department is empty")) == 2


def test_a_letter_that_is_no_longer_published(issue: WeeklyIssue) -> None:
    letter = a_letter(first(issue).article)
    issue.add_department("Letters", holds=Holding.LETTERS)
    issue.choose_letters([letter])
    assert not found(issue, "letter of")
    letter.take_down()
    assert the_finding(issue, "The letter of").severity == ERROR


def test_letters_without_a_department(issue: WeeklyIssue) -> None:
    issue.choose_letters([a_letter(first(issue).article)])
    assert the_finding(issue, "no department holds them").severity == WARNING


def test_a_table_wider_than_the_page(issue: WeeklyIssue) -> None:
    rewrite(first(issue), body=[{"type": "text", "value": "<p>A.</p>"}, a_table(6)])
    assert not found(issue, "columns")
    rewrite(first(issue), body=[{"type": "text", "value": "<p>A.</p>"}, a_table(9)])
    assert "9 columns" in the_finding(issue, "columns").message


def test_a_piece_of_twenty_thousand_words(issue: WeeklyIssue) -> None:
    item = first(issue)
    rewrite(item, body=[{"type": "text", "value": f"<p>{'word ' * 20_000}</p>"}])
    assert "20000 words" in the_finding(issue, "Give it a short form").message
    item.refresh_from_db()
    item.length, item.short_form = Length.SHORT, "<p>Brief.</p>"
    item.save()
    assert not found(issue, "Give it a short form")


def test_words_from_right_to_left(issue: WeeklyIssue) -> None:
    rewrite(first(issue), body=[{"type": "text", "value": "<p>He said حرية التعبير حق لنا and left.</p>"}])
    assert "حرية التعبير حق" in the_finding(issue, "right to left").message


def test_characters_that_no_printed_face_has(issue: WeeklyIssue) -> None:
    rewrite(first(issue), body=[{"type": "text", "value": "<p>Ночь “—” 🌊 שלום, 東京.</p>"}])
    one = the_finding(issue, "crossed box")
    assert one.message.endswith(": 京 東")
    assert (one.severity, one.place.key) == (WARNING, first(issue).article_id)
    WeeklyIssue.objects.filter(pk=issue.pk).update(cover_lines="Tokyo, or 東京\nThe reef")
    issue.refresh_from_db()
    assert {one.place.spot for one in found(issue, "crossed box")} == {Spot.COVER, Spot.ARTICLE}


def test_the_first_words_from_right_to_left() -> None:
    assert first_right_to_left(["None here.", "then שלום לכם, and more"]) == "שלום לכם"
    assert first_right_to_left(["Étude, ночь, 東京"]) == ""


def test_a_number_that_leaves_one_out(issue: WeeklyIssue) -> None:
    WeeklyIssue.objects.create(
        edition="en-us", number=7, first_day=date(2026, 3, 2), last_day=date(2026, 3, 8)
    )
    late = WeeklyIssue.objects.get(number=7)
    assert "It follows No. 1 as No. 7." in the_finding(late, "It follows").message


def test_days_that_overlap_with_another_issue(issue: WeeklyIssue) -> None:
    day = issue.last_day
    WeeklyIssue.objects.create(edition="en-gb", number=2, first_day=day, last_day=day)
    assert not found(issue, "overlap")
    WeeklyIssue.objects.create(edition="en-us", number=2, first_day=day, last_day=day)
    assert "No. 2" in the_finding(issue, "overlap").message


def test_a_source_whose_link_is_dead(issue: WeeklyIssue) -> None:
    source = Source.objects.create(outlet="Port office", title="Log", link="https://port.example/log")
    cited = {"sources": [source.pk]}
    item = first(issue)
    rewrite(
        item,
        kind="news",
        body=[{"type": "text", "value": "<p>A.</p>"}, {"type": "further_sources", "value": cited}],
    )
    assert not [one for one in found(issue, "names no source") if one.place.key == item.article_id]
    now = clock.now()
    source.found(Source.LinkState.DEAD, "404", now - timedelta(days=2))
    source.found(Source.LinkState.DEAD, "404", now)
    finding = the_finding(issue, "“Port office, Log” is dead")
    assert (finding.severity, finding.place.spot, finding.place.key) == (WARNING, Spot.SOURCE, source.pk)
    source.archived_link = "https://archive.example/log"
    source.save()
    assert not found(issue, "is dead")


def test_a_contested_term_in_our_own_words(issue: WeeklyIssue) -> None:
    term("flats")
    terms = found(issue, "contested term")
    assert terms
    assert len({one.place.key for one in terms}) == len(terms), "each once an article"


@pytest.mark.parametrize(
    ("headline", "word"),
    [
        ("The boats that never came home to us", "us"),
        ("The boats that never came homeward", ""),
        ("Boats", ""),
        ("", ""),
    ],
)
def test_a_widow_is_one_short_word_on_the_last_line(headline: str, word: str) -> None:
    assert widow(headline, 34) == word


def test_a_widow_says_its_measure(issue: WeeklyIssue) -> None:
    rewrite(first(issue), title="The boats that never came home to us")
    assert "At 34 characters a line" in the_finding(issue, "“us” alone").message


def test_an_error_keeps_it_from_being_published(issue: WeeklyIssue) -> None:
    issue.cover = make_picture("Harbour at dusk", credit="")
    issue.save()
    with pytest.raises(NotReady) as refused:
        issue.publish()
    assert refused.value.faults == ["Cover: The picture “Harbour at dusk” has no credit."]


def test_other_warnings_have_another_mark(issue: WeeklyIssue) -> None:
    before = mark_of(preflight(issue))
    assert mark_of(preflight(issue)) == before
    first(issue).article.correct("Nine, not eight.")
    assert mark_of(preflight(issue)) != before


def test_it_takes_as_many_queries_for_more_articles(magazine: Magazine) -> None:
    few = a_long_issue(magazine, 3, number=1)
    many = a_long_issue(magazine, 12, number=2)
    counts = []
    for issue in (few, many, few, many):
        fresh = WeeklyIssue.objects.get(pk=issue.pk)
        with CaptureQueriesContext(connection) as queries:
            preflight(fresh)
        counts.append(len(queries))
    assert counts[2] == counts[3] <= 22, counts


def a_long_issue(magazine: Magazine, articles: int, number: int) -> WeeklyIssue:
    week = timedelta(days=7 * number)
    issue = WeeklyIssue.objects.create(
        edition="en-us", number=number, first_day=date(2025, 1, 6) + week, last_day=date(2025, 1, 12) + week
    )
    for one in range(articles):
        picture = make_picture(f"p{number}-{one}")
        shown = {"image": picture.pk, "caption": "", "alt": "", "width": "text"}
        body = [{"type": "text", "value": "<p>Some words.</p>"}, {"type": "picture", "value": shown}]
        issue.add(magazine.write(f"piece-{number}-{one}", live=True, body=body, picture=picture))
    return issue


def a_table(columns: int) -> dict[str, Any]:
    heads = [{"type": "text", "heading": f"C{number}"} for number in range(columns)]
    table = {"columns": heads, "rows": [{"values": ["1"] * columns}], "caption": ""}
    return {"type": "table", "value": {"table": table, "source": ""}}


def a_letter(article: Article) -> LetterToEditor:
    now = clock.now()
    words = "I read it twice, and agree with most."
    letter: LetterToEditor = LetterToEditor.objects.create(
        article=article,
        edition="en-us",
        state="published",
        name="Ada Brandt",
        place="Portland",
        email="ada@reader.example",
        text=words,
        draft=words,
        agreed=words,
        confirmed_at=now,
        published_at=now,
    )
    return letter

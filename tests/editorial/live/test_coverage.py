"""A coverage from its first entry to its end, and what of it everyone may read."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.editorial.models import (
    Article,
    Author,
    ChangedMeanwhileError,
    Coverage,
    Entry,
    NotPostedError,
    NotReadyError,
)
from broadsheet.evidence.models import Quotation
from broadsheet.importers.exporting.markup import html_of
from broadsheet.importers.exporting.pieces import Places, body_of
from broadsheet.people.models import Person
from tests.editorial.live import made
from tests.editorial.live.made import live_article, posted, text, vigil, words, written
from tests.evidence import made as evidence
from tests.magazine import Magazine, make_picture


def read(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_an_entry_begins_the_coverage_and_each_gets_the_next_number(magazine: Magazine, dev: Person) -> None:
    coverage = Coverage.of(live_article(magazine))
    assert not coverage.is_live
    first, second = posted(coverage, dev, 1), posted(coverage, dev, 2)
    coverage.refresh_from_db()
    assert coverage.is_live
    assert coverage.began_at == first.posted_at
    assert (first.number, second.number, coverage.state) == (1, 2, 2)


def test_a_form_that_is_sent_twice_makes_one_entry(magazine: Magazine, dev: Person) -> None:
    coverage, key = Coverage.of(live_article(magazine)), uuid4()
    fields: dict[str, Any] = {"by": dev, "authors": [], "headline": "A\x00 B", "body": [text(1)]}
    one = coverage.write(key, **fields)
    coverage.post(one)
    again = coverage.write(key, **fields)
    coverage.post(again)
    assert again == one
    assert Entry.objects.count() == 1
    with pytest.raises(NotPostedError, match="other words"):
        coverage.write(key, **(fields | {"headline": "Another"}))


def test_an_entry_lacks_what_an_article_would_lack(magazine: Magazine, dev: Person) -> None:
    coverage = Coverage.of(live_article(magazine))
    unsourced = evidence.quotation("It rose.", source=None)
    picture = make_picture("gate", credit="")
    uncredited = {"type": "picture", "value": {"image": picture.pk, "width": "text"}}
    for block, fault in (
        (unsourced, "has no source"),
        (uncredited, "has no credit"),
        ({"type": "text", "value": "<p></p>"}, "says nothing"),
    ):
        draft = written(coverage, dev, 1, body=[block])
        with pytest.raises(NotPostedError, match=fault):
            coverage.post(draft)
        draft.refresh_from_db()
        assert not draft.is_posted
    key_point = written(coverage, dev, 1, is_key_point=True, headline="")
    with pytest.raises(NotPostedError, match="needs a headline"):
        coverage.post(key_point)


def test_nothing_is_posted_before_publication_or_after_the_end(magazine: Magazine, dev: Person) -> None:
    unpublished = Coverage.of(magazine.write("vespers", kind="live"))
    with pytest.raises(NotPostedError, match="isn’t published"):
        posted(unpublished, dev, 1)
    coverage = Coverage.of(vigil(magazine, dev))
    with pytest.raises(NotPostedError, match="no entry"):
        unpublished.end("")
    coverage.end("It is over.")
    with pytest.raises(NotPostedError, match="has ended"):
        posted(coverage, dev, 5)
    coverage.take_up_again()
    assert posted(coverage, dev, 5).number == 5


def test_a_correction_says_what_and_when(magazine: Magazine, dev: Person) -> None:
    coverage = Coverage.of(vigil(magazine, dev))
    entry = coverage.entries.get(number=3)
    seen = entry.version
    change: dict[str, Any] = {"by": dev, "authors": [], "note": "Three boats, not four.", "body": [text(33)]}
    coverage.change(entry, seen=seen, **change)
    entry.refresh_from_db()
    assert words(33) in entry.text
    assert [one.note for one in entry.changes.all()] == ["Three boats, not four."]
    assert entry.changed_in == Coverage.of(coverage.article).state
    with pytest.raises(ChangedMeanwhileError):
        coverage.change(entry, seen=seen, **change)
    with pytest.raises(NotPostedError, match="says nothing"):
        coverage.change(entry, seen=entry.version, **(change | {"body": []}))
    entry.refresh_from_db()
    assert words(33) in entry.text


def test_a_withdrawn_entry_keeps_its_place_and_says_nothing(magazine: Magazine, dev: Person) -> None:
    article = vigil(magazine, dev)
    coverage = Coverage.of(article)
    coverage.withdraw(coverage.entries.get(number=4), "It was a rumour.")
    parts = read(article).parts
    shown = [block.value.number for block in parts.opening if block.block_type == "entry"]
    assert shown == [4, 3], "down to the newest that stands"
    assert words(4) not in read(article).public_text
    assert words(3) in read(article).public_text


def test_the_database_holds_what_must_hold(magazine: Magazine, dev: Person) -> None:
    entry = posted(Coverage.of(live_article(magazine)), dev, 1)
    for wrong in ({"number": None}, {"withdrawn_at": entry.posted_at}, {"is_key_point": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(**wrong)


def test_a_coverage_with_entries_stays_one(magazine: Magazine, dev: Person) -> None:
    article = vigil(magazine, dev)
    article.kind = "news"
    with pytest.raises(NotReadyError, match="stays a live coverage"):
        article.save_revision().publish()


def test_quotations_of_entries_are_rows_and_public_as_their_entry_is(magazine: Magazine, dev: Person) -> None:
    article = live_article(magazine)
    coverage = Coverage.of(article)
    posted(coverage, dev, 1, body=[evidence.quotation("The water rose all night long and nobody slept.")])
    assert Quotation.objects.get(page=article).in_opening
    posted(coverage, dev, 2)
    assert not Quotation.objects.get(page=article).in_opening
    coverage.withdraw(coverage.entries.get(number=1), "She did not say so.")
    assert not Quotation.objects.filter(page=article)


def test_a_copy_in_another_edition_shows_the_same_entries(magazine: Magazine, dev: Person) -> None:
    article = vigil(magazine, dev)
    copy = article.share_with(magazine.uk)
    posted(Coverage.of(article), dev, 5)
    assert words(5) in read(copy).public_text


def test_the_page_is_read_in_as_many_queries_for_many_entries(magazine: Magazine, dev: Person) -> None:
    def asked(article: Article) -> int:
        read(article).parts  # noqa: B018 (what is asked once and remembered)
        with CaptureQueriesContext(connection) as queries:
            found = read(article)
            for entry in found.coverage.shown if found.coverage else ():
                assert entry.plain_text
                assert [author.name for author in entry.authors.all()]
                list(entry.changes.all())
            assert found.sources
        return len(queries)

    article = live_article(magazine)
    coverage = Coverage.of(article)
    body = [text(1), evidence.quotation("The water rose all night long.")]
    for number in range(2):
        posted(coverage, dev, number, body=body)
    few = asked(article)
    for number in range(8):
        posted(coverage, dev, number, body=body)
    assert asked(article) == few


# --- The rule -----------------------------------------------------------------------------------------

STEPS = st.lists(
    st.sampled_from(["post", "key", "withdraw newest", "withdraw first"]), min_size=1, max_size=7
)


@pytest.mark.sqlite
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    # Each example makes a coverage of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_a_stranger_sees_the_newest_that_stands_and_what_was_withdrawn_above_it(
    magazine: Magazine, steps: list[str]
) -> None:
    coverage = Coverage.of(live_article(magazine, slug=f"vigil-{uuid4().hex[:8]}"))
    standing: list[int] = []
    points: list[int] = []
    number = 0
    for step in steps:
        if step in {"post", "key"}:
            number += 1
            posted(coverage, None, number, is_key_point=step == "key")
            standing.append(number)
            points += [number] if step == "key" else []
        elif standing:
            gone = standing.pop(-1 if step == "withdraw newest" else 0)
            points = [point for point in points if point != gone]
            coverage.withdraw(coverage.entries.get(number=gone), "Wrong.")
    article = read(coverage.article)
    public = article.public_text
    assert [n for n in range(1, number + 1) if words(n) in public] == standing[-1:]
    told = article.coverage
    assert [entry.number for entry in told.key_points if told] == points[::-1] if told else not number
    for point in points:
        assert f"Headline {made.mark(made.SLUG, point)}" in public
    whole = " ".join(block.value.plain_text for block in article.parts.rest if block.block_type == "entry")
    assert {n for n in standing[:-1] if words(n) in whole} == set(standing[:-1])


def test_authors_are_those_that_were_chosen(magazine: Magazine, dev: Person) -> None:
    both = list(Author.objects.all())
    coverage = Coverage.of(live_article(magazine))
    entry = coverage.write(uuid4(), by=dev, authors=both, body=[text(1)])
    assert list(entry.authors.all()) == both


def test_an_export_carries_all_entries_with_their_corrections(magazine: Magazine, dev: Person) -> None:
    article = vigil(magazine, dev)
    coverage = Coverage.of(article)
    entry = coverage.entries.get(number=3)
    coverage.change(entry, seen=entry.version, by=dev, authors=[], note="Not so many.", body=[text(3)])
    coverage.end("All went home.")
    places = Places(picture=lambda picture: picture.title, sound=str)
    html = html_of(body_of(read(article), places).pieces)
    told = [html.index(said) for said in ("All went home.", *map(words, (1, 2, 3, 4)))]
    assert told == sorted(told)
    assert "Not so many." in html
    assert f"Headline {made.mark(made.SLUG, 2)}" in html

"""The rows that a body names are read once for the whole of it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.body import BodyBlock
from broadsheet.evidence.models import Source, Speaker
from tests.evidence import made


def test_sources_and_speakers_of_all_blocks_take_a_query_each(db: None) -> None:
    body = [
        made.quotation("The water rose.", who="Ada Marsh"),
        made.facts("It rose two feet."),
        made.timeline(("1901", "It rose."), ("1801", "It fell.")),
        made.perspectives(("The port", "Higher.", ""), ("The town", "Lower.", "")),
    ]
    with CaptureQueriesContext(connection) as asked:
        read = list(BodyBlock().to_python(body))
    assert len(asked) == 2
    assert read[0].value.who.name == "Ada Marsh"
    assert read[1].value["items"][0].sources_here
    assert [position.who.name for position in read[3].value["positions"]] == ["The port", "The town"]


def test_many_bodies_are_read_as_one(db: None) -> None:
    bodies = [[made.quotation(f"Word {number}.", who=f"Speaker {number}")] for number in range(5)]
    with CaptureQueriesContext(connection) as asked:
        read = BodyBlock().bulk_to_python(bodies)
    assert len(asked) == 2
    assert [body[0].value.who.name for body in read] == [f"Speaker {number}" for number in range(5)]


def test_a_row_that_is_gone_is_none_and_a_merged_one_leads_on(db: None) -> None:
    gone = made.quotation("Word.", who="Ada Marsh")
    Speaker.objects.all().delete()
    merged = made.quotation("Word.", who="A. Marsh")
    speaker, source = Speaker.objects.get(), Source.objects.get()
    speaker.merge_into(Speaker.objects.create(name="Ada Marsh the Elder", slug="ada-marsh-the-elder"))
    read = list(
        BodyBlock().to_python([gone, merged, {**merged, "value": merged["value"] | {"source": None}}])
    )
    assert read[0].value.who is None
    assert read[1].value.who.name == "Ada Marsh the Elder"
    assert read[1].value.at == source
    assert read[2].value.at is None

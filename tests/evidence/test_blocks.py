from typing import Any

import pytest
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from broadsheet.editorial.body import BodyBlock
from broadsheet.evidence.blocks import EVIDENCE_BLOCKS, PartialDateBlock
from tests.evidence import made

BODY = BodyBlock()
NASTY = "<script>alert(1)</script>"


def value_of(written: dict[str, Any]) -> Any:
    return BODY.to_python([written])[0].value


def clean(written: dict[str, Any]) -> Any:
    return BODY.child_blocks[written["type"]].clean(value_of(written))


@pytest.mark.parametrize("written", ["2011", "2011-03", "2011-03-15", " 2011 "])
def test_a_date_may_be_known_in_part(written: str) -> None:
    assert PartialDateBlock().clean(written) == written.strip()


@pytest.mark.parametrize("written", ["March 2011", "2011-13", "2011-3", "2011-03-32", "11", "2011-03-15-01"])
def test_what_is_no_date_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(Exception, match="2011-03"):
        PartialDateBlock().clean(written)


def test_a_day_that_never_was_is_refused() -> None:
    with pytest.raises(Exception, match="no such day"):
        PartialDateBlock().clean("2011-02-30")


def test_a_timeline_is_ordered_by_the_software(db: None) -> None:
    timeline = value_of(made.timeline(("2015-10-20", "c"), ("2011", "a"), ("2011-03", "b")))
    assert [entry.value["when"] for entry in timeline.ordered()] == ["2011", "2011-03", "2015-10-20"]


def test_perspectives_need_two_sides(db: None) -> None:
    moscow, ankara = ("Moscow", "It is so.", ""), ("Ankara", "It isn’t.", "")
    for one_sided in [(moscow,), (moscow, moscow)]:
        with pytest.raises(StructBlockValidationError) as refused:
            clean(made.perspectives(*one_sided))
        assert "positions" in refused.value.block_errors
    assert clean(made.perspectives(moscow, ankara))["question"]


@pytest.mark.parametrize("fields", [{"sources": []}, {"as_of": None}])
def test_a_fact_needs_a_source_and_a_date(db: None, fields: dict[str, Any]) -> None:
    with pytest.raises(StructBlockValidationError) as refused:
        clean(made.facts("It rained.", **fields))
    assert isinstance(refused.value.block_errors["items"], ListBlockValidationError)


@pytest.mark.parametrize("missing", ["source", "speaker"])
def test_a_quotation_needs_a_speaker_and_a_source(db: None, missing: str) -> None:
    with pytest.raises(StructBlockValidationError) as refused:
        clean(made.quotation("It rained.", **{missing: None}))
    assert list(refused.value.block_errors) == [missing]


def test_a_value_knows_every_source_in_it(db: None) -> None:
    a, b = made.source("SANA"), made.source("The Kremlin")
    value = value_of(made.facts("It rained.", sources=[made.item(a.pk), made.item(b.pk)]))
    assert list(value.sources()) == [a, b]
    assert list(value_of(made.further("SANA", "The Kremlin")).sources()) == [a, b]
    assert list(value_of(made.contested()).sources()) == [made.source()]


def test_a_source_that_was_merged_shows_as_the_one_that_stayed(db: None) -> None:
    a, b = made.source("SANA"), made.source("Syrian Arab News Agency")
    value = value_of(made.quotation("It rained.", source=a.pk))
    a.merge_into(b)
    assert value_of(made.quotation("It rained.", source=a.pk)).at == b
    assert list(value.sources()) == [a]  # it was read before


def nasty(kind: str) -> dict[str, Any]:
    link = 'https://source.example/?a="><script>'
    made.source(NASTY, title=NASTY, link=link)
    mean = made.source(NASTY, link=link)
    made.speaker(NASTY)
    match kind:
        case "quotation":
            return made.quotation(NASTY, NASTY, role=NASTY, where=NASTY, source=mean.pk)
        case "facts":
            return made.facts(NASTY, sources=[made.item(mean.pk)])
        case "timeline":
            return made.timeline(("2011", NASTY), ("2012", NASTY))
        case "perspectives":
            return made.perspectives((NASTY, NASTY, NASTY), ("The town", NASTY, ""), question=NASTY)
        case "further_sources":
            return made.block("further_sources", {"sources": [made.item(mean.pk)]})
    word = made.term("mean")
    word.our_use = NASTY
    word.save()
    return made.contested("mean")


@pytest.mark.parametrize("name", [name for name, _block in EVIDENCE_BLOCKS])
def test_text_of_every_block_is_escaped_where_it_is_shown(db: None, name: str) -> None:
    html = BODY.child_blocks[name].render(value_of(nasty(name)))
    assert "<script" not in html
    assert name == "further_sources" or "&lt;script&gt;" in html


def test_a_running_quotation_stands_in_its_sentence(db: None) -> None:
    written = made.quotation("rose", setting="running", before="The water", after="all night.")
    html = " ".join(BODY.child_blocks["quotation"].render(value_of(written)).split())
    assert "The water <q" in html
    assert "</q> all night." in html
    assert "<details" in html


@pytest.mark.parametrize("setting", ["block", "running"])
def test_a_draft_shows_no_empty_quotation_marks(db: None, setting: str) -> None:
    written = value_of(made.quotation("", source=None, setting=setting))
    html = BODY.child_blocks["quotation"].render(written)
    assert "“" not in html
    assert "<q" not in html
    assert "blockquote" not in html


def test_a_draft_shows_no_empty_fact_entry_or_position(db: None) -> None:
    empty = {"holder": None, "position": "", "evidence": "", "source": None}
    drafts = {
        "facts": made.facts("", "It rained."),
        "timeline": made.timeline(("", ""), ("2011", "It rained.")),
        "perspectives": made.block("perspectives", {"question": "", "positions": [made.item(empty)]}),
    }
    html = {kind: BODY.child_blocks[kind].render(value_of(draft)) for kind, draft in drafts.items()}
    assert html["facts"].count("<li") == html["timeline"].count("<li") == 1
    assert 'class="position"' not in html["perspectives"]

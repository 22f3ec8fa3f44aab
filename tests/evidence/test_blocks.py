from typing import Any

import pytest
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from broadsheet.evidence.blocks import (
    EVIDENCE_BLOCKS,
    FactsBlock,
    PartialDateBlock,
    PerspectivesBlock,
    Source,
    TimelineBlock,
)

KREMLIN = {"name": "The Kremlin", "url": "http://en.kremlin.ru/"}


def position(holder: str) -> dict[str, Any]:
    return {"holder": holder, "position": "It is so.", "evidence": "", "source": KREMLIN}


@pytest.mark.parametrize("written", ["2011", "2011-03", "2011-03-15", " 2011 "])
def test_a_date_may_be_known_in_part(written: str) -> None:
    assert PartialDateBlock().clean(written) == written.strip()


@pytest.mark.parametrize("written", ["March 2011", "2011-13", "2011-3", "2011-03-32", "11", "2011-03-15-01"])
def test_what_is_no_date_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(Exception, match="2011-03"):
        PartialDateBlock().clean(written)


def test_a_timeline_is_ordered_by_the_software() -> None:
    entries = [{"when": when, "text": when, "source": KREMLIN} for when in ("2015-10-20", "2011", "2011-03")]
    timeline = TimelineBlock().to_python({"title": "The war", "entries": entries})
    assert [entry["when"] for entry in timeline.ordered()] == ["2011", "2011-03", "2015-10-20"]


def test_perspectives_need_two_sides() -> None:
    block = PerspectivesBlock()
    one = block.to_python({"question": "Whose war?", "positions": [position("Moscow")]})
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(one)
    assert isinstance(refused.value.block_errors["positions"], ListBlockValidationError)
    both = block.to_python({"question": "Whose war?", "positions": [position("Moscow"), position("Ankara")]})
    assert block.clean(both)["question"] == "Whose war?"


def test_a_fact_needs_a_source() -> None:
    block = FactsBlock()
    fact = {"text": "It rained.", "as_of": None, "source": {"name": "", "url": ""}}
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python({"title": "Facts", "items": [fact]}))


def test_a_value_knows_every_source_in_it() -> None:
    facts = [{"text": "A", "source": KREMLIN}, {"text": "B", "source": {"name": "SANA", "url": ""}}]
    value = FactsBlock().to_python({"title": "Facts", "items": facts})
    assert value.sources() == [Source("The Kremlin", "http://en.kremlin.ru/"), Source("SANA", "")]


@pytest.mark.parametrize(("name", "block"), EVIDENCE_BLOCKS)
def test_text_of_every_block_is_escaped_where_it_is_shown(name: str, block: Any) -> None:
    nasty = "<script>alert(1)</script>"
    source = {"name": nasty, "url": 'https://source.example/?a="><script>'}
    values = {
        "quotation": {"text": nasty, "speaker": nasty, "role": nasty, "where": nasty, "source": source},
        "facts": {"title": nasty, "items": [{"text": nasty, "source": source}]},
        "timeline": {"title": nasty, "entries": [{"when": "2011", "text": nasty, "source": source}] * 2},
        "perspectives": {
            "question": nasty,
            "positions": [{"holder": nasty, "position": nasty, "evidence": nasty, "source": source}] * 2,
        },
        "contested_term": {
            "term": nasty,
            "uses": [{"who": nasty, "whom": nasty}] * 2,
            "our_use": nasty,
            "source": source,
        },
    }
    html = block.render(block.to_python(values[name]))
    assert "<script" not in html
    assert "&lt;script&gt;" in html

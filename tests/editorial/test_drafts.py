"""What is written is saved as it is written: no block may ask for more than a publication does."""

from typing import Any

import pytest
from wagtail.blocks import StreamBlockValidationError

from broadsheet.editorial.models import Article
from tests.magazine import Magazine

BLOCKS = Article._meta.get_field("body").stream_block
PERSPECTIVES = {"question": "", "positions": [{"holder": None, "position": "", "source": None}]}


def body(kind: str, value: Any) -> Any:
    return BLOCKS.to_python([{"type": kind, "value": value, "id": "a"}])


@pytest.mark.parametrize("kind", BLOCKS.child_blocks)
def test_an_empty_block_is_saved_in_a_draft(db: None, kind: str) -> None:
    block = BLOCKS.child_blocks[kind]
    assert BLOCKS.clean_deferred(body(kind, block.get_prep_value(block.get_default())))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("perspectives", PERSPECTIVES), ("chart", {"title": "Boats", "kind": "bars", "figures": "Port,"})],
)
def test_a_block_half_written_is_saved_in_a_draft_alone(db: None, kind: str, value: Any) -> None:
    assert BLOCKS.clean_deferred(body(kind, value))
    with pytest.raises(StreamBlockValidationError):
        BLOCKS.clean(body(kind, value))


def test_what_is_missing_says_what_is_wrong_with_a_chart(magazine: Magazine) -> None:
    article = magazine.article("reef")
    written = {
        "title": "Boats",
        "kind": "bars",
        "figures": "Port,Boats\nHull,many",
        "source": "The tide office",
    }
    article.body = body("chart", written)
    (fault,) = article.faults()
    assert fault.startswith("Part 1 of the body (Chart): ")
    assert "many" in fault

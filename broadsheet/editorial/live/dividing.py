"""What of a live coverage everyone may read.

Everyone reads where it stands, its summary, the headlines of its key points, its newest entry, and the
opening of the article's own text. The older entries, and what stands below the opening, are withheld like
the rest of any article. Here alone that is decided: the page, `POST /read`, what is new since, its feed, the
search index and structured data are all made of these two parts.
"""

from typing import TYPE_CHECKING

from wagtail.blocks import StreamValue

from broadsheet.editorial.live.blocks import coverage_block, entry_block
from broadsheet.editorial.opening import Parts, divide, words_in

if TYPE_CHECKING:
    from broadsheet.editorial.models.coverage import Coverage


def divide_coverage(body: StreamValue, coverage: "Coverage", words: int) -> Parts:
    """The article's own opening introduces the entries; the rest of its text stands below them.

    The opening has the entries down to the newest that was not withdrawn.
    """
    entries = coverage.shown
    if not entries:
        return divide(body, words)
    told = sum(words_in(entry.plain_text) for entry in entries)
    own = divide(body, words, besides=told)
    newest = next((place for place, entry in enumerate(entries) if not entry.is_withdrawn), len(entries) - 1)
    blocks = [entry_block(entry) for entry in entries]
    cut = newest + 1
    return Parts(
        [*own.opening, coverage_block(coverage), *blocks[:cut]], [*blocks[cut:], *own.rest], own.words
    )


def oldest_first(parts: Parts) -> Parts:
    """The same with the entries in the order in which they were posted. For those who may read all of it."""
    entries = [block for block in [*parts.opening, *parts.rest] if block.block_type == "entry"]
    opening = [block for block in parts.opening if block.block_type != "entry"]
    rest = [block for block in parts.rest if block.block_type != "entry"]
    return Parts(opening, [*reversed(entries), *rest], parts.words)

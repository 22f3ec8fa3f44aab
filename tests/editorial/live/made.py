"""Live coverages for tests, whose every entry bears a mark as the blocks of the magazine's articles do."""

from typing import Any
from uuid import uuid4

from broadsheet.editorial.models import Article, Author, Coverage, Entry
from broadsheet.people.models import Person
from tests.magazine import Magazine, mark, text_block

SLUG = "vigil"


def words(number: int) -> str:
    """What the entry with this number says, and no other text of the magazine does."""
    return f"{mark(SLUG, number)} said at the gate"


def text(number: int) -> dict[str, Any]:
    return {"type": "text", "value": f"<p>{words(number)} that evening.</p>"}


def live_article(magazine: Magazine, slug: str = SLUG, **fields: Any) -> Article:
    """A published one without an entry, whose own text is a block above the wall and one below."""
    body = [text_block(slug, 90), {"type": "wall", "value": None}, text_block(slug, 91)]
    return magazine.publish(slug, kind="live", **({"body": body} | fields))


def written(coverage: Coverage, by: Person | None, number: int, **fields: Any) -> Entry:
    """A draft."""
    headline = f"Headline {mark(SLUG, number)}" if fields.get("is_key_point") else ""
    return coverage.write(
        uuid4(),
        by=by,
        authors=[Author.objects.get(slug="nell-abernathy")],
        **({"headline": headline, "body": [text(number)], "is_key_point": False} | fields),
    )


def posted(coverage: Coverage, by: Person | None, number: int, **fields: Any) -> Entry:
    entry = written(coverage, by, number, **fields)
    coverage.post(entry)
    return entry


def vigil(magazine: Magazine, by: Person | None, entries: int = 4, **fields: Any) -> Article:
    """A live coverage with so many entries; the second is a key point."""
    article = live_article(magazine, **fields)
    coverage = Coverage.of(article)
    for number in range(1, entries + 1):
        posted(coverage, by, number, is_key_point=number == 2)
    return magazine.article(article.slug, article.edition.slug)

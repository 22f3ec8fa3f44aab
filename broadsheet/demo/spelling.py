"""The spelling of each edition of the demo: a text for both is written once, in that of the first."""

import re
from typing import Any

from wagtail.actions.convert_alias import ConvertAliasPageAction

from broadsheet.demo.content import Body
from broadsheet.editorial.models import Article

PAIRS = (
    ("Mr.", "Mr"),
    ("Mrs.", "Mrs"),
    ("Dr.", "Dr"),
    ("percent", "per cent"),
    ("gray", "grey"),
    ("defense", "defence"),
    ("offense", "offence"),
    ("center", "centre"),
    ("meter", "metre"),
    ("meters", "metres"),
    ("liters", "litres"),
    ("kilometer", "kilometre"),
    ("rumors", "rumours"),
    ("neighbor", "neighbour"),
    ("neighbors", "neighbours"),
    ("Neighboring", "Neighbouring"),
    ("Harbor seals", "Harbour seals"),
    ("railroad", "railway"),
    ("installments", "instalments"),
    ("toward", "towards"),
    ("Toward", "Towards"),
    ("afterward", "afterwards"),
    ("organizations", "organisations"),
    ("skeptics", "sceptics"),
    ("Skeptics", "Sceptics"),
    ("burned out", "burnt out"),
    ("canceled", "cancelled"),
    ("cataloged", "catalogued"),
    ("curbs", "kerbs"),
    ("truck", "lorry"),
    ("trucks", "lorries"),
    ("cooperative", "co-operative"),
    ("traveled", "travelled"),
    ("archeologists", "archaeologists"),
)
"""American and British, as the articles need them. Proper names keep their spelling, so case counts."""

EXACT = {
    "quotation",
    "evidence",
    "source",
    "source_url",
    "url",
    "image",
    "picture",
    "slug",
    "published",
}
"""What is quoted, or names something."""
TAG_OR_QUOTATION = re.compile(r"(<[^>]*>|“[^”]*”)")


def respelled(written: Any, edition: str) -> Any:
    """A text of the demo, or the table of an article, in the spelling of the edition “us” or “uk”."""
    if isinstance(written, dict):
        return {key: part if key in EXACT else respelled(part, edition) for key, part in written.items()}
    if isinstance(written, list):
        return [respelled(part, edition) for part in written]
    if not isinstance(written, str):
        return written
    pieces = TAG_OR_QUOTATION.split(written)
    return "".join(piece if place % 2 else _words(piece, edition) for place, piece in enumerate(pieces))


def _words(text: str, edition: str) -> str:
    for american, british in PAIRS:
        old, new = (british, american) if edition == "us" else (american, british)
        after = r"[\w.]" if f"{old}." == new else r"\w"  # “Mr” is a part of “Mr.”
        text = re.sub(rf"(?<!\w){re.escape(old)}(?!{after})", new, text)
    return text


def make_own(alias: Article, written: dict[str, Any], body: Body) -> Article:
    """Makes a shared article one of the edition's own, with the text of `written`."""
    ConvertAliasPageAction(alias, log_action=None).execute(skip_permission_checks=True)
    page = Article.objects.get(pk=alias.pk)
    page.title, page.standfirst = written["headline"], written.get("standfirst", "")
    page.kicker, page.picture_caption = written.get("kicker", ""), written.get("picture_caption", "")
    page.body = Article.body.field.to_python(body.blocks(written["body"]))
    for correction, note in zip(page.corrections.all(), written.get("corrections", []), strict=True):
        correction.note = note["note"]
    page.save_revision(log_action=False).publish(log_action=None)
    return Article.objects.get(pk=alias.pk)

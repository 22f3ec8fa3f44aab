from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.rich_text import RichText, expand_db_html

from broadsheet.editorial.arrangement import (
    Arrangement,
    SectionArrangement,
    arrange,
    arrange_section,
    is_signed,
)
from broadsheet.editorial.media.renditions import FORMATS, address, size_of, srcset
from broadsheet.editorial.models import Article, Author, Picture
from broadsheet.editorial.models.coverage import Running, running
from broadsheet.editorial.opening import Bound
from broadsheet.platform import clock

register = template.Library()

SHORTEST_WITH_PROMOTION = 3

ALLOWED_TAGS = {
    "p", "h2", "h3", "b", "strong", "i", "em", "a", "ul", "ol", "li", "blockquote", "br", "hr", "sub", "sup"
}  # fmt: skip
FROM_BEFORE_TAGS = ALLOWED_TAGS | {
    "h4", "h5", "h6", "s", "u", "small", "mark", "code", "pre", "q", "cite", "abbr", "dl", "dt", "dd", "div",
    "figure", "figcaption", "details", "summary", "table", "caption", "thead", "tbody", "tfoot", "tr", "th",
    "td",
}  # fmt: skip
"""Nothing that loads anything: pictures and players are blocks of their own."""


@register.filter
def prose(value: Any) -> SafeString:
    """An editor's rich text as HTML, reduced to text markup and links."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    cleaned = nh3.clean(
        expand_db_html(source),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )
    return mark_safe(cleaned)  # noqa: S308 (cleaned by nh3 in the line above)


@register.filter
def from_before(value: Any) -> SafeString:
    """What was imported as HTML, reduced to markup that loads nothing and runs nothing."""
    cleaned = nh3.clean(
        str(value or ""),
        tags=FROM_BEFORE_TAGS,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )
    return mark_safe(cleaned)  # noqa: S308 (cleaned by nh3 in the line above)


@register.inclusion_tag("editorial/picture.html")
def picture(
    picture: Picture,
    shape: str = "whole",
    largest: int = 1280,
    sizes: str = "100vw",
    alt: str | None = None,
    eager: bool = False,
) -> dict[str, Any]:
    """`<picture>` in every modern format; `sizes` is the attribute of that name, `alt` overrides."""
    fallback = size_of(picture, shape, min(largest, 960))
    return {
        "sources": [
            (f"image/{file_format}", srcset(picture, shape, largest, file_format))
            for file_format in FORMATS[:-1]
        ],
        "src": address(picture, shape, fallback.width, FORMATS[-1]),
        "width": fallback.width,
        "height": fallback.height,
        "sizes": sizes,
        "alt": picture.default_alt_text if alt is None else alt,
        "eager": eager,
    }


@register.simple_tag(name="arrange")
def arranged(articles: list[Article], placed_elsewhere: Article | None = None) -> Arrangement:
    return arrange(article for article in articles if article != placed_elsewhere)


@register.simple_tag(name="arrange_section")
def arranged_section(articles: list[Article]) -> SectionArrangement:
    return arrange_section(articles)


@register.simple_tag
def shared_credit(articles: Iterable[Article], portraits: bool = False) -> str:
    """The credit that stands once for a whole region, where it would stand twice or more; else empty.

    With `portraits` it is that of the first authors' pictures.
    """
    pictures = [
        article.authors[0].picture
        if portraits and article.authors
        else None
        if portraits
        else article.picture
        for article in articles
    ]
    counted = Counter(picture.credit_line for picture in pictures if picture)
    credit, times = next(iter(counted.most_common(1)), ("", 0))
    return credit if times > 1 else ""


@register.simple_tag
def present() -> datetime:
    """The present moment; the template's time zone decides which day that is."""
    return clock.now()


@register.filter
def is_signed_view(article: Article) -> bool:
    return is_signed(article)


@register.filter
def goes_on(article: Article) -> Running | None:
    """What a list says of a live coverage; None once it has ended. It asks no database."""
    return running().get(article.alias_of_id or article.pk)


@dataclass(frozen=True, slots=True)
class Mention:
    """An author in a byline. `before` and `after` hold the words around the name, with their spaces."""

    before: str
    author: Author
    after: str
    ends_edition: bool
    """Whether the next name, if any, belongs to another edition."""


@register.filter
def in_one_sentence(authors: list[Author]) -> list[Mention]:
    """The names of a byline: “By A, B and C”."""
    mentions = []
    begins, ends = _("By {authors}").split("{authors}")
    between = pgettext("in a list", "{one}, {next}").removeprefix("{one}").removesuffix("{next}")
    at_last = pgettext("in a list", "{one} and {last}").removeprefix("{one}").removesuffix("{last}")
    for position, author in enumerate(authors):
        following = authors[position + 1] if position + 1 < len(authors) else None
        before = begins if position == 0 else between if following else at_last
        after = "" if following else ends
        ends_edition = following is None or following.edition_id != author.edition_id
        mentions.append(Mention(before, author, after, ends_edition))
    return mentions


@register.filter
def place_for_promotion(blocks: list[Bound]) -> int:
    """The number of the block after which a promotion may stand: about the middle, 0 where there is none.

    It stands between text and what begins anew, so that it parts no crosshead from its text and no evidence
    from what it proves; a short piece is left alone.
    """
    if len(blocks) < SHORTEST_WITH_PROMOTION:
        return 0
    places = [
        number
        for number, (block, following) in enumerate(pairwise(blocks), start=1)
        if block.block_type == "text" and following.block_type in {"text", "heading"}
    ]
    return min(places, key=lambda number: abs(number - len(blocks) / 2), default=0)

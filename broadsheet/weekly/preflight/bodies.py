"""Pictures, sources, words and tables of what the issue has of its articles."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Kind, Picture
from broadsheet.evidence.models import Citation, Source
from broadsheet.evidence.own_voice import uses_in
from broadsheet.weekly.content import Length
from broadsheet.weekly.laid_out import LaidOut
from broadsheet.weekly.preflight.articles import at_item
from broadsheet.weekly.preflight.finding import Finding, Place, Spot, error, warning

PICTURES = gettext_lazy("Pictures")
SOURCES = gettext_lazy("Sources")
TERMS = gettext_lazy("Contested terms")
WORDS = gettext_lazy("Length")
TABLES = gettext_lazy("Tables")
LANGUAGES = gettext_lazy("Languages")

MOST_COLUMNS = 6
"""Of a table, on the printed page."""
MOST_WORDS = 8_000
RESTS_ON_SOURCES = frozenset({Kind.NEWS, Kind.ANALYSIS, Kind.EXPLAINER, Kind.BRIEFING})
LETTERS = re.compile(r"[^\W\d_]+")


def check_picture(picture: Picture, alt: str, name: str) -> Iterator[Finding]:
    place = Place(Spot.PICTURE, picture.pk, name)
    called = {"title": picture.title}
    if not picture.may_be_published:
        yield error(PICTURES, _("The picture “%(title)s” has no credit.") % called, place)
    elif not picture.credit.strip():
        yield warning(PICTURES, _("Whose picture “%(title)s” is, is not known.") % called, place)
    if not (alt or picture.description).strip():
        said = _("The picture “%(title)s” has no description for those who can’t see it.")
        yield warning(PICTURES, said % called, place)


def check_pictures(laid: LaidOut) -> Iterator[Finding]:
    for one in laid.items:
        seen = set()
        if one.picture:
            seen.add(one.picture.pk)
            yield from check_picture(one.picture, "", one.headline)
        for placed in one.shape.pictures:
            picture = laid.pictures.get(placed.picture)
            if picture and picture.pk not in seen:
                seen.add(picture.pk)
                yield from check_picture(picture, placed.alt, one.headline)


def check_sources(laid: LaidOut) -> Iterator[Finding]:
    """By what the check of links has found."""
    keys = [one.item.article_id for one in laid.items if one.item.article_id]
    cited: dict[int, list[Source]] = defaultdict(list)
    for citation in (
        Citation.objects.filter(page__in=keys).select_related("source").order_by("page", "position")
    ):
        cited[citation.page_id].append(citation.source)
    for one in laid.items:
        if one.item.length != Length.FULL or one.article is None:
            continue
        sources = cited[one.article.pk]
        if not sources and one.article.kind in RESTS_ON_SOURCES:
            place = Place(Spot.ARTICLE, one.article.pk, one.headline)
            yield warning(SOURCES, _("It names no source."), place)
        for source in sources:
            if source.link_state == Source.LinkState.DEAD and not source.archived_link:
                said = _("The link of its source “%s” is dead, and there is no archived copy.") % source
                yield warning(SOURCES, said, Place(Spot.SOURCE, source.pk, one.headline))


def check_terms(laid: LaidOut) -> Iterator[Finding]:
    named = {str(one.item.pk): one for one in laid.items}
    texts = (
        (key, text)
        for key, one in named.items()
        for text in (one.headline, one.standfirst, *one.shape.texts)
        if text
    )
    told: set[tuple[str, int]] = set()
    for use in uses_in(texts):
        if (use.place, use.term.pk) in told:
            continue
        told.add((use.place, use.term.pk))
        one = named[use.place]
        said = _("“%(word)s” is a contested term, in our own words: “%(before)s%(word)s%(after)s”.")
        yield warning(
            TERMS,
            said % {"word": use.word, "before": use.before, "after": use.after},
            Place(Spot.ARTICLE, one.item.article_id, one.headline),
        )


def check_words(laid: LaidOut) -> Iterator[Finding]:
    is_rtl = is_right_to_left(laid.issue.edition)
    for one in laid.items:
        place = Place(Spot.ARTICLE, one.item.article_id, one.headline)
        if one.shape.words > MOST_WORDS:
            said = ngettext(
                "It has %d word. Give it a short form, or an issue of its own.",
                "It has %d words. Give it a short form, or an issue of its own.",
                one.shape.words,
            )
            yield warning(WORDS, said % one.shape.words, at_item(one))
        columns = max(one.shape.columns, default=0)
        if columns > MOST_COLUMNS:
            said = _("A table in it has %(columns)d columns, and a page has room for %(most)d.")
            yield warning(TABLES, said % {"columns": columns, "most": MOST_COLUMNS}, place)
        if not is_rtl and (words := first_right_to_left(one.shape.texts)):
            said = _(
                "It has words that run from right to left, and nothing says in which language: “%s”. Look at"
                " them in the files."
            )
            yield warning(LANGUAGES, said % words, place)


def is_right_to_left(language: str) -> bool:
    try:
        return bool(get_language_info(language)["bidi"])
    except KeyError:
        return False


def first_right_to_left(texts: Iterable[str]) -> str:
    """The first three words or fewer that stand together in such a script; empty where there are none."""
    for text in texts:
        words: list[str] = []
        for found in LETTERS.finditer(text):
            if unicodedata.bidirectional(found[0][0]) in {"R", "AL"}:
                words.append(found[0])
            elif words:
                break
            if len(words) == 3:
                break
        if words:
            return " ".join(words)
    return ""

"""Looks words up among the quotations and public texts: what was said so, altered, or cut out of more."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from broadsheet.evidence.comparing import Comparison, Match, compare
from broadsheet.evidence.models import Fingerprint, Quotation
from broadsheet.evidence.names import name_key
from broadsheet.evidence.words import marks_of, words_of

FEWEST_WORDS, LONGEST = 5, 1_500
MOST_MARKS = 250
CANDIDATES = 60
TEXTS = 8
OF_SPEAKER = 60
ANSWERS = 5
ORDER = [Match.VERBATIM, Match.CUT, Match.ALTERED]


class TooShortError(ValueError):
    """Fewer words than anybody can be held to."""


@dataclass(frozen=True, slots=True)
class Public:
    """What of our words everyone may read."""

    quotations: Callable[[QuerySet[Quotation]], QuerySet[Quotation]]
    """Narrows quotations to the public ones, each article once."""
    texts: Callable[[list[int]], dict[int, str]]
    """Page ids → the public running text of those that have one."""


@dataclass(frozen=True, slots=True)
class Found:
    comparison: Comparison
    page_id: int
    quotation: Quotation | None
    """None: it stands in the running text."""
    is_named: bool
    """Whether it is by whom the question names."""


def check(asked: str, name: str, public: Public) -> list[Found]:
    """The best answers first; empty where nothing like it is public here. Raises TooShortError."""
    words = words_of(asked[:LONGEST])
    if len(words) < FEWEST_WORDS:
        raise TooShortError
    quotation_ids, page_ids = _candidates(words)
    quoted = Quotation.objects.select_related("speaker", "source__merged_into").order_by("-pk")
    quotations = list(public.quotations(quoted.filter(pk__in=quotation_ids))) if quotation_ids else []
    if not quotations and name_key(name):
        by_them = quoted.filter(speaker__name_key__contains=name_key(name))
        quotations = list(public.quotations(by_them)[:OF_SPEAKER])
    found = [
        Found(comparison, quotation.page_id, quotation, _is_named(quotation, name))
        for quotation in quotations
        if (comparison := compare(asked[:LONGEST], quotation.text, is_quotation=True))
    ]
    found += [
        Found(comparison, page_id, None, False)
        for page_id, text in public.texts(page_ids[:TEXTS]).items()
        if (comparison := compare(asked[:LONGEST], text, is_quotation=False))
    ]
    return _best(found)


def _candidates(words: list[str]) -> tuple[list[int], list[int]]:
    """Quotations and pages that share most marks with the question."""
    marks = list(dict.fromkeys(marks_of(words)))[:MOST_MARKS]
    shared = Fingerprint.objects.filter(value__in=marks).order_by().values_list("page", "quotation")
    # One question for both: SQLite would look for those without a quotation by that, which most are.
    found = list(shared.annotate(shared=Count("pk")).order_by("-shared", "-page", "quotation")[:CANDIDATES])
    return (
        [quotation for _page, quotation, _shared in found if quotation],
        [page for page, quotation, _shared in found if not quotation],
    )


def _is_named(quotation: Quotation, name: str) -> bool:
    return bool(name_key(name)) and name_key(name) in quotation.speaker.name_key


def _best(found: list[Found]) -> list[Found]:
    """The surest first, then those by whom is named. A text that holds one of the quotations is left out."""
    ordered = sorted(
        found,
        key=lambda one: (
            ORDER.index(one.comparison.match),
            not one.is_named,
            one.quotation is None,
            -one.comparison.likeness,
        ),
    )
    quoted_in = {one.page_id for one in found if one.quotation}
    kept = [one for one in ordered if one.quotation or one.page_id not in quoted_in]
    sure = [one for one in kept if one.comparison.match != Match.ALTERED]
    # Who said just this needn't read who said something like it.
    return (sure or kept)[:ANSWERS]

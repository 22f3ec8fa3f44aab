"""Characters that no face of the printed files has."""

from collections.abc import Iterator

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.weekly.content import Length
from broadsheet.weekly.laid_out import LaidItem, LaidOut
from broadsheet.weekly.pdf.rare import unprintable_in
from broadsheet.weekly.preflight.finding import Finding, Place, Spot, warning

CHARACTERS = gettext_lazy("Characters")
MOST_SHOWN = 12


def check_characters(laid: LaidOut) -> Iterator[Finding]:
    for place, texts in _places(laid):
        if found := unprintable_in(texts):
            shown = " ".join(found[:MOST_SHOWN]) + (" …" if len(found) > MOST_SHOWN else "")
            said = _("A crossed box is printed for each of these: %s")
            yield warning(CHARACTERS, said % shown, place)


def _places(laid: LaidOut) -> Iterator[tuple[Place, tuple[str, ...]]]:
    issue = laid.issue
    departments = (one.department.name for one in laid.departments)
    own = (issue.cover_lines, strip_tags(issue.note), issue.note_by)
    yield Place(Spot.COVER, None, _("Cover")), own
    yield Place(Spot.CONTENTS), tuple(departments)
    for one in laid.items:
        yield _place_of(one), (one.headline, one.standfirst, *one.shape.texts)
    for letter in laid.letters:
        yield Place(Spot.LETTER, letter.pk, letter.signature), (letter.agreed, letter.signature)


def _place_of(one: LaidItem) -> Place:
    if one.item.length == Length.SHORT and one.item.short_form:
        return Place(Spot.SHORT_FORM, one.item.pk, one.headline)
    return Place(Spot.ARTICLE, one.item.article_id, one.headline)

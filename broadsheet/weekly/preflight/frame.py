"""What holds the articles together: cover, number and days, departments, letters."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.editorial.models import LetterState
from broadsheet.weekly.laid_out import LaidOut
from broadsheet.weekly.models import Holding, State, WeeklyIssue
from broadsheet.weekly.preflight.bodies import check_picture
from broadsheet.weekly.preflight.finding import Finding, Place, Spot, error, warning

COVER = gettext_lazy("Cover")
DAYS = gettext_lazy("Number and days")
CONTENTS = gettext_lazy("Contents")
LETTERS = gettext_lazy("Letters to the editor")


def check_cover(laid: LaidOut) -> Iterator[Finding]:
    issue, place = laid.issue, Place(Spot.COVER, None, _("Cover"))
    if issue.cover is None:
        yield warning(COVER, _("There is no cover picture: the cover is set in type alone."), place)
    else:
        yield from check_picture(issue.cover, "", _("Cover"))
    if not issue.cover_lines.strip():
        yield warning(COVER, _("There are no lines on the cover."), place)


def check_days(laid: LaidOut) -> Iterator[Finding]:
    issue, place = laid.issue, Place(Spot.DAYS)
    others = list(
        WeeklyIssue.objects.of(issue.edition)
        .exclude(pk=issue.pk)
        .exclude(state=State.WITHDRAWN)
        .defer("numbers")
    )
    for other in others:
        if other.first_day <= issue.last_day and issue.first_day <= other.last_day:
            yield warning(DAYS, _("Its days overlap with those of No. %d.") % other.number, place)
    if any(other.number == issue.number for other in others):
        yield error(DAYS, _("There is another No. %d.") % issue.number, place)
    before = max((other.number for other in others if other.number < issue.number), default=None)
    if before is not None and before != issue.number - 1:
        said = _("It follows No. %(before)d as No. %(number)d.")
        yield warning(DAYS, said % {"before": before, "number": issue.number}, place)


def check_filled(laid: LaidOut) -> Iterator[Finding]:
    if not laid.items:
        yield error(CONTENTS, _("It has no articles."), Place(Spot.CONTENTS))


def check_departments(laid: LaidOut) -> Iterator[Finding]:
    held = set()
    for one in laid.departments:
        holds = Holding(one.department.holds)
        held.add(holds)
        has = {
            Holding.ARTICLES: bool(one.items),
            Holding.LETTERS: bool(laid.letters),
            Holding.NUMBERS: bool(laid.issue.numbers),
        }
        if not has[holds]:
            place = Place(Spot.CONTENTS, None, one.department.name)
            yield warning(CONTENTS, _("This department is empty, and is left out."), place)
    if laid.letters and Holding.LETTERS not in held:
        yield warning(CONTENTS, _("Letters are chosen, and no department holds them."), Place(Spot.CONTENTS))
    if laid.issue.numbers and Holding.NUMBERS not in held:
        said = _("There are numbers of the week, and no department holds them.")
        yield warning(CONTENTS, said, Place(Spot.CONTENTS))


def check_letters(laid: LaidOut) -> Iterator[Finding]:
    for letter in laid.letters:
        if letter.state != LetterState.PUBLISHED or not letter.article.live:
            said = _("The letter of %s is no longer published. Take it out.") % letter.signature
            yield error(LETTERS, said, Place(Spot.LETTER, letter.pk))

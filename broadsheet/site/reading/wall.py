"""The wall that a visitor meets before one article, and the experiment that it may be a part of."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from broadsheet.editorial.models import Publication
from broadsheet.paywall.experiments import allotment
from broadsheet.paywall.experiments.allotment import COOKIE, Stage, trial_of, variant_of
from broadsheet.paywall.wall.wall import Wall, wall_before
from broadsheet.people.current import reader_of
from broadsheet.site.reading.counting import is_robots, is_speculative
from broadsheet.site.reading.visitors import Case, is_known_by_cookie


def wall_of(request: HttpRequest, case: Case) -> Wall | None:
    """None where the article opens, or would by one of the allowance."""
    if not case.verdict.is_wall:
        return None
    return wall_before(
        case.verdict,
        is_reader=case.visitor.is_reader,
        access=case.access,
        meter_rules=case.meter_rules,
        renews_at=case.renews_at,
        publication=Publication.load(request_or_site=request).name,
        tag=get_language() or "",
        variant=variant_of(request, case.reader),
        reader=case.reader,
    )


def enrol(request: HttpRequest) -> None:
    """Gives a stranger who posts their variant, where an experiment runs."""
    if not is_known_by_cookie(request) and reader_of(request) is None and not is_robots(request):
        allotment.draw(request)


def follow_trial(request: HttpRequest, response: HttpResponse, case: Case) -> None:
    """Counts how far the visitor has come, by what they look at.

    A page sets no cookie but in a browser that has one of these.
    """
    if request.method != "POST" and COOKIE not in request.COOKIES:
        return
    if request.method == "HEAD" or is_speculative(request):
        return
    reader, trial = case.reader, trial_of(request, case.reader)
    if trial and trial.stage < Stage.SETTLED and case.visitor.is_subscriber:
        reader = reader or reader_of(request)  # known by their card, which doesn't say since when
    allotment.follow(request, response, case.verdict, reader)

"""The wall that a visitor meets before one article, and the experiment that it may be a part of."""

from django.http import HttpResponse

from broadsheet.paywall.experiments.allotment import Stage
from broadsheet.paywall.wall.wall import Wall, wall_before
from broadsheet.site.reading.case import Case
from broadsheet.site.reading.visit import Visit


def wall_of(case: Case) -> Wall | None:
    """None where the article opens, or would by one of the allowance."""
    if not case.verdict.is_wall:
        return None
    visit = case.visit
    return wall_before(
        case.verdict,
        is_reader=case.visitor.is_reader,
        access=case.access,
        meter_rules=case.meter_rules,
        renews_at=case.renews_at,
        publication=visit.publication.name,
        tag=visit.tag,
        variant=visit.allotment.variant_of(case.reader),
        reader=case.reader,
    )


def enrol(visit: Visit) -> None:
    """Gives a stranger who posts their variant, where an experiment runs."""
    if not visit.is_reader and not visit.is_robot:
        visit.allotment.draw()


def follow_trial(response: HttpResponse, case: Case) -> None:
    """Counts how far the visitor has come, by what they look at.

    A page sets no cookie but in a browser that has one of these.
    """
    visit = case.visit
    if not visit.is_post and not visit.allotment.has_cookie:
        return
    if visit.is_head or visit.is_speculative:
        return
    reader, trial = case.reader, visit.allotment.trial_of(case.reader)
    if trial and trial.stage < Stage.SETTLED and case.visitor.is_subscriber:
        reader = visit.person  # the entitlement cookie doesn't say since when they are one
    visit.allotment.follow(response, case.verdict, reader, visit.publication.zone)

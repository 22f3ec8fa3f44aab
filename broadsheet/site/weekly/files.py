"""An issue as a file, for whoever may have it, with the number of whoever gets it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from limits import RateLimitItemPerHour

from broadsheet.editorial.models import Publication
from broadsheet.library.signing_in import sign_in_first
from broadsheet.membership.models import Institution
from broadsheet.people.models import Person
from broadsheet.platform.http.refusals import refuse, wants_json
from broadsheet.platform.http.robots import out_of_sight
from broadsheet.platform.limiting import InMemory, Limiter
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS
from broadsheet.site.reading.visit import Visit
from broadsheet.weekly.files import makers
from broadsheet.weekly.files.makers import Maker
from broadsheet.weekly.files.right import may_have_files
from broadsheet.weekly.files.stamped import Stamped
from broadsheet.weekly.models import IssueFile, ReaderNumber, State, WeeklyIssue

FILES_AN_HOUR = RateLimitItemPerHour(60)
"""Of one reader."""
FILES_OF_AN_INSTITUTION = RateLimitItemPerHour(600)
NO_ISSUE = _("There is no such issue.")
WITHDRAWN = _("This issue was withdrawn.")
NO_FILE = _("There is no such file of this issue.")
NOT_YET = _("This file is being made. It is ready in a few minutes.")
NOT_OPEN = _("The issue as a file is for subscribers.")
BUSY = _("You have downloaded very many files. Try again in an hour.")
TO_FILES = "#files"
"""Where they stand on the issue's page."""

limiter = Limiter(InMemory())


@dataclass(frozen=True, slots=True)
class Found:
    issue: WeeklyIssue
    row: IssueFile
    maker: Maker


class Missing(Exception):
    def __init__(self, response: HttpResponse) -> None:
        self.response = response


@require_safe
def download(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    visit = Visit.of(request)
    try:
        issue = issue_at(request, number)
        if visit.claim.is_refused:
            return refuse(request, 403, NOT_FOR_ROBOTS)
        person, institution = visit.person, visit.institution
        if not may_have_files(person, institution):
            return _turn_away(request, person, issue)
        holder = person or institution
        assert holder is not None  # noqa: S101 (else they may not)
        return sent(request, found_in(request, issue, kind), holder)
    except Missing as missing:
        return out_of_sight(missing.response)


def issue_at(request: HttpRequest, number: int) -> WeeklyIssue:
    """The published issue of the edition that the address names; raises Missing."""
    issues = WeeklyIssue.objects.of(Visit.of(request).tag)
    issue = issues.filter(number=number, state__in=[State.PUBLISHED, State.WITHDRAWN]).first()
    if issue is None:
        raise Missing(refuse(request, 404, NO_ISSUE))
    if issue.state == State.WITHDRAWN:
        raise Missing(refuse(request, 410, WITHDRAWN))
    return issue


def found_in(request: HttpRequest, issue: WeeklyIssue, kind: str) -> Found:
    """Raises Missing."""
    maker = makers.maker_of(kind)
    row = IssueFile.objects.filter(issue=issue, kind=kind).first() if maker else None
    if maker is None or row is None or (row.is_failed and not row.is_there):
        raise Missing(refuse(request, 404, NO_FILE))
    if not row.is_there:
        later = refuse(request, 503, NOT_YET)
        later.headers["Retry-After"] = "120"
        raise Missing(later)
    return Found(issue, row, maker)


def sent(request: HttpRequest, found: Found, holder: Person | Institution) -> HttpResponseBase:
    """The file, with the number of `holder`; why not, where they asked for very many."""
    rate = FILES_AN_HOUR if isinstance(holder, Person) else FILES_OF_AN_INSTITUTION
    whose = f"{type(holder).__name__} {holder.pk}"
    if request.method == "GET" and not limiter.hit(rate, "weekly.download", whose):
        busy = refuse(request, 429, BUSY)
        busy.headers["Retry-After"] = "3600"
        return out_of_sight(busy)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=found.maker.media_type)
    else:
        number = str(ReaderNumber.objects.of(holder))
        try:
            file = Stamped(found.row, found.maker, number)
        except FileNotFoundError:
            return out_of_sight(refuse(request, 404, NO_FILE))
        response = StreamingHttpResponse(file, content_type=found.maker.media_type)
    response.headers["Content-Length"] = str(found.row.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(request, found)}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return out_of_sight(response)  # type: ignore[type-var]


def file_name(request: HttpRequest, found: Found) -> str:
    """“the-meridian-12-a4.pdf”, whatever letters the name is written in."""
    name = slugify(Publication.load(request_or_site=request).name) or "issue"
    shape = found.maker.kind.removeprefix(found.maker.ending).strip("-")
    return "-".join(filter(None, [name, str(found.issue.number), shape])) + f".{found.maker.ending}"


def _turn_away(request: HttpRequest, person: Person | None, issue: WeeklyIssue) -> HttpResponse:
    """A stranger signs in and comes back to the issue; a reader without the right is told what it takes."""
    landing = f"{issue.path}{TO_FILES}"
    if person is None:
        return sign_in_first(request, landing)
    if wants_json(request):
        return out_of_sight(refuse(request, 403, NOT_OPEN))
    context = {"reason": NOT_OPEN, "issue": issue, "landing": landing}
    return out_of_sight(render(request, "site/weekly/no_files.html", context, status=403))

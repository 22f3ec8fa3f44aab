"""The sound of an article, for whoever may read all of it. The right is asked for at each request, and spends
nothing."""

from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Narration
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.ranges import serve_file
from broadsheet.platform.http.refusals import refuse
from broadsheet.site.reading.case import Case
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS
from broadsheet.site.reading.visit import Visit

NO_SOUND = gettext_lazy("There is no such audio version.")
NOT_OPEN = gettext_lazy("The audio version is for those who may read the whole article.")


@require_safe
def listen(request: HttpRequest, uuid: str, version: str, ending: str) -> HttpResponseBase:
    visit = Visit.of(request)
    found = heard_at(uuid, visit)
    if found is None:
        return refuse(request, 404, NO_SOUND)
    if visit.claim.is_refused:
        return refuse(request, 403, NOT_FOR_ROBOTS)
    article, narration = found
    case = Case.of(visit, article)
    if not case.verdict.opens:
        return refuse(request, 403, NOT_OPEN)
    if not is_present(narration, version, ending):
        return for_nobody_else(redirect(narration.address_for(article)))
    response = file_of(request, narration)
    if case.verdict.reason == Reason.FREE:
        return as_cacheable_as(request, response)
    return for_nobody_else(response)


def heard_at(uuid: str, visit: Visit) -> tuple[Article, Narration] | None:
    """The article of the edition that the address names, with its sound; None where it lacks either."""
    article = find_article(uuid)
    if article is None or article.locale.language_code != visit.tag:
        return None
    article.publication = visit.publication
    narration = Narration.objects.heard(article)
    return (article, narration) if narration else None


def is_present(narration: Narration, version: str, ending: str) -> bool:
    """Whether an address is that of the present version: an app may know one that was replaced since."""
    return (version, ending) == (narration.version, narration.ending)


def file_of(request: HttpRequest, narration: Narration) -> HttpResponse:
    """The file, or the range of it that is asked for; a page that it is not there."""
    try:
        file = cast(BinaryIO, narration.file.open("rb"))
    except FileNotFoundError:
        return refuse(request, 404, NO_SOUND)
    wanted = request.headers.get("Range", "")
    response = serve_file(file, narration.size, narration.content_type, wanted)
    # An upload that pretends to be a page must not run as one.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)  # it is never cached by its content

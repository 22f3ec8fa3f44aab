"""A newsletter's links: ``/c/<token>``, which are counted, and ``/n/<token>``, which leave a pass and lead to
the article."""

import logging

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from broadsheet.editorial.lookup import find_article
from broadsheet.membership.cookies import set_pass
from broadsheet.membership.passes import TOKEN, PassError, PassExpiredError, read
from broadsheet.newsletters import clicks
from broadsheet.platform import clock
from broadsheet.platform.http.redirects import with_query
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.site.reading.reading import UNKNOWN

NO_LINK = gettext_lazy(
    "No newsletter of ours has this link. Perhaps it was cut off on the way: copy all of it."
)

logger = logging.getLogger(__name__)


@require_safe
def followed(request: HttpRequest, token: str) -> HttpResponse:
    """Leads to where an issue's link leads, and counts that somebody went there: not who.

    A pass, `?pass=`, is handed on to the link that reads it.
    """
    found = clicks.followed(token, signing_keys())
    if found is None:
        return confidential(refuse(request, 404, NO_LINK))
    headers = request.headers
    by_machine = clicks.is_machine(
        request.method or "", headers.get("User-Agent", ""), headers.get("Sec-Purpose", "")
    )
    try:
        clicks.count(found, by_machine=by_machine)
    except (DatabaseError, InterfaceError) as error:
        # Whoever wants to read need not wait until it can be written again.
        logger.warning("A click can't be counted: %s", error)
    given = request.GET.get("pass", "")
    if found.link.article_uuid and TOKEN.fullmatch(given):
        return confidential(redirect("newsletter_link", given))
    return confidential(redirect(found.link.url))


@require_safe
def from_newsletter(request: HttpRequest, token: str) -> HttpResponse:
    """Counts nothing. An expired link still knows its article, before which its wall stands."""
    try:
        found = read(token, signing_keys(), clock.now())
        is_valid = True
    except PassExpiredError as error:
        found = error.expired
        is_valid = False
    except PassError:
        return confidential(refuse(request, 404, UNKNOWN))
    article = find_article(str(found.article))
    if article is None:
        return confidential(refuse(request, 404, UNKNOWN))
    response = redirect(with_query(article.get_url(request), request))
    if is_valid and request.method == "GET":
        set_pass(response, found)
    return confidential(response)

"""``/n/<token>``: a newsletter's link, which leaves its pass in the browser and leads to the article."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from broadsheet.editorial.lookup import find_article
from broadsheet.membership.cookies import set_pass
from broadsheet.membership.passes import PassError, PassExpiredError, read
from broadsheet.platform import clock
from broadsheet.platform.http.redirects import with_query
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.site.reading.reading import UNKNOWN


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

"""``POST /opened/<uuid>``: a free article is looked at.

Its page may come from a CDN, so that no request for it need arrive here. The page's script says so once,
when the page is shown. Without script a free article isn't counted.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from broadsheet.editorial.access import Access
from broadsheet.editorial.lookup import find_article
from broadsheet.paywall.access import ruling
from broadsheet.paywall.networks import PerNetwork
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.refusals import refuse
from broadsheet.site.reading.case import count_open
from broadsheet.site.reading.reading import UNKNOWN
from broadsheet.site.reading.visit import Visit

# Anybody can send this as often as they like; it must not write the list of what is most read.
opens = PerNetwork("opens", timedelta(minutes=10))


@require_POST
@same_origin_only()
def opened(request: HttpRequest, uuid: str) -> HttpResponse:
    visit = Visit.of(request)
    if visit.is_speculative or visit.is_robot:
        return refuse(request, 403, gettext("Only what a reader looks at is counted."))
    article = find_article(uuid)
    if article is None:
        return refuse(request, 404, UNKNOWN)
    # The opens of other articles are counted where they are opened.
    is_counted = ruling(article).access == Access.FREE and not visit.works_here
    if is_counted and opens.take(visit.address, 1, article.uuid.bytes):
        count_open(visit, article, Reason.FREE)
    return for_nobody_else(HttpResponse(status=204))

"""What a visitor may read before anything is counted, asked in the order of the verdict's checks.

Each right is asked for only where none before it opens the article already: most cost a query.
"""

from django.http import HttpRequest

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement, Institution
from broadsheet.meter.allowance import Visitor
from broadsheet.meter.crawlers.claim import Claim, claim_of
from broadsheet.people.models import Person


def rights_of(request: HttpRequest, reader: Person | None, article: Article, access: str) -> Visitor:
    """Who it is, without the grants that they hold."""
    if reader and reader.is_of_the_staff:
        return Visitor(is_reader=True, is_staff=True)
    # Of a free article too: a subscriber is shown no promotions.
    if reader and Entitlement.objects.entitle(reader):
        return Visitor(is_reader=True, is_subscriber=True)
    if access == Access.FREE:
        return Visitor(is_reader=reader is not None)
    if institution_of(request, reader):
        return Visitor(is_reader=reader is not None, is_of_institution=True)
    return Visitor(is_reader=reader is not None, is_proven_crawler=claim_in(request).reads_all)


def address_of(request: HttpRequest) -> str:
    """The visitor's own, which TrustedProxyMiddleware has settled."""
    return request.META.get("REMOTE_ADDR", "")


def institution_of(request: HttpRequest, reader: Person | None) -> Institution | None:
    """By the address, by the cookie that a post from there left, or by the reader's mailbox."""
    live = Institution.objects.live()
    found = live.having_address(address_of(request)) | Institution.objects.admitting(request.COOKIES)
    if reader:
        found |= live.having_mailbox(reader.email)
    return found.first()


def claim_in(request: HttpRequest) -> Claim:
    """Which crawler asks, by the name it gives itself, and whether that is proven."""
    return claim_of(request.headers.get("User-Agent", ""), address_of(request))

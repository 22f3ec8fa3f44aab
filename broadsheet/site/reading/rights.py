"""What a visitor may read before anything is counted, asked in the order of the verdict's checks.

Each right is asked for only where none before it opens the article already: most cost a query.
"""

from django.http import HttpRequest

from broadsheet.crawlers.claim import Claim, claim_of
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.membership.admission import admitting
from broadsheet.membership.models import Entitlement, Institution
from broadsheet.membership.passes import passes_in
from broadsheet.paywall.gift_links.cookie import gifts_in
from broadsheet.paywall.verdict import Visitor
from broadsheet.people.models import Person


def rights_of(request: HttpRequest, reader: Person | None, article: Article, access: str) -> Visitor:
    """Who it is, without the grants that they hold."""
    if reader and reader.is_staff:
        return Visitor(is_reader=True, is_staff=True)
    # Of a free article too: a subscriber is shown no promotions.
    if reader and Entitlement.objects.entitle(reader):
        return Visitor(is_reader=True, is_subscriber=True)
    is_reader, this = reader is not None, frozenset([article.uuid])
    if access == Access.FREE:
        return Visitor(is_reader)
    if institution_of(request, reader):
        return Visitor(is_reader, is_of_institution=True)
    if article.uuid in gifts_in(request.COOKIES):
        return Visitor(is_reader, gifts=this)
    claim = claim_in(request)
    held = passes_in(request.COOKIES, article.uuid) if claim.may_be_granted else None
    if held and access == Access.METERED:
        return Visitor(is_reader, passes=this)
    if held and held.is_entitled():
        return Visitor(is_reader, subscriber_passes=this)
    return Visitor(is_reader, is_proven_crawler=claim.reads_all)


def address_of(request: HttpRequest) -> str:
    """The visitor's own, which TrustedProxyMiddleware has settled."""
    return request.META.get("REMOTE_ADDR", "")


def institution_of(request: HttpRequest, reader: Person | None) -> Institution | None:
    """By the address, by the cookie that a post from there left, or by the reader's mailbox."""
    live = Institution.objects.live()
    found = live.having_address(address_of(request)) | admitting(request.COOKIES)
    if reader:
        found |= live.having_mailbox(reader.email)
    return found.first()


def institution_at(address: str) -> Institution | None:
    """By the address alone: neither a cookie nor a mailbox says that the browser stands there."""
    return Institution.objects.live().having_address(address).first()


def claim_in(request: HttpRequest) -> Claim:
    """Which crawler asks, by the name it gives itself, and whether that is proven."""
    return claim_of(request.headers.get("User-Agent", ""), address_of(request))

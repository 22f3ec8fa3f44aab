"""Gift links: ``/give/<uuid>``, where a subscriber makes one, and ``/g/<token>``, which opens the article.

Programs that show a link look at its page and so burn nothing: only the button on it counts an open. The
address with the token is left behind there; the article is read at its own.
"""

import secrets
from contextlib import suppress
from hashlib import blake2b
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from broadsheet.editorial.access import Access
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Publication
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.access import ruling
from broadsheet.paywall.cookies import set_gift
from broadsheet.paywall.gift_links.models import present_month
from broadsheet.paywall.models import Ending, GiftLink, Meter, NoGiftLeftError
from broadsheet.people.current import own_or_404
from broadsheet.people.models import Person
from broadsheet.people.paths import local_path
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other, with_query
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential
from broadsheet.site.discovery.addresses import page_address
from broadsheet.site.discovery.head import Head, card_of
from broadsheet.site.reading.case import Case
from broadsheet.site.reading.pages import NOT_FOR_ROBOTS
from broadsheet.site.reading.reading import UNKNOWN
from broadsheet.site.reading.visit import Visit

# In the public rendition, which a browser without cookies gets all the same, the sentence of this name says
# why nothing is open. In the open article there is no such place, and it is read from the top.
UNKEPT = "#gift"
ENDED = {
    Ending.REVOKED: gettext_lazy("The person who gave you this article has withdrawn the link."),
    Ending.EXPIRED: gettext_lazy("This gift link has expired."),
    Ending.USED_UP: gettext_lazy("This gift link has been used up."),
}


# --- Giving ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, uuid: str) -> HttpResponse:
    article = find_article(uuid)
    meter: Meter = Meter.load(request_or_site=request)
    if article is None:
        return confidential(refuse(request, 404, UNKNOWN))
    if not meter.lets_give:
        return confidential(refuse(request, 404, _("Articles can’t be given away here at the moment.")))
    reader = Visit.of(request).person
    if reader is None:
        return confidential(redirect_to_login(with_query(reverse("give", args=[article.uuid]), request)))
    is_free = ruling(article).access == Access.FREE
    is_subscriber = Entitlement.objects.entitle(reader)
    if request.method == "POST" and is_subscriber and not is_free:
        with suppress(NoGiftLeftError):  # the page says so
            GiftLink.objects.give(reader, article.uuid)
        return confidential(see_other(reverse("give", args=[article.uuid])))
    context = {"article": article, "meter": meter, "is_free": is_free, "is_subscriber": is_subscriber}
    if is_free:
        context |= _words_for_a_friend(request, article, page_address(article.original, request))
    elif is_subscriber:
        context |= _standing(request, reader, article)
    may_be_given = is_free or is_subscriber
    return confidential(render(request, "site/give.html", context, status=200 if may_be_given else 403))


def _standing(request: HttpRequest, giver: Person, article: Article) -> dict[str, object]:
    link = GiftLink.objects.filter(giver=giver, article=article.uuid).live().first()
    if link:
        return {"link": link} | _words_for_a_friend(request, article, link.address)
    left, allowed = GiftLink.objects.left(giver), GiftLink.objects.allowed(giver)
    return {"left": left, "allowed": allowed, "month": present_month()}


def _words_for_a_friend(request: HttpRequest, article: Article, address: str) -> dict[str, object]:
    name = Publication.load(request_or_site=request).name
    subject = f"{article.headline} – {name}"
    return {"address": address, "mailto": f"mailto:?subject={quote(subject)}&body={quote(address)}"}


@require_http_methods(["POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    reader = Visit.of(request).person
    if reader is None:
        return for_nobody_else(redirect_to_login(reverse("people:account")))
    own_or_404(GiftLink.objects.filter(giver=reader), pk=pk).revoke()
    messages.success(request, _("The link is withdrawn. It opens the article to nobody else."))
    back = local_path(request.POST.get("next")) or reverse("people:account")
    return for_nobody_else(see_other(back))


# --- Opening ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def gift(request: HttpRequest, token: str) -> HttpResponse:
    link = GiftLink.objects.filter(token=token).first()
    if link is None:
        return confidential(refuse(request, 404, _("This link does not exist.")))
    article = find_article(str(link.article))
    if article is None:
        return confidential(refuse(request, 410, _("This article has been withdrawn.")))
    visit = Visit.of(request)
    if visit.claim.is_refused:
        return confidential(refuse(request, 403, NOT_FOR_ROBOTS))
    case = Case.of(visit, article)
    if case.verdict.opens:
        lead = see_other if request.method == "POST" else redirect
        return confidential(lead(with_query(article.get_url(request), request)))
    signed_in = case.visitor.is_reader
    if request.method != "POST":
        return _gift_page(request, link, article, signed_in=signed_in)
    if visit.is_speculative or not visit.claim.may_be_granted:
        return confidential(refuse(request, 403, _("A gift link opens only in a reader’s browser.")))
    if not link.open(_press_in(request)):
        link = GiftLink.objects.filter(pk=link.pk).first() or link
        return _gift_page(request, link, article, signed_in=signed_in)
    response = see_other(with_query(article.get_url(request) + UNKEPT, request))
    set_gift(response, article.uuid, link.expires_at)
    return confidential(response)


def _press_in(request: HttpRequest) -> str:
    """Names the form and the browser that it stood in, whatever networks that goes through meanwhile."""
    pressed = request.POST.get("press", "")
    if not pressed:
        return ""
    browser = f"{Visit.of(request).user_agent} {pressed}"
    return blake2b(browser.encode(errors="replace"), digest_size=12).hexdigest()


def _gift_page(request: HttpRequest, link: GiftLink, article: Article, *, signed_in: bool) -> HttpResponse:
    """The article's name and the button; without the button, with status 410, where the link has ended."""
    prefetch_related_objects([article], "bylines__author")
    ending = link.ending
    context = {
        "article": article,
        "link": link,
        "ended": ENDED[ending] if ending else "",
        "press": secrets.token_urlsafe(9),
        "signed_in": signed_in,
        "head": Head(
            title=article.headline,
            description=article.standfirst,
            # Its own: what is shared on from a preview of it must be the gift.
            canonical=absolute(request.path),
            kind="article",
            card=card_of(article.picture or Publication.load(request_or_site=request).share_picture),
            noindex=True,
        ),
    }
    return confidential(render(request, "site/gift.html", context, status=410 if ending else 200))

import re
from collections.abc import Collection, Mapping
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from broadsheet.demo import post
from broadsheet.demo.magazine import HEARD
from broadsheet.demo.people import PASSWORD, READER, STAFF, SUBSCRIBER
from broadsheet.demo.together import LABEL, OWNER, SCHOOL
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.paywall.models import Meter
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.robots import unlisted

type Policy = Mapping[str, Collection[str] | str]

HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
FRAMING_CSP = cast(Policy, settings.SECURE_CSP | {"frame-src": [CSP.SELF]})
LETTER_CSP: Policy = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "frame-ancestors": [CSP.SELF],
    # By itself too, should somebody open it without the frame.
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """How to try each thing, with the accounts to try it with."""
    articles = Article.objects.live().filter(locale__language_code="en-us").newest_first()
    metered = articles.filter(access="").exclude(url_path__contains="/good-news/")
    return _page(
        request,
        "demo/tour.html",
        {
            "first": metered.first(),
            "second": metered[1:2].first(),
            "flagship": articles.filter(slug="assad-in-moscow").first(),
            "for_subscribers": articles.filter(access=Access.SUBSCRIBERS).first(),
            "free": articles.filter(url_path__contains="/good-news/").first(),
            "heard": articles.filter(slug=HEARD[0], narration__isnull=False).first(),
            "meter": Meter.load(request_or_site=request),
            "password": PASSWORD,
            "staff": [(email, f"{first} {last}", role) for email, first, last, role in STAFF],
            "reader": READER[0],
            "subscriber": SUBSCRIBER[0],
            "owner": OWNER[0],
            "school": SCHOOL,
            "label": LABEL,
        },
    )


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    return _page(request, "demo/mail.html", {"letters": post.letters(to), "to": to})


@csp_override(FRAMING_CSP)
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    return _page(request, "demo/letter.html", {"letter": _letter(name)})


@csp_override(LETTER_CSP)
@require_safe
def letter_page(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of a letter alone, as a mail program shows it: no scripts, no forms, nothing fetched."""
    found = _letter(name)
    if not found.page:
        raise Http404
    # Where a link leads to is opened outside the frame.
    content, places = HEAD.subn(r'\g<0><base target="_blank">', found.page, count=1)
    response = HttpResponse(content if places else f'<base target="_blank">{content}')
    return for_nobody_else(unlisted(response))


def _letter(name: str) -> post.Letter:
    found = post.letter(name)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    return for_nobody_else(unlisted(response))

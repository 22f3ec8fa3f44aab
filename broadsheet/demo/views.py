from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from broadsheet.demo import post
from broadsheet.demo.magazine import PASSWORD, READER, STAFF, SUBSCRIBER
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.house.caching import for_nobody_else
from broadsheet.meter.models import Meter


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
            "meter": Meter.load(request_or_site=request),
            "password": PASSWORD,
            "staff": [(email, f"{first} {last}", role) for email, first, last, role in STAFF],
            "reader": READER[0],
            "subscriber": SUBSCRIBER[0],
        },
    )


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    return _page(request, "demo/mail.html", {"letters": post.letters()})


@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    found = post.letter(name)
    if found is None:
        raise Http404
    return _page(request, "demo/letter.html", {"letter": found})


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers["X-Robots-Tag"] = "noindex"
    return for_nobody_else(response)

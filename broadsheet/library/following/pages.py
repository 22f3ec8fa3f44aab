"""Following a topic or an author: the button's answer, and the page on which the new pieces are."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Author, Topic, attach_sections
from broadsheet.library import cookie
from broadsheet.library.following.on_the_way import FOLLOWED
from broadsheet.library.models.follow import MOST, Follow, Followed, TooMany
from broadsheet.library.signing_in import sign_in_first
from broadsheet.people import ratelimit
from broadsheet.people.current import person_of, reader_of
from broadsheet.people.models import Person
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.refusals import refuse, wants_json
from broadsheet.platform.http.robots import out_of_sight

PAGE_LENGTH = 24
TOO_OFTEN = gettext_lazy("You have followed very much in a short time. Wait a few minutes and try again.")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def follow_topic(request: HttpRequest, slug: str) -> HttpResponse:
    return _follow(request, get_object_or_404(Topic, slug=slug))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def follow_author(request: HttpRequest, slug: str) -> HttpResponse:
    return _follow(request, get_object_or_404(Author, slug=slug))


def address_of(what: Followed) -> str:
    """Of its button, in the edition that is active."""
    return reverse("follow_topic" if isinstance(what, Topic) else "follow_author", args=[what.slug])


def _follow(request: HttpRequest, what: Followed) -> HttpResponse:
    """Whether the reader follows it; a post has them follow it or, with `remove`, no longer."""
    reader = reader_of(request)
    if request.method == "POST":
        if reader is None:
            return sign_in_first(request, f"{address_of(what)}#{FOLLOWED}")
        if refusal := _change(request, reader, what):
            return out_of_sight(refusal)
        return _answer(request, reader, what)
    context = {
        "what": what,
        "is_topic": isinstance(what, Topic),
        "address": address_of(what),
        "is_followed": reader is not None and Follow.objects.of(reader).to(what).exists(),
    }
    return out_of_sight(render(request, "library/following/followed_or_not.html", context))


def _change(request: HttpRequest, reader: Person, what: Followed) -> HttpResponse | None:
    """Does what was asked for; an answer only where that can't be."""
    if "remove" in request.POST:
        Follow.objects.of(reader).to(what).delete()
        return None
    if not ratelimit.consume(request, action="follow_by_reader"):
        return refuse(request, 429, TOO_OFTEN)
    try:
        Follow.objects.add(reader, what)
    except TooMany:
        full = _("You follow %d topics and authors, which is all that one can. Leave some first.") % MOST
        return refuse(request, 409, full)
    return None


def _answer(request: HttpRequest, reader: Person, what: Followed) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"followed": Follow.objects.of(reader).to(what).exists()})
    elif "back" in request.POST:
        response = see_other("following")
    else:
        response = see_other(address_of(what))
    cookie.tell(response, reader)
    return out_of_sight(response)


@require_safe
def followed_here(request: HttpRequest) -> HttpResponse:
    """For a script: the addresses of the buttons of all that the reader follows."""
    reader = reader_of(request)
    own = Follow.objects.of(reader).select_related("topic", "author") if reader else []
    response = JsonResponse({"followed": [address_of(one.what) for one in own]})
    if reader is None:
        cookie.forget(response)
    return out_of_sight(response)


@require_safe
@never_cache
@login_required
def following(request: HttpRequest) -> HttpResponse:
    own = Follow.objects.of(person_of(request))
    found = own.pieces(edition_of(request).locale).for_teasers() if own.exists() else own.none()
    page_obj = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    page_obj.object_list = attach_sections(page_obj.object_list)
    context: dict[str, Any] = {
        "topics": Topic.objects.filter(follows__in=own),
        "authors": Author.objects.filter(follows__in=own),
        "articles": page_obj.object_list,
        "page_obj": page_obj,
    }
    return out_of_sight(render(request, "library/following/following.html", context))

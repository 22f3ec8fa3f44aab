"""Where somebody looks for their subscription without knowing the address that they used.

The answer is the same for all, before anything is looked up: a row is written, and a task does the rest.
"""

from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.contact.fields import uuid_in
from broadsheet.contact.finding.form import FindForm
from broadsheet.contact.finding.looking import look_up_soon
from broadsheet.contact.limits import may_look_for_subscription
from broadsheet.contact.models import Inquiry
from broadsheet.editorial.context import edition_of
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted

TOO_MANY = _("You have asked several times in a short time. Please wait a few minutes and send it again.")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def find(request: HttpRequest) -> HttpResponse:
    edition_of(request)  # 404 where there is none
    if request.method != "POST":
        form = FindForm(initial={"article": uuid_in(request.GET.get("article", ""))})
        return as_cacheable_as(request, _page(request, form))
    form = FindForm(request.POST)
    if not form.is_valid():
        return for_nobody_else(_page(request, form, HTTPStatus.BAD_REQUEST))
    if not may_look_for_subscription(request):
        form.add_error(None, TOO_MANY)
        return for_nobody_else(_page(request, form, HTTPStatus.TOO_MANY_REQUESTS))
    _take_down(form)
    return for_nobody_else(see_other("find_subscription_asked"))


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    edition_of(request)
    return for_nobody_else(unlisted(render(request, "contact/find/asked.html")))


def _page(request: HttpRequest, form: FindForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "contact/find/find.html", {"form": form}, status=status)


def _take_down(form: FindForm) -> None:
    """The same for whatever was typed. Who has which subscription is not asked here."""
    kept = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "nothing"}
    with transaction.atomic():
        Inquiry.objects.create(edition=get_language() or "", **kept)
        look_up_soon.enqueue()

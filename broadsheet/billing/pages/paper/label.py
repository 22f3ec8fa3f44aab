"""“I get the paper”: a reader links the number on their label."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.billing.limits import TOO_MANY_ORDERS, may_try_label
from broadsheet.billing.pages.own import to_account
from broadsheet.editorial.models import Publication
from broadsheet.membership.fulfilment.label import Linked, link_by_label
from broadsheet.membership.models.printed.postal import bare
from broadsheet.people.current import person_of
from broadsheet.platform.http.robots import unlisted


class LabelForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=40,
        help_text=gettext_lazy("It stands above your name on the label."),
        error_messages={"required": gettext_lazy("Enter the number on the label.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        max_length=20,
        help_text=gettext_lazy("That of the address to which the paper comes."),
        error_messages={"required": gettext_lazy("Enter the postcode on the label.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def link(request: HttpRequest) -> HttpResponse:
    """What doesn't match is answered in the same words, whatever it is that doesn't."""
    is_post = request.method == "POST"
    form = LabelForm(request.POST if is_post else None, auto_id="label-%s")
    context = {"form": form, "contact": Publication.load(request_or_site=request).contact_email}
    status = HTTPStatus.BAD_REQUEST if is_post else HTTPStatus.OK
    if is_post and form.is_valid():
        given = form.cleaned_data
        if not may_try_label(request, bare(given["number"])):
            form.add_error(None, TOO_MANY_ORDERS)
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif link_by_label(person_of(request), given["number"], given["postcode"]) is Linked.DONE:
            messages.success(request, _("Your paper is linked. You can read every article, without limit."))
            return unlisted(to_account())
        else:
            context["is_doubtful"], status = True, HTTPStatus.OK
    return unlisted(render(request, "billing/paper/link.html", context, status=status))

"""Withdrawing from a contract without signing in, as the law of the European Union asks.

What is answered is the same whether or not there is such a contract.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.limits import may_withdraw
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.delivery.address_fields import EmailField
from broadsheet.membership.models import SalesPolicy, Subscription, Withdrawal
from broadsheet.people.current import reader_of
from broadsheet.platform import clock
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.robots import unlisted
from broadsheet.platform.locking import in_turn

SAME_WITHIN = timedelta(hours=1)
"""The same declaration within this time is a second click or a reloaded page, not a new one."""
TOO_MANY = gettext_lazy(
    "We have received too many forms in a short time, and could not take this one. Please wait a few"
    " minutes and send it again, or write to us."
)


class WithdrawalForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The one you subscribed with, if you know it."),
    )
    contract = forms.CharField(
        label=gettext_lazy("What you are withdrawing from"),
        max_length=300,
        help_text=gettext_lazy(
            "The number of the subscription or of the invoice, or what you bought and when."
        ),
        error_messages={"required": gettext_lazy("Say what it is about.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
@in_its_zone
def withdraw(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = WithdrawalForm(initial=_known(request), auto_id="withdraw-%s")
        return unlisted(as_cacheable_as(request, _form_page(request, form)))
    form, step = WithdrawalForm(request.POST, auto_id="withdraw-%s"), request.POST.get("step")
    if not form.is_valid():
        return _answer(_form_page(request, form, status=400))
    if step == "edit":
        return _answer(_form_page(request, form))
    if step != "now":
        return _answer(render(request, "billing/withdraw/confirm.html", {"form": form}))
    with in_turn("withdrawal", form.cleaned_data["email"]):
        withdrawal = _received(form.cleaned_data)
        if withdrawal is None:
            if not may_withdraw(request, form.cleaned_data["email"]):
                context = {"form": form, "fault": TOO_MANY}
                return _answer(render(request, "billing/withdraw/confirm.html", context, status=429))
            withdrawal = Withdrawal(edition=get_language() or "", **form.cleaned_data)
            withdrawal.receive()
    return _answer(render(request, "billing/withdraw/withdrawn.html", {"withdrawal": withdrawal}))


def _form_page(request: HttpRequest, form: WithdrawalForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "policy": SalesPolicy.load(request_or_site=request)}
    return render(request, "billing/withdraw/withdraw.html", context, status=status)


def _known(request: HttpRequest) -> dict[str, str]:
    """The form's fields as far as a signed-in reader's account has them."""
    reader = reader_of(request)
    if reader is None:
        return {}
    subscription = Subscription.objects.of(reader)
    about = _("%(plan)s, subscription %(number)s")
    return {
        "name": reader.get_full_name(),
        "email": reader.email,
        "contract": about % {"plan": subscription.plan, "number": subscription.number}
        if subscription
        else "",
    }


def _received(written: dict[str, Any]) -> Withdrawal | None:
    return Withdrawal.objects.filter(**written, received_at__gte=clock.now() - SAME_WITHIN).first()


def _answer(response: HttpResponse) -> HttpResponse:
    return unlisted(for_nobody_else(response))

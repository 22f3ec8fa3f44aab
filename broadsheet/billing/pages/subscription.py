"""Readers pause, resume and cancel their subscription, and undo it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from broadsheet.billing import intents
from broadsheet.billing.models import Invoice
from broadsheet.billing.pages.own import ask, consent_to, of_subscriber, status_of, to_account
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, CancelReason, Subscription, Verb
from broadsheet.membership.models.subscription.pause import LONGEST, SHORTEST, whole_days
from broadsheet.membership.selling import StayQuote
from broadsheet.people.current import person_of
from broadsheet.platform import clock

WEEKS = (1, 2, 3, 4, 6, 8, 12)
A_DAY = "day"
"""The choice of a day, in place of a number of weeks."""

any_method = require_http_methods(["GET", "HEAD", "POST"])


class PauseForm(forms.Form):
    weeks = forms.ChoiceField(
        label=gettext_lazy("For how long?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how long to pause.")},
    )
    day = forms.DateField(
        label=gettext_lazy("The day it resumes"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-12-24.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any, subscription: Subscription) -> None:
        super().__init__(data, initial={"weeks": WEEKS[2]}, auto_id="pause-%s")
        self.subscription = subscription
        self.now = clock.now()
        field: Any = self.fields["weeks"]
        field.choices = [
            *((str(weeks), self._label(weeks)) for weeks in WEEKS),
            (A_DAY, _("Until a day I choose")),
        ]
        first, last = (subscription.on(subscription.later(self.now, days=n)) for n in (SHORTEST, LONGEST))
        self.fields["day"].widget.attrs |= {"min": f"{first}", "max": f"{last}"}
        self.fields["day"].help_text = _("From %(first)s to %(last)s.") % {
            "first": date_format(first, "DATE_FORMAT"),
            "last": date_format(last, "DATE_FORMAT"),
        }

    def _label(self, weeks: int) -> str:
        """“3 weeks: back on 15 December, and the next payment on 14 January”."""
        subscription = self.subscription
        back = subscription.later(self.now, days=7 * weeks)
        paid = max(subscription.term_ends_at - self.now, timedelta())
        length = ngettext("%d week", "%d weeks", weeks) % weeks
        return _("%(length)s: resumes on %(back)s, next payment on %(due)s") % {
            "length": length,
            "back": subscription.day(back),
            "due": subscription.day(back + paid),
        }

    def clean(self) -> None:
        if self.cleaned_data.get("weeks") == A_DAY and not self.errors and not self.cleaned_data.get("day"):
            self.add_error("day", _("Choose the day it resumes."))
        if not self.errors:
            try:
                self.subscription.require_pausable(self.until)
            except Refused as refused:
                self.add_error("day" if self.cleaned_data["weeks"] == A_DAY else None, refused.reason)

    @property
    def until(self) -> datetime:
        given = self.cleaned_data
        if given["weeks"] != A_DAY:
            return self.subscription.later(self.now, days=7 * int(given["weeks"]))
        return self.subscription.start_of(given["day"])


@any_method
@of_subscriber
def pause(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    if reason := _why_not_paused(subscription):
        messages.error(request, reason)
        return to_account()
    form = PauseForm(request.POST if request.method == "POST" else None, subscription)
    if request.method == "POST" and form.is_valid():
        done = _("Your subscription is paused until %s.") % subscription.day(form.until)
        return ask(request, subscription, Verb.PAUSE, done, until=form.until)
    context = {"form": form, "kept": whole_days(max(subscription.term_ends_at - clock.now(), timedelta()))}
    return render(request, "billing/account/pause.html", context, status=status_of(request))


def _why_not_paused(subscription: Subscription) -> str:
    try:
        subscription.require_pausable(subscription.later(clock.now(), days=SHORTEST))
    except Refused as refused:
        return refused.reason
    return intents.fault_of(subscription, Verb.PAUSE)


@any_method
@of_subscriber
def resume(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    if request.method != "POST":
        return to_account()
    return ask(request, subscription, Verb.RESUME, _("Welcome back. You can read without limit again."))


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Would you tell us why? (Optional)"),
        choices=CancelReason.choices,
        required=False,
        widget=forms.RadioSelect,
    )


@any_method
@of_subscriber
def cancel(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    try:
        subscription.require_cancellable()
    except Refused as refused:
        messages.error(request, refused.reason)
        return to_account()
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return ask(
            request,
            subscription,
            Verb.CANCEL,
            _cancelled_message(subscription),
            reason=form.cleaned_data["reason"],
        )
    offer = None if subscription.is_donation or subscription.is_group else subscription.save_offer
    now = clock.now()
    context = {
        "form": form,
        "subscription": subscription,
        "pause": subscription.pause,
        "reads_until": now + left if (left := subscription.prepaid_rest(now)) else None,
        "unpaid": Invoice.objects.unpaid().filter(subscription=subscription).first(),
        "save": StayQuote.by(offer, subscription) if offer else None,
    }
    return render(request, "billing/account/cancel.html", context, status=status_of(request))


def _cancelled_message(subscription: Subscription) -> str:
    if subscription.is_donation:
        return _("Your donation has ended. Nothing more will be charged.")
    if subscription.is_group and not subscription.past_due_since:
        return _("We have received your cancellation. The seats stay until %s.") % subscription.term_end
    if subscription.pause:
        return _(
            "We have received your cancellation. Your subscription resumes for the time you have paid"
            " for, then ends."
        )
    if subscription.past_due_since:
        return _("Your subscription has ended. You owe nothing.")
    return _("We have received your cancellation. You can read until %s.") % subscription.term_end


@any_method
@of_subscriber
def keep(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Undoes a cancellation."""
    if request.method != "POST":
        return to_account()
    done = _("Your donation continues.") if subscription.is_donation else _("Your subscription continues.")
    return ask(request, subscription, Verb.KEEP, done)


@any_method
@of_subscriber
def stay(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Accepts the save offer of the cancel page."""
    offer = subscription.save_offer
    if request.method != "POST":
        return to_account()
    if offer is None or str(offer.pk) != request.POST.get("offer"):
        messages.error(request, _("This offer is no longer open to you. Nothing was changed."))
        return to_account()
    agreed = StayQuote.by(offer, subscription)
    try:
        with transaction.atomic():
            subscription.take_save_offer(offer, Actor.reader(person_of(request)))
            consent_to(request, subscription, agreed.terms, agreed.button).save()
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Thank you for staying. Your next payments are lower."))
    return to_account()

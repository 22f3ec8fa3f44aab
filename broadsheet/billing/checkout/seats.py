"""More seats for a group, paid for at once to the end of its term; fewer from its next term on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.checkout.change import present_details
from broadsheet.billing.checkout.group import GroupForm, SeatsForm
from broadsheet.billing.checkout.order import sent_before
from broadsheet.billing.limits import TOO_MANY_ORDERS, may_order
from broadsheet.billing.models import Checkout, Invoice, Item, Mandate, Means
from broadsheet.billing.pages.groups.own import of_owner, to_group
from broadsheet.billing.pages.own import consent_to
from broadsheet.editorial.models import Publication
from broadsheet.membership.errors import Refused
from broadsheet.membership.group_quotes import GroupQuote, MoreSeatsQuote
from broadsheet.membership.models import Actor, Group
from broadsheet.people.current import person_of
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.locking import held


@require_http_methods(["GET", "HEAD", "POST"])
@of_owner
def seats(request: HttpRequest, group: Group) -> HttpResponse:
    """How many seats; with ``?seats=``, what that costs now or later, and the button."""
    is_post = request.method == "POST"
    if is_post and (begun := sent_before(request)):
        return see_other(begun.go_on())
    if reason := _why_not(group):
        messages.error(request, reason)
        return to_group(group)
    asked = SeatsForm(
        request.GET if "seats" in request.GET else None,
        initial={"seats": group.seats_to_come},
        auto_id="group-%s",
    )
    context: dict[str, Any] = {"group": group, "seats": asked}
    if not asked.is_valid():
        return render(request, "billing/group/seats.html", context, status=400 if asked.is_bound else 200)
    wanted = asked.cleaned_data["seats"]
    try:
        group.require_resizable(wanted)
    except Refused as refused:
        context["fault"] = refused.reason
        return render(request, "billing/group/seats.html", context, status=409)
    context["here"] = f"{reverse('group_seats', args=[group.pk])}?seats={wanted}"
    if wanted <= group.seats:
        return _later(request, group, wanted, context)
    return _now(request, group, MoreSeatsQuote.to(group, wanted), context)


def _why_not(group: Group) -> str:
    try:
        group.require_resizable(max(group.seats, group.taken))
    except Refused as refused:
        return refused.reason
    if Invoice.objects.unpaid().filter(subscription=group.subscription).exists():
        return _("You have an unpaid invoice. Once it is paid, you can change the number of seats.")
    return ""


def _now(request: HttpRequest, group: Group, quote: MoreSeatsQuote, context: dict[str, Any]) -> HttpResponse:
    mandate = Mandate.objects.filter(subscription=group.subscription).first()
    known = present_details(group.subscription) | {
        "group_name": group.name,
        "reference": mandate.buyer_reference if mandate else "",
    }
    form = GroupForm(request, quote.agreed, initial=known)
    del form.fields["group_name"]
    if request.method == "POST" and form.is_valid():
        return form.begin(
            Checkout.Purpose.SEATS,
            quote,
            f"{quote.terms} “{quote.button}”",
            subscription=group.subscription,
            seats=quote.count,
        )
    context |= {"quote": quote, "form": form}
    context["contact"] = Publication.load(request_or_site=request).contact_email
    return render(request, "billing/group/more.html", context, status=form.status)


def _later(request: HttpRequest, group: Group, wanted: int, context: dict[str, Any]) -> HttpResponse:
    subscription, price = group.subscription, group.subscription.price
    then = GroupQuote(
        price, MoreSeatsQuote.to(group, wanted).market, chosen=(group.seat_amount or 0) * wanted
    )
    said = {
        "seats": wanted,
        "day": subscription.term_end,
        "price": then.then.total.brief,
        "each": price.each,
        "now": group.seats,
    }
    if wanted == group.seats:
        words = (
            _("The group keeps its %(seats)d seats, at %(price)s %(each)s. Nothing is charged now.") % said
        )
        button, done = _("Keep them"), _("The number of seats stays as it is.")
    else:
        words = (
            _(
                "The group keeps its %(now)d seats until %(day)s, since they are paid for. From then on it"
                " has %(seats)d and costs %(price)s %(each)s, until you cancel. Nothing is charged or given"
                " back now, and from now on no more than %(seats)d seats can be given."
            )
            % said
        )
        button, done = (
            _("Have %(seats)d seats from %(day)s") % said,
            _("From %(day)s the group has %(seats)d seats.") % said,
        )
    if request.method != "POST":
        return render(request, "billing/group/fewer.html", context | {"words": words, "button": button})
    if not may_order(request):
        messages.error(request, TOO_MANY_ORDERS)
        return to_group(group)
    try:
        group.keep_seats(wanted, Actor.reader(person_of(request), button))
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        consent_to(request, subscription, words, button).save()
        messages.success(request, done)
    return to_group(group)


def fulfil(checkout: Checkout, means: Means) -> None:
    subscription, count = checkout.subscription, checkout.seats or 0
    assert subscription is not None  # noqa: S101 (a checkout for this has one; for the type checker)
    with held(subscription):
        if subscription.transitions.filter(at__gte=checkout.begun_at).exists():
            raise Refused(_("The group changed in the meantime. Please check it again."))
        if Invoice.objects.unpaid().filter(subscription=subscription).exists():
            raise Refused(
                _("You have an unpaid invoice. Once it is paid, you can change the number of seats.")
            )
    group = Group.objects.get(subscription=subscription)
    # What is due holds the tax where the prices don't; a term's worth is kept as its price is stated.
    rest = group.cost_of_more(count, checkout.begun_at)
    group.add_seats(count, rest, Actor.reader(checkout.person))
    Mandate.objects.give(subscription, checkout.provider, means, checkout.buyer)
    if not rest:
        checkout.keep_consent()
        return
    start = max(subscription.term_starts_at, checkout.begun_at)
    words = _("%(count)d more seats for %(group)s, subscription %(number)s") % {
        "count": count,
        "group": group.name,
        "number": group.number,
    }
    invoice = Invoice.objects.issue(
        [Item(words, rest.minor, start, subscription.term_ends_at)],
        edition=checkout.edition,
        currency=checkout.currency,
        buyer=checkout.buyer,
        person=checkout.person,
        subscription=subscription,
    )
    checkout.pay(invoice, means)
    checkout.keep_consent()

"""What is said of the terms to come: a renewal, the end of an offer, another price."""

from django.utils.translation import gettext as _

from broadsheet.membership.letters.wording import charge_of, to_account
from broadsheet.membership.models import Market, Price, State, Subscription
from broadsheet.membership.models.subscription.renewal import PRICE_CHANGE_NOTICE
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter
from broadsheet.platform import clock
from broadsheet.platform.money import Money


def _renews(subscription: Subscription) -> bool:
    return subscription.state in {State.TRIALING, State.ACTIVE} and subscription.cancellation is None


def renewal(subscription: Subscription, notice: Notice) -> Letter | None:
    if not _renews(subscription):
        return None
    when = subscription.term_end
    what = {"plan": subscription.plan, "day": when}
    if subscription.is_donation:
        subject, first = (
            _("Your donation is due again on %s"),
            _("Your donation to %(plan)s is due on %(day)s."),
        )
        after = _("You need do nothing to keep giving. To end it, go to your account page before that day.")
    else:
        subject, first = (
            _("Your subscription renews on %s"),
            _("Your subscription %(plan)s renews on %(day)s."),
        )
        after = _(
            "You need do nothing to keep it. To change, pause or cancel it, go to your account page before"
            " that day."
        )
    return Letter(
        subject % when,
        [first % what, after],
        [(_("Renews on"), when), (_("Price"), charge_of(subscription)), (_("Number"), subscription.number)],
        to_account(),
    )


def offer_ends(subscription: Subscription, notice: Notice) -> Letter | None:
    if not _renews(subscription):
        return None
    when = subscription.term_end
    if subscription.state == State.TRIALING:
        subject, first = _("Your trial ends on %s"), _("Your trial of %(plan)s ends on %(day)s.")
    else:
        subject, first = _("Your first offer ends on %s"), _("Your first offer for %(plan)s ends on %(day)s.")
    return Letter(
        subject % when,
        [
            first % {"plan": subscription.plan, "day": when},
            _(
                "If you do nothing, it continues at the price below. If you cancel before that day,"
                " nothing is charged."
            ),
        ],
        [(_("From"), when), (_("Price"), charge_of(subscription))],
        to_account(),
    )


def price_change(subscription: Subscription, notice: Notice) -> Letter | None:
    price = Price.objects.select_related("plan").filter(pk=notice.key).first()
    if price is None or not _renews(subscription):
        return None
    market = Market.objects.of(price.edition)
    earliest = subscription.later(clock.now(), days=PRICE_CHANGE_NOTICE)
    in_time = max(subscription.price.replaced_from or notice.due_at, earliest)
    when = subscription.day(subscription.first_renewal_from(in_time))
    seats = subscription.group.seats_to_come if subscription.is_group else 1
    old, new = (
        f"{market.taxed(Money(p.amount * seats, p.currency)).total.brief} {p.each}"
        for p in (subscription.price, price)
    )
    return Letter(
        _("The price of your subscription changes on %s") % when,
        [
            _("From %(day)s, %(plan)s costs %(new)s instead of %(old)s.")
            % {"day": when, "plan": subscription.plan, "new": new, "old": old},
            _(
                "Nothing changes until then. If you do not agree, you can cancel before that day, and"
                " it ends with its term."
            ),
        ],
        [(_("Now"), old), (_("From %s") % when, new)],
        to_account(),
    )

"""The letters about a subscription's life."""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    Change,
    Entitlement,
    Gift,
    Market,
    Notice,
    NoticeKind,
    Price,
    State,
    Subscription,
    Transition,
    Withdrawal,
)
from broadsheet.membership.models.subscription.renewal import NOTICE
from broadsheet.membership.notices import register_writer
from broadsheet.people.letters import Letter
from broadsheet.platform import clock
from broadsheet.platform.money import Money

type Of = Callable[[Subscription, Notice], Letter | None]


def register() -> None:
    for kind, write in {
        NoticeKind.RENEWAL: renewal,
        NoticeKind.OFFER_ENDS: offer_ends,
        NoticeKind.PRICE_CHANGE: price_change,
        NoticeKind.PAUSED: paused,
        NoticeKind.COMING_BACK: coming_back,
        NoticeKind.RESUMED: resumed,
        NoticeKind.CANCELLED: cancelled,
        NoticeKind.KEPT: kept,
        NoticeKind.CHANGED: changed,
        NoticeKind.EXTENDED: extended,
        NoticeKind.ENDED: ended,
    }.items():
        register_writer(kind, _about_subscription(write))
    register_writer(NoticeKind.GIFT, gift)
    register_writer(NoticeKind.GIFT_ENDS, gift_ends)
    register_writer(NoticeKind.WITHDRAWAL, withdrawal)


def _about_subscription(write: Of) -> Callable[[Notice], Letter | None]:
    def written(notice: Notice) -> Letter | None:
        found = Subscription.objects.select_related("price__plan", "offer__price", "next_price", "person")
        subscription = found.filter(pk=notice.about).first()
        if subscription is None:
            return None
        with translation.override(notice.edition):
            return write(subscription, notice)

    return written


def account_address() -> str:
    return f"{settings.PUBLIC_URL}{reverse('people:account')}"


def to_account() -> tuple[str, str]:
    return _("See it on your account page"), account_address()


def day(moment: date) -> str:
    """Of a moment, by the clock of the edition."""
    return date_format(localtime(moment) if isinstance(moment, datetime) else moment, "DATE_FORMAT")


def charge_of(subscription: Subscription) -> str:
    """“£40 a year”: what is paid next, with the tax."""
    market = Market.objects.of(subscription.price.edition)

    def said(money: Money) -> str:
        return (money if subscription.is_donation else market.taxed(money).total).brief

    charge, offer = said(subscription.next_charge), subscription.next_offer
    price = subscription.next_price or subscription.price
    if offer is None or offer.lasts_as_the_price:
        return f"{charge} {Term(price.term).each}"
    return _("%(price)s for %(length)s, then %(full)s %(each)s") % {
        "price": charge,
        "length": offer.length.lasting,
        "full": said(subscription.next_full_charge),
        "each": Term(price.term).each,
    }


def _renews(subscription: Subscription) -> bool:
    return subscription.state in {State.TRIALING, State.ACTIVE} and subscription.cancellation is None


def renewal(subscription: Subscription, notice: Notice) -> Letter | None:
    if not _renews(subscription):
        return None
    when = day(subscription.term_ends_at)
    what = {"plan": subscription.plan, "day": when}
    if subscription.is_donation:
        subject, first = (
            _("Your donation is due again on %s"),
            _("Your donation to %(plan)s is due on %(day)s."),
        )
        after = _("You need do nothing to go on giving. To end it, go to your account page before that day.")
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
    when = day(subscription.term_ends_at)
    if subscription.state == State.TRIALING:
        subject, first = _("Your trial ends on %s"), _("Your trial of %(plan)s ends on %(day)s.")
    else:
        subject, first = _("Your first offer ends on %s"), _("Your first offer for %(plan)s ends on %(day)s.")
    return Letter(
        subject % when,
        [
            first % {"plan": subscription.plan, "day": when},
            _(
                "If you do nothing, it goes on at the price below. If you cancel before that day,"
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
    in_time = max(subscription.price.replaced_from or notice.due_at, clock.now() + NOTICE)
    when = day(subscription.first_renewal_from(in_time))
    old, new = (f"{market.taxed(p.money).total.brief} {p.each}" for p in (subscription.price, price))
    return Letter(
        _("The price of your subscription changes on %s") % when,
        [
            _("From %(day)s, %(plan)s costs %(new)s instead of %(old)s.")
            % {"day": when, "plan": subscription.plan, "new": new, "old": old},
            _(
                "Until then nothing changes. If you do not agree, you can cancel before that day,"
                " and it ends with its term."
            ),
        ],
        [(_("Now"), old), (_("From %s") % when, new)],
        to_account(),
    )


def paused(subscription: Subscription, notice: Notice) -> Letter | None:
    pause = subscription.pause
    if pause is None:
        return None
    return Letter(
        _("Your subscription is paused until %s") % day(pause.until),
        [
            _(
                "Your subscription %s is paused. Nothing is charged meanwhile, and the meter counts"
                " for you again."
            )
            % subscription.plan,
            _("It comes back by itself on %s. Time that you had paid for and not used is added then.")
            % day(pause.until),
        ],
        [(_("Comes back on"), day(pause.until)), (_("Paid time kept for you"), _days(pause.kept_days))],
        (_("Resume it earlier"), account_address()),
    )


def _days(count: int) -> str:
    return _("less than a day") if not count else _("%d days") % count if count > 1 else _("one day")


def coming_back(subscription: Subscription, notice: Notice) -> Letter | None:
    pause = subscription.pause
    if pause is None or str(pause.pk) != notice.key:
        return None
    back = pause.until + pause.unused
    after = (
        _("It is cancelled, and ends when your paid time is used, on %s.")
        if subscription.cancellation
        else _("The next payment is due on %s.")
    )
    return Letter(
        _("Your subscription comes back on %s") % day(pause.until),
        [
            _("Your pause ends on %s, and you read without limit again.") % day(pause.until),
            after % day(back),
        ],
        [],
        to_account(),
    )


def resumed(subscription: Subscription, notice: Notice) -> Letter | None:
    if subscription.state == State.PAUSED or not subscription.is_live:
        return None
    end = day(subscription.term_ends_at)
    after = (
        _("It is cancelled, and ends on %s.")
        if subscription.cancellation
        else _("The time that you had paid for was added: the next payment is due on %s.")
    )
    return Letter(
        _("Your subscription is back"),
        [_("Welcome back: you read without limit again."), after % end],
        [],
        to_account(),
    )


def cancelled(subscription: Subscription, notice: Notice) -> Letter | None:
    if not subscription.is_live or not subscription.cancellation:
        return None
    if subscription.is_donation:
        return Letter(
            _("Your donation is ended"),
            [
                _("We have ended your donation to %s, as you asked. Nothing more is charged.")
                % subscription.plan,
                _("Thank you for what you gave."),
            ],
            [],
            to_account(),
        )
    if subscription.state == State.PAUSED:
        when = _("It comes back from its pause for the time that you have paid for, then ends.")
    else:
        when = _("You read without limit until %s. Then it ends, and nothing more is charged.") % day(
            subscription.term_ends_at
        )
    return Letter(
        _("Your subscription is cancelled"),
        [_("We have cancelled your subscription %s, as you asked.") % subscription.plan, when],
        [(_("Number"), subscription.number)],
        (_("Undo it"), account_address()),
        [_("Until it ends, one click on your account page undoes it.")],
    )


def kept(subscription: Subscription, notice: Notice) -> Letter | None:
    if subscription.cancellation or not subscription.is_live:
        return None
    next_one = {"day": day(subscription.term_ends_at), "price": charge_of(subscription)}
    if subscription.is_donation:
        subject, after = (
            _("Your donation goes on"),
            _("The next one is due on %(day)s: %(price)s.") % next_one,
        )
    elif pause := subscription.pause:
        subject = _("Your subscription goes on")
        after = _("It is paused until %s, and renews after that.") % day(pause.until)
    else:
        subject, after = _("Your subscription goes on"), _("It renews on %(day)s, at %(price)s.") % next_one
    return Letter(
        subject,
        [_("Your cancellation is undone. We are glad that you stay."), after],
        [],
        to_account(),
    )


def _named(price: Price) -> str:
    """“Digital, monthly”."""
    return f"{price.plan.name}, {price.often.lower()}"


def changed(subscription: Subscription, notice: Notice) -> Letter | None:
    written = Transition.objects.filter(pk=notice.key).first()
    if written is None or not subscription.is_live:
        return None
    if written.what == Change.DISCOUNTED:
        first = _("You stay, and pay less for it.")
    elif written.what == Change.CHANGED:
        first = _("Your subscription is now %s.") % _named(subscription.price)
    elif subscription.next_price:
        first = _("Your subscription changes to %(plan)s with its next term, on %(day)s.") % {
            "plan": _named(subscription.next_price),
            "day": day(subscription.term_ends_at),
        }
    else:
        first = _("Your subscription stays as it is: %s.") % _named(subscription.price)
    return Letter(
        _("Your subscription has changed"),
        [first],
        [(_("Next payment"), day(subscription.term_ends_at)), (_("Price"), charge_of(subscription))],
        to_account(),
    )


def extended(subscription: Subscription, notice: Notice) -> Letter | None:
    written = Transition.objects.filter(pk=notice.key).first()
    why = [written.why] if written and written.why and written.who == "reader" else []
    pause = subscription.pause
    end = pause.until + pause.unused if pause else subscription.term_ends_at
    return Letter(
        _("Time was added to your subscription"),
        [_("Your subscription now runs, paid, until %s.") % day(end), *why],
        [],
        to_account(),
    )


def ended(subscription: Subscription, notice: Notice) -> Letter | None:
    written = Transition.objects.filter(pk=notice.key).first()
    if written and written.what == Change.LAPSED:
        first = _("Your subscription ended, because a payment was not made. Nothing more is due.")
    else:
        first = _("Your subscription %s has ended.") % subscription.plan
    if subscription.is_donation:
        return Letter(
            _("Your donation has ended"),
            [_("Your donation to %s has ended: nothing more is charged.") % subscription.plan],
            [],
            to_account(),
        )
    reads_until = Entitlement.objects.end_for(subscription.person, clock.now())
    if reads_until:
        then = _("You go on reading without limit until %s, by a right that you have besides.")
        then %= day(reads_until)
    else:
        then = _("Your account stays, with the free articles that it opens each month.")
    return Letter(
        _("Your subscription has ended"),
        [first, then],
        [],
        (_("Subscribe again"), f"{settings.PUBLIC_URL}{reverse('subscribe')}"),
    )


def gift(notice: Notice) -> Letter | None:
    found = Gift.objects.select_related("price__plan").filter(pk=notice.about).first()
    if found is None or found.revoked_at or found.redeemed_at:
        return None
    with translation.override(notice.edition):
        redeem = f"{settings.PUBLIC_URL}{reverse('redeem')}?code={found.code}"
        return Letter(
            _("%s gives you a subscription") % found.giver,
            [
                _("Dear %s,") % found.recipient_name,
                _("%(who)s gives you %(length)s of %(plan)s: every article, without limit.")
                % {"who": found.giver, "length": found.length.lasting, "plan": found.price.plan.name},
                *([f"“{found.message.strip()}”"] if found.message.strip() else []),
            ],
            [(_("Your code"), found.code), (_("To be used until"), day(found.expires_at))],
            (_("Unwrap it"), redeem),
            [_("It ends by itself. Nothing is ever charged to you for it.")],
        )


def gift_ends(notice: Notice) -> Letter | None:
    found = Gift.objects.select_related("entitlement", "price__plan").filter(pk=notice.about).first()
    if found is None or found.entitlement is None:
        return None
    with translation.override(notice.edition):
        end = day(found.entitlement.ends_at)
        return Letter(
            _("Your gift ends on %s") % end,
            [
                _(
                    "The subscription that %(who)s gave you ends on %(day)s. It does not renew, and"
                    " nothing is charged."
                )
                % {"who": found.giver, "day": end},
                _(
                    "If you would like to go on reading, you can subscribe now: what is left of the"
                    " gift is added."
                ),
            ],
            [],
            (_("See the prices"), f"{settings.PUBLIC_URL}{reverse('subscribe')}"),
        )


def withdrawal(notice: Notice) -> Letter | None:
    found = Withdrawal.objects.filter(pk=notice.about).first()
    if found is None:
        return None
    with translation.override(notice.edition):
        moment = localtime(found.received_at)
        return Letter(
            _("We have received your withdrawal"),
            [
                _("This confirms that your withdrawal from a contract reached us."),
                _(
                    "We look for the contract, and write to the address that it was made with. If you"
                    " withdrew in time, you get back what you paid within fourteen days, in the way in"
                    " which you paid."
                ),
            ],
            [
                (_("Received"), f"{date_format(moment, 'DATETIME_FORMAT')} {moment:%Z}"),
                (_("Name"), found.name),
                (_("E-mail address"), found.email),
                (_("Contract"), found.contract),
            ],
        )

"""What is said when a subscription changes or ends."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from broadsheet.membership.letters.wording import account_address, charge_of, to_account
from broadsheet.membership.models import Change, Entitlement, Price, State, Subscription, Transition
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter
from broadsheet.platform import clock


def cancelled(subscription: Subscription, notice: Notice) -> Letter | None:
    if not subscription.is_live or not subscription.cancellation:
        return None
    if subscription.is_donation:
        return Letter(
            _("Your donation has ended"),
            [
                _("We have ended your donation to %s, as you asked. Nothing more is charged.")
                % subscription.plan,
                _("Thank you for what you gave."),
            ],
            [],
            to_account(),
        )
    if subscription.is_group:
        when = (
            _("The seats stay until %s. Then the group ends, and nothing more is charged.")
            % subscription.term_end
        )
    elif subscription.state == State.PAUSED:
        when = _("It resumes from its pause for the time you have paid for, then ends.")
    else:
        when = (
            _("You can read without limit until %s. Then it ends, and nothing more is charged.")
            % subscription.term_end
        )
    return Letter(
        _("We have received your cancellation"),
        [_("As you asked, your subscription %s will not renew.") % subscription.plan, when],
        [(_("Number"), subscription.number)],
        (_("Undo the cancellation"), account_address()),
        [_("Until then you can undo this on your account page, with one click.")],
    )


def kept(subscription: Subscription, notice: Notice) -> Letter | None:
    if subscription.cancellation or not subscription.is_live:
        return None
    next_one = {"day": subscription.term_end, "price": charge_of(subscription)}
    if subscription.is_donation:
        subject, after = (
            _("Your donation continues"),
            _("The next one is due on %(day)s: %(price)s.") % next_one,
        )
    elif pause := subscription.pause:
        subject = _("Your subscription continues")
        after = _("It is paused until %s, and renews after that.") % subscription.day(pause.until)
    else:
        subject, after = _("Your subscription continues"), _("It renews on %(day)s, at %(price)s.") % next_one
    return Letter(
        subject,
        [_("Your cancellation is undone. We are glad you are staying."), after],
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
        first = _("Thank you for staying. You now pay less.")
    elif written.what == Change.CHANGED:
        first = _("Your subscription is now %s.") % _named(subscription.price)
    elif subscription.next_price:
        first = _("Your subscription changes to %(plan)s with its next term, on %(day)s.") % {
            "plan": _named(subscription.next_price),
            "day": subscription.term_end,
        }
    else:
        first = _("Your subscription stays as it is: %s.") % _named(subscription.price)
    return Letter(
        _("Your subscription has changed"),
        [first],
        [
            (_("Next payment"), subscription.term_end),
            (_("Price"), charge_of(subscription)),
        ],
        to_account(),
    )


def extended(subscription: Subscription, notice: Notice) -> Letter | None:
    written = Transition.objects.filter(pk=notice.key).first()
    why = [written.why] if written and written.why and written.who == "reader" else []
    return Letter(
        _("Time was added to your subscription"),
        [_("Your subscription is now paid until %s.") % subscription.day(subscription.paid_until), *why],
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
    last = reads_until and Entitlement.objects.filter(person=subscription.person, ends_at=reads_until).first()
    if last and last.is_open_ended:
        then = _("You can still read without limit.")
    elif last:
        then = _("You can still read without limit until %s.")
        then %= last.last_day
    else:
        then = _("You keep your account, with the free articles it opens each month.")
    return Letter(
        _("Your subscription has ended"),
        [first, then],
        [],
        (_("Subscribe again"), f"{settings.PUBLIC_URL}{reverse('subscribe')}"),
    )

"""What is said of a pause."""

from django.utils.translation import gettext as _

from broadsheet.membership.letters.wording import account_address, to_account
from broadsheet.membership.models import State, Subscription
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter


def paused(subscription: Subscription, notice: Notice) -> Letter | None:
    pause = subscription.pause
    if pause is None:
        return None
    back = subscription.day(pause.until)
    return Letter(
        _("Your subscription is paused until %s") % back,
        [
            _(
                "Your subscription %s is paused. Nothing is charged in the meantime, and your free"
                " articles are counted again."
            )
            % subscription.plan,
            _("It resumes by itself on %s. Time that you have paid for and not used is added then.") % back,
        ],
        [
            (_("Resumes on"), back),
            (_("Paid time kept for you"), _days(pause.kept_days)),
        ],
        (_("Resume it earlier"), account_address()),
    )


def _days(count: int) -> str:
    return _("less than a day") if not count else _("%d days") % count if count > 1 else _("one day")


def coming_back(subscription: Subscription, notice: Notice) -> Letter | None:
    pause = subscription.pause
    if pause is None or str(pause.pk) != notice.key:
        return None
    back = subscription.day(pause.until)
    after = (
        _("It will not renew, and ends when your paid time is used, on %s.")
        if subscription.cancellation
        else _("The next payment is due on %s.")
    )
    return Letter(
        _("Your subscription resumes on %s") % back,
        [
            _("Your pause ends on %s, and you can read without limit again.") % back,
            after % subscription.day(subscription.paid_until),
        ],
        [],
        to_account(),
    )


def resumed(subscription: Subscription, notice: Notice) -> Letter | None:
    if subscription.state == State.PAUSED or not subscription.is_live:
        return None
    end = subscription.term_end
    after = (
        _("It will not renew, and ends on %s.")
        if subscription.cancellation
        else _("The time that you had paid for was added: the next payment is due on %s.")
    )
    return Letter(
        _("Your subscription has resumed"),
        [_("Welcome back. You can read without limit again."), after % end],
        [],
        to_account(),
    )

"""A verdict, check by check: for the desk, where somebody asks why the wall was there."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.paywall.verdict import WALLS, Reason, Verdict, Visitor

QUESTIONS = {
    Reason.STAFF: gettext_lazy("Does the visitor work here?"),
    Reason.FREE: gettext_lazy("Is the article free?"),
    Reason.SUBSCRIPTION: gettext_lazy("Do they have a subscription?"),
    Reason.INSTITUTION: gettext_lazy("Do they read in an institution?"),
    Reason.GIFT_LINK: gettext_lazy("Were they given this article?"),
    Reason.NEWSLETTER_LINK: gettext_lazy("Did a newsletter’s link lead here?"),
    Reason.CRAWLER: gettext_lazy("Is it a search crawler, and proven?"),
    Reason.GRANTED: gettext_lazy("Have they opened it already?"),
    Reason.METER: gettext_lazy("Have they articles left?"),
}


class CheckOutcome(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Check:
    question: str
    outcome: CheckOutcome
    detail: str = ""

    @property
    def answer(self) -> str:
        """“yes: 3 of 5”."""
        words = {CheckOutcome.YES: _("yes"), CheckOutcome.NO: _("no"), CheckOutcome.NOT_ASKED: _("not asked")}
        return f"{words[self.outcome]}: {self.detail}" if self.detail else words[self.outcome]


def checks_of(verdict: Verdict, visitor: Visitor, access: str) -> list[Check]:
    """The checks in their order: those before the verdict's reason said no, the reason's own said yes."""
    order = list(Reason)
    place = order.index(verdict.reason)
    checks = []
    for reason, question in QUESTIONS.items():
        if order.index(reason) > place:
            outcome = CheckOutcome.NOT_ASKED
        else:
            outcome = CheckOutcome.YES if reason == verdict.reason else CheckOutcome.NO
        is_asked = outcome != CheckOutcome.NOT_ASKED
        detail = _left(verdict, visitor, access) if reason == Reason.METER and is_asked else ""
        checks.append(Check(str(question), outcome, detail))
    return checks


def _left(verdict: Verdict, visitor: Visitor, access: str) -> str:
    if access == "subscribers":
        return _("it is for subscribers alone")
    if verdict.reason in WALLS and verdict.left:
        return _("its network, or its name, lets it open none")
    if not verdict.allowance:
        return _("there is no allowance")
    return ngettext("%(left)d of %(of)d", "%(left)d of %(of)d", verdict.left) % {
        "left": verdict.left,
        "of": verdict.allowance,
    }


def outcome_of(verdict: Verdict) -> str:
    """What the visitor gets, in a sentence."""
    match verdict.reason:
        case Reason.METER:
            return _("The article opens, by one of the allowance.")
        case Reason.REGISTER:
            return _("The wall: registering opens the article.")
        case Reason.SUBSCRIBE:
            return _("The wall: a subscription opens the article.")
    return _("The article opens.")

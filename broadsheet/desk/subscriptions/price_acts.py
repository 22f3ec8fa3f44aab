"""What can be done to a price that somebody agreed to: replace it, or stop selling it."""

from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminDateInput

from broadsheet.desk.acts import Act, MoneyField, ReasonForm
from broadsheet.membership.models import Offer, Price, Subscription
from broadsheet.membership.models.subscription.renewal import PRICE_CHANGE_NOTICE
from broadsheet.membership.prices import replace_price
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, later, start_of
from broadsheet.platform.money import Money

KEEP, RAISE = "keep", "renewals"


class ReplaceForm(ReasonForm):
    amount: Any = forms.CharField(label=gettext_lazy("New amount"))
    who = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=[
            (KEEP, gettext_lazy("New subscribers. Those who have it keep theirs.")),
            (
                RAISE,
                gettext_lazy("Everyone: subscribers from their first renewal on or after the day below."),
            ),
        ],
        widget=forms.RadioSelect,
        initial=KEEP,
    )
    since = forms.DateField(
        label=gettext_lazy("Renewals from"),
        widget=AdminDateInput,
        required=False,
        help_text=gettext_lazy("At least thirty days from now: every subscriber is told before."),
    )
    field_order = ("amount", "who", "since", "why")

    def __init__(self, *args: Any, price: Price, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(price.currency, label=gettext_lazy("New amount"))
        in_time = later(clock.now(), price.zone, days=PRICE_CHANGE_NOTICE + 1)
        self.initial.setdefault("since", day_of(in_time, price.zone))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("who") == RAISE and not typed.get("since") and "since" not in self.errors:
            self.add_error("since", _("Say from which day."))
        return typed


class PriceAct(Act):
    model: type[Model] = Price
    permission_required = "change"

    def rows(self) -> Any:
        return Price.objects.select_related("plan")

    def get_success_url(self) -> str:
        return reverse("plans:edit", args=[self.object.plan_id])

    @property
    def subscribers(self) -> int:
        return int(Subscription.objects.filter(price=self.object).live().count())


class Replace(PriceAct):
    page_title = gettext_lazy("Replace a price")
    header_icon = "rotate"
    action = "price.replace"
    form_class = ReplaceForm
    button = gettext_lazy("Replace the price")
    done = gettext_lazy("The price is replaced: it is sold at the new one from now on.")

    def get_explanation(self) -> str:
        subscribers = ngettext(
            "%(count)d subscriber has it.", "%(count)d subscribers have it.", self.subscribers
        ) % {"count": self.subscribers}
        return _("Now it is %(price)s. %(subscribers)s Offers go over to the new price.") % {
            "price": f"{self.object.money} {self.object.each}",
            "subscribers": subscribers,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"price": self.object}

    def act(self, typed: dict[str, Any]) -> str:
        amount: Money = typed["amount"]
        since = typed["since"] if typed["who"] == RAISE else None
        renewals_from = start_of(since, self.object.zone) if since else None
        replace_price(self.object, amount.minor, renewals_from=renewals_from)
        if since is None:
            return _("%(old)s by %(new)s, for new subscribers") % {"old": self.object.money, "new": amount}
        day = date_format(since, "DATE_FORMAT")
        return _("%(old)s by %(new)s, for renewals from %(day)s") % {
            "old": self.object.money,
            "new": amount,
            "day": day,
        }


class Retire(PriceAct):
    page_title = gettext_lazy("Retire a price")
    header_icon = "cross"
    action = "price.retire"
    button = gettext_lazy("Retire the price")
    is_destructive = True
    done = gettext_lazy("The price is not sold any more.")

    def get_explanation(self) -> str:
        subscribers = ngettext(
            "%(count)d subscriber has it and keeps it.",
            "%(count)d subscribers have it and keep it.",
            self.subscribers,
        ) % {"count": self.subscribers}
        offers = Offer.objects.open().filter(price=self.object).count()
        closed = (
            ngettext("%d offer for it closes.", "%d offers for it close.", offers) % offers if offers else ""
        )
        return f"{self.object}. {subscribers} {closed}".strip()

    def act(self, typed: dict[str, Any]) -> str:
        self.object.retire()
        return str(self.object.money)

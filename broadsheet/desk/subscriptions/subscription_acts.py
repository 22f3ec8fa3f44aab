"""What staff can do to a subscription. It all goes through the same verbs as the reader's own requests."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminDateInput

from broadsheet.billing import intents
from broadsheet.desk.acts import Act, ReasonForm
from broadsheet.membership.models import CancelReason, Price, State, Subscription, Verb
from broadsheet.membership.selling import Quote
from broadsheet.platform import clock


class SubscriptionAct(Act):
    model: type[Model] = Subscription
    record_name = "subscriptions:record"

    def rows(self) -> Any:
        return Subscription.objects.select_related("person", "price__plan")

    def name_of_object(self) -> str:
        return f"{self.object.number}, {self.object.person}"


class Asked(SubscriptionAct):
    """What the payment provider must carry out."""

    verb: ClassVar[Verb]
    waits = gettext_lazy("It is on its way: the payment provider has not confirmed it yet.")

    def act(self, typed: dict[str, Any]) -> str:
        intent = intents.ask(self.object, self.verb, self.by(typed), **self.wanted(typed))
        if intent.is_open:
            self.done = self.waits
        return self.what(typed)

    def wanted(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {}

    def what(self, typed: dict[str, Any]) -> str:
        return ""


class PauseForm(ReasonForm):
    until = forms.DateField(
        label=gettext_lazy("It comes back on"),
        widget=AdminDateInput,
        help_text=gettext_lazy("One to twelve weeks from today."),
    )
    field_order = ("until", "why")

    def __init__(self, *args: Any, subscription: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("until", subscription.on(clock.now()) + timedelta(weeks=4))


class Pause(Asked):
    page_title = gettext_lazy("Pause")
    header_icon = "time"
    action = "subscription.pause"
    verb = Verb.PAUSE
    form_class = PauseForm
    explanation = gettext_lazy(
        "Nothing is charged meanwhile, and the reader meets the meter again. What is unused of the paid"
        " term is given back at the end. The reader is told by e-mail."
    )
    done = gettext_lazy("The subscription is paused.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"subscription": self.object}

    def wanted(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {"until": self.object.start_of(typed["until"])}

    def what(self, typed: dict[str, Any]) -> str:
        return _("until %s") % date_format(typed["until"], "DATE_FORMAT")


class Resume(Asked):
    page_title = gettext_lazy("Resume")
    header_icon = "rotate"
    action = "subscription.resume"
    verb = Verb.RESUME
    explanation = gettext_lazy(
        "The reader reads on at once, for as long as was left of the paid term, and is told by e-mail."
    )
    done = gettext_lazy("The subscription runs again.")


class CancelForm(ReasonForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("What the reader says"),
        choices=[("", gettext_lazy("Nothing, or I don’t know")), *CancelReason.choices],
        required=False,
    )
    field_order = ("reason", "why")


class Cancel(Asked):
    page_title = gettext_lazy("Cancel")
    header_icon = "cross"
    action = "subscription.cancel"
    verb = Verb.CANCEL
    form_class = CancelForm
    button = gettext_lazy("Cancel the subscription")
    is_destructive = True
    done = gettext_lazy("The subscription ends with its term.")

    def get_explanation(self) -> str:
        if self.object.state == State.PAST_DUE:
            return _("A payment is due: it ends at once, and what is open is voided. This can’t be undone.")
        if self.object.state == State.PAUSED:
            return _(
                "It comes back from its pause for the time that is paid for, then ends. Until then this can"
                " be undone. The reader is told by e-mail."
            )
        words = _(
            "It ends with the paid term, on %s, and is not charged again. Until then this can be undone. The"
            " reader is told by e-mail."
        )
        return words % self.object.term_end

    def wanted(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {"reason": typed["reason"]}


class Keep(Asked):
    page_title = gettext_lazy("Undo the cancellation")
    header_icon = "rotate"
    action = "subscription.keep"
    verb = Verb.KEEP
    explanation = gettext_lazy("It renews again as it did before. The reader is told by e-mail.")
    done = gettext_lazy("The cancellation is undone.")


class End(Asked):
    page_title = gettext_lazy("End now")
    header_icon = "cross"
    action = "subscription.end"
    verb = Verb.END
    is_destructive = True
    explanation = gettext_lazy(
        "The reader loses access at once and is told by e-mail. What is still to be paid is voided. What was"
        " paid stays paid, unless you refund it. This can’t be undone."
    )
    done = gettext_lazy("The subscription has ended.")


UNITS = {"days": gettext_lazy("days"), "months": gettext_lazy("months")}


class ExtendForm(ReasonForm):
    count = forms.IntegerField(
        label=gettext_lazy("By how many"),
        initial=14,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        choices=list(UNITS.items()),
        widget=forms.RadioSelect,
        initial="days",
    )
    field_order = ("count", "unit", "why")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("unit") == "months" and typed.get("count", 0) > 24:
            self.add_error("count", _("At most 24 months."))
        return typed


class Extend(SubscriptionAct):
    page_title = gettext_lazy("Extend")
    header_icon = "plus"
    action = "subscription.extend"
    form_class = ExtendForm
    explanation = gettext_lazy("The term ends so much later, free of charge. The reader is told by e-mail.")
    done = gettext_lazy("The subscription is extended.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.extend(self.by(typed), **{typed["unit"]: typed["count"]})
        count = typed["count"]
        said = (
            ngettext("%d day", "%d days", count)
            if typed["unit"] == "days"
            else ngettext("%d month", "%d months", count)
        )
        return said % count


class PriceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, price: Any) -> str:
        return f"{price.plan}: {Quote.of(price).headline}"


class ChangeForm(ReasonForm):
    price = PriceField(
        Price.objects.none(), label=gettext_lazy("To"), empty_label=None, widget=forms.RadioSelect
    )
    field_order = ("price", "why")

    def __init__(self, *args: Any, subscription: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = subscription.price
        on_sale = Price.objects.on_sale(now.edition, now.plan.kind).filter(currency=subscription.currency)
        self.fields["price"].queryset = on_sale.exclude(pk=now.pk)  # type: ignore[attr-defined]


class Change(Asked):
    page_title = gettext_lazy("Change plan")
    header_icon = "order"
    action = "subscription.change"
    verb = Verb.CHANGE
    form_class = ChangeForm
    done = gettext_lazy("The plan changes with the next term.")

    def get_explanation(self) -> str:
        words = _(
            "The change takes effect with the next term, on %s; nothing is charged before. A change at once"
            " is paid at once, so the reader makes it on their account page. The reader is told by e-mail."
        )
        return words % self.object.term_end

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"subscription": self.object}

    def wanted(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {"price": typed["price"]}

    def what(self, typed: dict[str, Any]) -> str:
        return str(typed["price"])

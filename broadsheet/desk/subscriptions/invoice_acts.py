"""What staff can do about money: record a payment, refund it, void an invoice."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from broadsheet.billing import intents
from broadsheet.billing.models import Invoice, Payment
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.delivery.addresses import readable
from broadsheet.desk.acts import Act, MoneyField, ReasonForm, typed_amount
from broadsheet.membership.models import Actor, Verb
from broadsheet.platform import clock
from broadsheet.platform.money import Money


class PaidForm(forms.Form):
    amount: Any = forms.CharField(label=gettext_lazy("Amount"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=80,
        help_text=gettext_lazy("As the bank statement has it. The same one can’t be used twice."),
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=AdminDateInput)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice = invoice
        # Left empty: typing what the statement says shows whether it differs from what was due.
        self.fields["amount"] = MoneyField(invoice.currency, label=gettext_lazy("Amount"))
        self.initial.setdefault("day", invoice.on(clock.now()))

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > self.invoice.on(clock.now()):
            raise ValidationError(_("This day is in the future."))
        if day < self.invoice.on(self.invoice.issued_at):
            raise ValidationError(_("The invoice was issued after that day."))
        return day


class MarkPaid(Act):
    model: type[Model] = Invoice
    record_name = "invoices:record"
    page_title = gettext_lazy("Mark as paid")
    header_icon = "check"
    action = "invoice.pay"
    form_class = PaidForm
    done = gettext_lazy("The invoice is paid, and the buyer gets the receipt.")

    def rows(self) -> Any:
        return Invoice.objects.select_related("person", "subscription")

    def get_explanation(self) -> str:
        return _("%(amount)s is due from %(buyer)s.") % {
            "amount": self.object.money,
            "buyer": self.object.buyer_name or readable(self.object.buyer_email) or _("an erased account"),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"invoice": self.object}

    def act(self, typed: dict[str, Any]) -> str:
        day, now = typed["day"], clock.now()
        invoice: Invoice = self.object
        at = now if day == invoice.on(now) else datetime.combine(day, time(12), invoice.zone)
        by = Actor.staff(self.staff, _("On the bank statement: %s") % typed["reference"])
        payment = record_transfer(
            self.object, typed["amount"], typed["reference"], by, max(at, self.object.issued_at)
        )
        return f"{payment.money}, {typed['reference']}, {date_format(day, 'DATE_FORMAT')}"


class Void(Act):
    model: type[Model] = Invoice
    record_name = "invoices:record"
    page_title = gettext_lazy("Void")
    header_icon = "cross"
    action = "invoice.void"
    is_destructive = True
    button = gettext_lazy("Void the invoice")
    explanation = gettext_lazy(
        "Nobody owes it any more: a credit note over the whole sum takes the next number. The subscription"
        " that it is for goes on. This can’t be undone."
    )
    done = gettext_lazy("The invoice is void.")

    def act(self, typed: dict[str, Any]) -> str:
        with self.object.held():
            self.object.require_open()
            note = self.object.void()
            self.object.recover_subscription(self.by(typed))
        return _("credit note %s") % note


class RefundForm(ReasonForm):
    amount: Any = forms.CharField(label=gettext_lazy("Amount"))
    ends = forms.BooleanField(label=gettext_lazy("End the subscription now"), required=False)
    field_order = ("amount", "ends", "why")

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(
            payment.currency,
            label=gettext_lazy("Amount"),
            help_text=_("%s can still be refunded.") % payment.left,
        )
        self.initial["amount"] = typed_amount(payment.left)
        subscription = payment.invoice.subscription
        if subscription is None or not subscription.is_live:
            del self.fields["ends"]
        self.order_fields(self.field_order)


class RefundAct(Act):
    model: type[Model] = Payment
    page_title = gettext_lazy("Refund")
    header_icon = "rotate"
    action = "payment.refund"
    form_class = RefundForm
    is_destructive = True
    button = gettext_lazy("Refund")
    done = gettext_lazy("It is recorded as given back, and the buyer gets the credit note.")

    def rows(self) -> Any:
        return Payment.objects.select_related("invoice__subscription__person", "invoice__gift")

    def name_of_object(self) -> str:
        return _("Payment of invoice %s") % self.object.invoice.number

    def get_success_url(self) -> str:
        return reverse("invoices:record", args=[self.object.invoice_id])

    def get_explanation(self) -> str:
        explanation = _("A credit note for the amount takes the next number and goes to the buyer.")
        if self.object.method == Payment.Method.TRANSFER:
            explanation += " " + _("Transfer the money itself at your bank.")
        if self.object.invoice.gift:
            explanation += " " + _("Given back whole, the gift’s code stops working.")
        return explanation

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"payment": self.object}

    def act(self, typed: dict[str, Any]) -> str:
        amount: Money = typed["amount"]
        self.object.refund(amount, self.staff, typed["why"])
        if typed.get("ends"):
            intents.ask(self.object.invoice.subscription, Verb.END, self.by(typed))
            return _("%s, and the subscription ended") % amount
        return str(amount)

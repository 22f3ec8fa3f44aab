"""The kinds of notices about invoices and cards."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InvoiceNotice(TextChoices):
    INVOICE = "invoice", _("Invoice")
    RECEIPT = "receipt", _("Receipt")
    PAYMENT_FAILED = "payment_failed", _("A payment failed")
    OVERDUE = "overdue", _("An invoice is overdue")
    REFUND = "refund", _("A refund")


class CardNotice(TextChoices):
    """About the subscription that the card pays for."""

    EXPIRES = "card_expires", _("The card expires")

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from broadsheet.delivery.address_fields import EmailModelField


@register_setting(icon="form", order=4)
class Seller(BaseGenericSetting):
    """The seller, as invoices name it, and its bank account."""

    name = models.CharField(_("name"), max_length=120, blank=True, help_text=_("The company’s, in full."))
    address = models.TextField(_("address"), max_length=300, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    email = EmailModelField(_("e-mail address"), blank=True, help_text=_("For questions about an invoice."))
    account_holder = models.CharField(_("account holder"), max_length=120, blank=True)
    iban = models.CharField(_("IBAN or account number"), max_length=42, blank=True)
    bic = models.CharField(_("BIC or sort code"), max_length=20, blank=True)
    bank = models.CharField(_("bank"), max_length=80, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("days to pay"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("After which an invoice is overdue."),
    )
    note = models.CharField(_("last line of an invoice"), max_length=200, blank=True)

    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("address"), FieldPanel("vat_number"), FieldPanel("email")],
            _("Seller"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("account_holder"),
                FieldRowPanel([FieldPanel("iban"), FieldPanel("bic")]),
                FieldPanel("bank"),
                FieldPanel("payment_days"),
            ],
            _("Bank account"),
            help_text=_("Without an account nobody can pay by invoice."),
        ),
        FieldPanel("note"),
    ]

    class Meta:
        verbose_name = _("seller")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment_days__range=(1, 60)), name="seller_payment_days_are_1_to_60"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_send_invoices(self) -> bool:
        return bool(self.name and self.address and self.iban)

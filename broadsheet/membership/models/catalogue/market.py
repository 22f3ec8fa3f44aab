from decimal import Decimal
from typing import ClassVar

from babel import Locale
from babel.numbers import format_percent
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.http.editions import language_tag
from broadsheet.platform.money import Money, Taxed


class MarketManager(models.Manager["Market"]):
    def of(self, edition: str) -> "Market":
        """That of the edition with this language tag; without tax where none was set up."""
        return self.filter(edition=edition).first() or Market(edition=edition)


class Market(models.Model):
    """How what an edition sells is taxed."""

    edition = EditionTagField(unique=True)
    tax_name = models.CharField(
        _("name of the tax"), max_length=40, blank=True, help_text=_("“VAT”. Empty: no tax is charged.")
    )
    tax_rate = models.PositiveSmallIntegerField(
        _("rate"),
        default=0,
        validators=[MaxValueValidator(9_999)],
        help_text=_("In hundredths of a percent: 2000 is 20%."),
    )
    tax_included = models.BooleanField(
        _("prices contain it"), default=True, help_text=_("Else it is added at the checkout.")
    )

    objects: ClassVar[MarketManager] = MarketManager()

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        constraints = [
            models.CheckConstraint(condition=Q(tax_rate__lt=10_000), name="market_tax_below_the_price"),
            models.CheckConstraint(
                condition=Q(tax_rate=0) | ~Q(tax_name=""),
                name="market_tax_has_a_name",
                violation_error_message=_("A tax needs a name, which stands on invoices."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_edition_display())

    def taxed(self, price: Money) -> Taxed:
        return Taxed.of(price, self.tax_rate, included=self.tax_included)

    @property
    def rate(self) -> str:
        """As the edition writes it: “20%”, “8.25%”, in German “20 %”."""
        locale = Locale.parse(language_tag(translation.get_language() or "en-us"), sep="-")
        pattern = locale.percent_formats[None].pattern.replace("0", "0.##")
        written: str = format_percent(Decimal(self.tax_rate).scaleb(-4), format=pattern, locale=locale)
        return written

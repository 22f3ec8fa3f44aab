from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from broadsheet.editorial.zones import zone_of
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.kept import Kept, KeptQuerySet, watch
from broadsheet.platform.money import Money, validate_currency


class CurrencyField(models.CharField):  # type: ignore[type-arg]
    default_validators = [validate_currency]

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("verbose_name", _("currency"))
        super().__init__(*args, **(kwargs | {"max_length": 3}))  # type: ignore[arg-type]


class PlanQuerySet(models.QuerySet["Plan"]):
    def on_sale(self, edition: str) -> "PlanQuerySet":
        """Those to read by that have a price in the edition now."""
        return self.filter(
            kind=Plan.Kind.READING, is_on_sale=True, prices__in=Price.objects.current(edition)
        ).distinct()


class Plan(ClusterableModel):
    """What is sold: Digital, Supporter."""

    class Kind(models.TextChoices):
        READING = "reading", _("Subscription")
        DONATION = "donation", _("Donation")
        GROUP = "group", _("Group subscription, priced by the seat")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.READING)
    name = models.CharField(_("name"), max_length=60)
    summary = models.CharField(
        _("summary"), max_length=200, blank=True, help_text=_("One sentence beneath the name.")
    )
    promises = models.TextField(
        _("what it gives"), blank=True, help_text=_("A line each, as the page that sells it lists them.")
    )
    gift_links = models.PositiveSmallIntegerField(
        _("gift links a month"),
        null=True,
        blank=True,
        help_text=_("How many articles its subscribers may give away. Empty: as the meter says."),
    )
    includes_print = models.BooleanField(
        _("includes print"),
        default=False,
        help_text=_("Its subscribers give a postal address, and stand on the list for the printer."),
    )
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    order = models.SmallIntegerField(_("order"), default=0, help_text=_("The lowest stands first."))

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["order", "name"]

    if TYPE_CHECKING:
        prices: models.QuerySet["Price"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_donation(self) -> bool:
        return self.kind == self.Kind.DONATION

    @property
    def is_group(self) -> bool:
        return self.kind == self.Kind.GROUP

    @property
    def gives(self) -> list[str]:
        return [line.strip() for line in self.promises.splitlines() if line.strip()]


TAG = "catalogue"
"""What is kept of what is sold bears it: see `platform.kept`."""


class PriceQuerySet(KeptQuerySet["Price"]):
    tag = TAG

    def current(self, edition: str) -> "PriceQuerySet":
        """Those at which something is sold now in the edition with this language tag."""
        return self.filter(edition=edition, retired_at=None)

    def on_sale(self, edition: str, kind: "Plan.Kind | None" = None) -> "PriceQuerySet":
        """Those of plans of a kind that are sold now, to read by unless told; with their plans."""
        sold = self.current(edition).filter(plan__is_on_sale=True, plan__kind=kind or Plan.Kind.READING)
        return sold.select_related("plan")


class Price(models.Model):
    """What a plan costs in an edition, for a term. What was agreed at a price stays.

    It is replaced, never changed.
    """

    plan = ParentalKey(Plan, on_delete=models.PROTECT, related_name="prices")
    edition = EditionTagField()
    amount = models.PositiveBigIntegerField(_("amount"), help_text=_("In minor units: 4000 is 40.00."))
    currency = CurrencyField()
    term = models.CharField(_("term"), max_length=7, choices=Term.choices, default=Term.YEAR)
    trial_days = models.PositiveSmallIntegerField(
        _("days of trial"),
        default=0,
        help_text=_("Free, and only for readers who never subscribed. 0: none."),
    )
    retired_at = models.DateTimeField(_("sold until"), null=True, blank=True, editable=False)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replaces"
    )
    replaced_from = models.DateTimeField(null=True, blank=True, editable=False)
    """From when on renewals of those who agreed to this price cost the new one; None: never."""

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["edition", "term", "amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "edition", "term"],
                condition=Q(retired_at=None) & ~Q(term=Term.ONCE),
                name="price_once_for_a_term",
                violation_error_message=_("This plan has a price for this term in this edition already."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="price_currency_is_iso_4217"
            ),
            models.CheckConstraint(
                condition=Q(replaced_from=None) | Q(replaced_by__isnull=False),
                name="price_is_replaced_by_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.money.brief} {Term(self.term).each}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.edition)

    @property
    def each(self) -> str:
        return Term(self.term).each

    @property
    def often(self) -> str:
        return Term(self.term).often

    def retire(self) -> None:
        """Ends its sale; subscribers who agreed to it keep it. Raises Refused where it was retired before."""
        if not Price.objects.filter(pk=self.pk, retired_at=None).update(retired_at=clock.now()):
            raise Refused(gettext("This price is not sold any more."))
        self.refresh_from_db(fields=["retired_at"])

    @property
    def present(self) -> "Price | None":
        """The price at which the same is sold now, this or what replaced it; None where none is."""
        price = self
        while price.retired_at and price.replaced_by:
            price = price.replaced_by
        return None if price.retired_at or not price.plan.is_on_sale else price


def sells_in(edition: str) -> bool:
    """Whether a subscription can be bought in the edition with this language tag. Prices are not kept."""
    return edition in _editions()


def _read() -> frozenset[str]:
    sold = Price.objects.filter(retired_at=None, plan__is_on_sale=True, plan__kind=Plan.Kind.READING)
    return frozenset(sold.values_list("edition", flat=True))


def has_plans() -> bool:
    """Whether there is a plan, on sale or not."""
    return _has_plans()


_editions = Kept(_read, TAG)
_has_plans = Kept(Plan.objects.exists, TAG)
watch(TAG, Plan, Price)

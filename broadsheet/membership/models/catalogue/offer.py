from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.editorial.models import Picture
from broadsheet.membership.errors import PriceChanged, Refused
from broadsheet.membership.lengths import Length, Term, Unit
from broadsheet.membership.models.catalogue.plan import TAG, Price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.kept import Kept, KeptQuerySet, watch
from broadsheet.platform.money import Money

AGREED = ("price", "amount", "count", "unit", "terms")
"""What whoever takes an offer agrees to."""


class OfferPlacement(models.TextChoices):
    CODE = "code", gettext_lazy("By its code or link only")
    SLOT = "slot", gettext_lazy("In promotion slots, at walls and on the page that sells")
    SAVE = "save", gettext_lazy("When a subscriber cancels")


class Audience(models.TextChoices):
    ALL = "all", gettext_lazy("Everyone who has no subscription")
    NEW = "new", gettext_lazy("Who never had one")
    RETURNING = "returning", gettext_lazy("Who had one before")


class OfferQuerySet(KeptQuerySet["Offer"]):
    tag = TAG

    def open(self, at: datetime | None = None) -> Self:
        """Those in their window, no dearer than a price that is sold, and not used up."""
        at = at or clock.now()
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=at),
            Q(limit=None) | Q(limit__gt=F("used")),
            starts_at__lte=at,
            amount__lte=F("price__amount"),
            price__retired_at=None,
            price__plan__is_on_sale=True,
        ).select_related("price__plan", "picture")

    def with_code(self, code: str) -> "Offer | None":
        """The offer with a code as somebody typed it."""
        return self.filter(code=code.strip().upper()).select_related("price__plan").first()

    def for_visitor(self, person: Person | None) -> Self:
        """Those by which `person` may subscribe; None: a stranger, who is taken for new."""
        had_one = person is not None and person.subscriptions.reading().exists()
        theirs = Audience.RETURNING if had_one else Audience.NEW
        found = self.open().exclude(placement=OfferPlacement.SAVE).filter(audience__in=(Audience.ALL, theirs))
        return found.exclude(uses__person=person) if person else found

    def shown(self, edition: str, person: Person | None = None) -> "list[Offer]":
        """What slots, walls and the page that sells show this visitor; what costs least a day first."""
        found = self.for_visitor(person).filter(placement=OfferPlacement.SLOT, price__edition=edition)
        return sorted(found, key=lambda offer: (offer.amount_per_day, offer.pk))

    def best(self, edition: str, person: Person | None = None) -> "Offer | None":
        return next(iter(self.shown(edition, person)), None)


class Offer(models.Model):
    """A better first price, or, for a subscriber who cancels, a better next one."""

    name = models.CharField(gettext_lazy("name"), max_length=80, help_text=gettext_lazy("For the staff."))
    line = models.CharField(
        gettext_lazy("line"),
        max_length=80,
        blank=True,
        help_text=gettext_lazy("What slots say above the price: “Subscribe and save”."),
    )
    picture = models.ForeignKey(
        Picture,
        on_delete=models.SET_NULL,
        verbose_name=gettext_lazy("picture"),
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy("Stands with the offer in promotion slots, with its credit."),
    )
    placement = models.CharField(
        gettext_lazy("where it shows"),
        max_length=4,
        choices=OfferPlacement.choices,
        default=OfferPlacement.CODE,
    )
    audience = models.CharField(
        gettext_lazy("who may use it"), max_length=9, choices=Audience.choices, default=Audience.ALL
    )
    code = models.CharField(
        gettext_lazy("code"),
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z0-9-]+$", gettext_lazy("Capital letters, digits and hyphens only."))
        ],
        help_text=gettext_lazy("Readers type it, and links name it: /subscribe/?offer=SPRING"),
    )
    price = models.ForeignKey(
        Price, on_delete=models.PROTECT, verbose_name=gettext_lazy("price"), related_name="offers"
    )
    amount = models.PositiveBigIntegerField(
        gettext_lazy("amount"),
        help_text=gettext_lazy("For each of the terms below, in minor units: 100 is 1.00."),
    )
    count = models.PositiveSmallIntegerField(
        gettext_lazy("length of such a term"), default=1, validators=[MinValueValidator(1)]
    )
    unit = models.CharField(gettext_lazy("in"), max_length=5, choices=Unit.choices, default=Unit.MONTH)
    terms = models.PositiveSmallIntegerField(
        gettext_lazy("how many of them"), default=1, validators=[MinValueValidator(1)]
    )
    starts_at = models.DateTimeField(gettext_lazy("begins"), default=clock.now)
    ends_at = models.DateTimeField(
        gettext_lazy("ends"), null=True, blank=True, help_text=gettext_lazy("Empty: until further notice.")
    )
    limit = models.PositiveIntegerField(
        gettext_lazy("how often in all"), null=True, blank=True, help_text=gettext_lazy("Empty: no limit.")
    )
    used = models.PositiveIntegerField(default=0, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("offer")
        verbose_name_plural = gettext_lazy("offers")
        ordering = ["-starts_at", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="offer_ends_after_start",
                violation_error_message=gettext_lazy("It must end after it begins."),
            ),
            models.CheckConstraint(condition=Q(count__gte=1, terms__gte=1), name="offer_lasts"),
            models.CheckConstraint(
                condition=Q(limit=None) | Q(used__lte=F("limit")), name="offer_within_limit"
            ),
        ]

    if TYPE_CHECKING:
        uses: models.QuerySet["OfferUse"]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self) -> Money:
        return Money(self.amount, self.price.currency)

    @property
    def length(self) -> Length:
        return Length(self.count, Unit(self.unit))

    def at(self, price: str) -> str:
        """“£1 for 6 weeks”, “$2 a month, 3 times”: `price` of each term with what it lasts."""
        said = {"price": price, "length": self.length.lasting, "every": self.length.every}
        if self.terms == 1:
            return _("%(price)s for %(length)s") % said
        words = ngettext(
            "%(price)s %(every)s, %(terms)d time", "%(price)s %(every)s, %(terms)d times", self.terms
        )
        return words % (said | {"terms": self.terms})

    @property
    def lasts_as_the_price(self) -> bool:
        return self.unit == Unit.MONTH and self.count == Term(self.price.term).months

    @property
    def amount_per_day(self) -> float:
        days = self.count * (7 if self.unit == Unit.WEEK else 30.4)
        return self.amount / days

    def fault(self) -> str:
        """Why nobody can use it now, in a sentence; empty where somebody can."""
        now = clock.now()
        if self.starts_at > now:
            return _("This offer has not begun yet.")
        if self.ends_at and self.ends_at <= now:
            return _("This offer has ended.")
        if self.limit is not None and self.used >= self.limit:
            return _("This offer has been used up.")
        if self.price.retired_at or not self.price.plan.is_on_sale:
            return _("What this offer was for is no longer on sale.")
        if self.amount > self.price.amount:
            return _("What this offer was for now costs less without it.")
        return ""

    def fault_for(self, person: Person | None) -> str:
        """Why `person` can't use it to subscribe now; empty where they can, and where a stranger might."""
        if fault := self.fault():
            return fault
        if self.placement == OfferPlacement.SAVE:
            return _("This offer is for subscribers.")
        if person is None:
            return ""
        had_one = person.subscriptions.reading().exists()
        if self.audience == Audience.NEW and had_one:
            return _("This offer is for new subscribers.")
        if self.audience == Audience.RETURNING and not had_one:
            return _("This offer is for readers who subscribed before.")
        if self.uses.filter(person=person).exists():
            return _("You have used this offer before. Each reader can use it once.")
        return ""

    def clean(self) -> None:
        if self.picture and not self.picture.may_be_published:
            raise ValidationError(
                {"picture": _("This picture has no credit. Give it one, or choose another.")}
            )
        if not self.used:
            return
        if Offer.objects.filter(pk=self.pk).exclude(**{name: getattr(self, name) for name in AGREED}):
            raise ValidationError(
                _("Somebody took this offer: its price and terms stay as they were agreed. Make another one.")
            )

    def take(self, person: Person, price: Price) -> None:
        """Has `person` subscribe at `price` with it; raises Refused where they can't."""
        if self.price_id != price.pk:
            if price.retired_at:
                raise PriceChanged
            raise Refused(_("This offer is for another plan."))
        if fault := self.fault_for(person):
            raise Refused(fault)
        self.use(person)

    def use(self, person: Person) -> None:
        """Takes one of its places for `person`; raises Refused. Called in the transaction that sells."""
        taken = Offer.objects.filter(Q(limit=None) | Q(limit__gt=F("used")), pk=self.pk).update(
            used=F("used") + 1
        )
        if not taken:
            raise Refused(_("This offer has been used up."))
        __, is_new = OfferUse.objects.get_or_create(offer=self, person=person)
        if not is_new:
            raise Refused(_("You have used this offer before. Each reader can use it once."))
        self.refresh_from_db(fields=["used"])


def promoted(edition: str) -> "Offer | None":
    """The offer whose words promotions show in the edition with this language tag: a stranger's best.

    As `Offer.objects.best` finds it, among those that this process keeps. They are not for its price.
    """
    theirs = (Audience.ALL, Audience.NEW)
    here = [offer for offer in _kept() if offer.price.edition == edition and offer.audience in theirs]
    return min(
        (offer for offer in here if not offer.fault()),
        key=lambda offer: (offer.amount_per_day, offer.pk),
        default=None,
    )


def _read() -> list["Offer"]:
    return list(Offer.objects.filter(placement=OfferPlacement.SLOT).select_related("price__plan", "picture"))


_kept = Kept(_read, TAG, "pictures")
watch(TAG, Offer)


class OfferUse(models.Model):
    """That a reader took an offer: each once."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="uses")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="offers_used")
    used_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "person"], name="offer_once_for_a_reader")]

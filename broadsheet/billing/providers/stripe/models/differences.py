from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models.payment import Payment
from broadsheet.people.models import Person
from broadsheet.platform import clock


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def found(self, text: str) -> Self:
        """By Stripe’s reference, or by what finds the payment."""
        by_payment = Payment.objects.found(text).values("pk")
        return self.filter(Q(reference=text.strip()) | Q(payment__in=by_payment))

    def open_first(self) -> Self:
        return self.order_by(F("settled_at").desc(nulls_first=True), "-found_at", "-pk")


class DifferenceManager(models.Manager.from_queryset(DifferenceQuerySet)):  # type: ignore[misc]
    def find(
        self, kind: "Difference.Kind", reference: str, payment: Payment | None = None, detail: str = ""
    ) -> None:
        """Sets it down for the staff, once."""
        self.get_or_create(
            kind=kind, reference=reference, defaults={"payment": payment, "detail": detail[:300]}
        )

    def resolve(self, kind: "Difference.Kind", reference: str, why: str) -> None:
        """Settles it, where it has settled itself."""
        found = self.filter(kind=kind, reference=reference).open()
        found.update(settled_at=clock.now(), why=why)


class Difference(models.Model):
    """What Stripe’s books and ours don’t agree on, or what only a person can decide."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("A cardholder disputes a payment")
        UNKNOWN = "unknown", _("Stripe has a payment that we don’t know")
        MISSING = "missing", _("Stripe does not have a payment that we know")
        AMOUNT = "amount", _("The amounts differ")
        RETURNED = "returned", _("A refund made at Stripe fits no invoice")
        UNRETURNED = "unreturn", _("A refund has failed")
        GOES_ON = "goes_on", _("The old subscription goes on at Stripe")
        STUCK = "stuck", _("Stripe refuses what we ask for")

    STEPS = {
        Kind.DISPUTE: _(
            "Answer it at Stripe before the day named there, with what shows that the reader bought and read."
            " To accept it, do nothing: the money is gone either way. Then settle it here."
        ),
        Kind.UNKNOWN: _("Look at it at Stripe. Refund it there, or record it on the invoice that it is for."),
        Kind.MISSING: _("Check that STRIPE_KEY is that of the same account. If it is, ask Stripe about it."),
        Kind.AMOUNT: _("Refund the difference at Stripe, or write to the reader."),
        Kind.RETURNED: _("Find the invoices that it is for, and record what was given back."),
        Kind.UNRETURNED: _("The card can’t take it. Ask the reader for a bank account, and send it there."),
        Kind.GOES_ON: _("End it at Stripe. Until then we charge nothing, so that nobody pays twice."),
        Kind.STUCK: _("Look at the object at Stripe. The log has the number of the request."),
    }

    kind = models.CharField(max_length=8, choices=Kind.choices)
    reference = models.CharField(max_length=120)
    """Stripe’s."""
    payment = models.ForeignKey(Payment, on_delete=models.SET_NULL, null=True, related_name="differences")
    detail = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)

    objects = DifferenceManager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["-found_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="difference_once")]
        indexes = [models.Index(fields=["settled_at", "-found_at"], name="difference_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"

    @property
    def next_step(self) -> str:
        return str(self.STEPS[self.Kind(self.kind)])

    @property
    def state(self) -> str:
        return str(_("Settled") if self.settled_at else _("Open"))

    def settle(self, by: Person, why: str) -> None:
        self.settled_at, self.settled_by, self.why = clock.now(), by, why
        self.save()

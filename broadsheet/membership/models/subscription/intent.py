import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.membership.models.subscription.transition import Actor, ActorKind
from broadsheet.platform import clock
from broadsheet.platform.locking import held, under_lock


class Verb(models.TextChoices):
    PAUSE = "pause", gettext_lazy("Pausing")
    RESUME = "resume", gettext_lazy("Resuming")
    CANCEL = "cancel", gettext_lazy("Cancellation")
    KEEP = "keep", gettext_lazy("Undoing the cancellation")
    CHANGE = "change", gettext_lazy("Changing with the next term")
    END = "end", gettext_lazy("Ending")


class IntentManager(models.Manager["Intent"]):
    def ask(
        self,
        subscription: Subscription,
        verb: Verb,
        by: Actor,
        *,
        until: datetime | None = None,
        reason: str = "",
        price: Price | None = None,
    ) -> "Intent":
        """Sets down what a provider must carry out; raises Refused where it can't be asked for now.

        Asking twice for the same, by a double click say, is asking once.
        """
        wanted = Intent(
            subscription=subscription,
            verb=verb,
            until=until,
            reason=reason,
            price=price,
            who=by.who,
            person=by.person,
            why=by.why,
        )
        with held(subscription):
            if open_one := self.filter(subscription=subscription).open().first():  # type: ignore[attr-defined]
                if open_one.verb == verb:
                    return open_one
                raise Refused(_("Your last change is still being made. Please try again in a minute."))
            wanted.require()
            wanted.save()
        return wanted


class IntentQuerySet(models.QuerySet["Intent"]):
    def open(self) -> "IntentQuerySet":
        return self.filter(done_at=None, failed_at=None)


class Intent(models.Model):
    """What somebody wants of a subscription and its provider must carry out. Its uuid is the idempotency key.

    Until the provider confirms, the subscription is as it was, and pages say what is on its way.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="intents")
    verb = models.CharField(max_length=6, choices=Verb.choices)
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=9, blank=True)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, related_name="+")
    who = models.CharField(max_length=8, choices=ActorKind.choices)
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = IntentManager.from_queryset(IntentQuerySet)()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(done_at=None, failed_at=None),
                name="one_open_intent_of_a_subscription",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.subscription}"

    @property
    def by(self) -> Actor:
        return Actor(ActorKind(self.who), self.person, self.why)

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.failed_at is None

    def require(self) -> None:
        """Raises Refused where the subscription, as it is, can't take it."""
        subscription = self.subscription
        match self.verb:
            case Verb.PAUSE:
                subscription.require_pausable(self.until or clock.now())
            case Verb.RESUME:
                subscription.require_resumable()
            case Verb.CANCEL:
                subscription.require_cancellable()
            case Verb.KEEP:
                subscription.require_keepable()
            case Verb.CHANGE:
                subscription.require_changeable(self._price())
            case Verb.END:
                subscription.refuse_if_ended()

    @under_lock
    def confirm(self) -> None:
        """The provider has done it: so it takes effect, once, however often that is reported."""
        if not self.is_open:
            return
        try:
            # What can't be applied after all must undo its part alone.
            with transaction.atomic():
                self._apply()
        except Refused as refused:
            self.failed_at, self.fault = clock.now(), refused.reason[:300]
        else:
            self.done_at = clock.now()
        self.save()

    @under_lock
    def fail(self, fault: str) -> None:
        """The provider will not do it; the subscription stays as it was."""
        if self.is_open:
            self.failed_at, self.fault = clock.now(), fault[:300]
            self.save()

    def _apply(self) -> None:
        subscription = self.subscription
        match self.verb:
            case Verb.PAUSE:
                subscription.pause_until(self.until or clock.now(), self.by)
            case Verb.RESUME:
                subscription.resume(self.by)
            case Verb.CANCEL:
                subscription.cancel(self.by, self.reason)
            case Verb.KEEP:
                subscription.keep(self.by)
            case Verb.CHANGE:
                subscription.change_later(self._price(), self.by)
            case Verb.END:
                subscription.end(self.by)

    def _price(self) -> Price:
        if self.price is None:
            raise ValueError("a change names the price that it is to")
        return self.price

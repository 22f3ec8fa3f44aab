from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.contact.models.conversation import Conversation, State, Topic
from broadsheet.membership.fulfilment.label import paper_of
from broadsheet.membership.models import Entitlement, PrintSubscriber, Subscription
from broadsheet.people.finding import Clues, agreed, candidates
from broadsheet.people.letters import post_letter
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.locking import held

if TYPE_CHECKING:
    from broadsheet.people.letters import Letter

MAIL_AGAIN_AFTER = timedelta(hours=1)
"""A mailbox is written to once in this time, whoever looks for its subscription."""
KEPT = timedelta(days=30)
"""How long a row stays, of which nothing is left by then but how it ended."""
GIVEN_UP_AFTER = timedelta(days=1)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def due(self) -> Self:
        return self.filter(settled_at=None).order_by("at", "pk")


class Inquiry(models.Model):
    """Somebody looks for their subscription: what they know of it, until that was looked up."""

    class Outcome(models.TextChoices):
        TOLD = "told", _("the mailbox was written to")
        TOLD_BEFORE = "before", _("the mailbox had been written to within the hour")
        PASSED_ON = "passed", _("passed on to our staff")
        NOTHING = "nothing", _("no single subscription")
        GIVEN_UP = "given_up", _("given up")

    email = models.EmailField(max_length=254, blank=True)
    number = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    last_digits = models.CharField(max_length=4, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=150, blank=True)
    reply_to = models.EmailField(max_length=254, blank=True)
    """Where our staff may answer if it can't be found."""
    message = models.TextField(blank=True)
    edition = EditionTagField()
    article = models.UUIDField(null=True, blank=True)
    """The article that they want to read."""
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    """Whose mailbox was written to."""
    paper = models.ForeignKey(
        PrintSubscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    """The one to whose mailbox, as the mailing house knows it, was written: they have no account."""

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="inquiry_settled_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None)
                | Q(email="", number="", postcode="", last_digits="", name="", reply_to="", message=""),
                name="inquiry_settled_knows_no_more",
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(settled_at=None), name="inquiry_due"),
            models.Index(fields=["person", "settled_at"], name="inquiry_of_mailbox"),
            models.Index(fields=["settled_at"], name="inquiry_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.get_outcome_display()}"

    @property
    def clues(self) -> Clues:
        return Clues(self.email, self.number, self.postcode, self.last_digits, self.expires_on, self.name)

    def settle(self) -> None:
        """Looks up what was said, writes to the mailbox if that leads to exactly one, and forgets the rest.

        Raises NotPosted, with everything left as it was.
        """
        with held(self):
            if self.settled_at is None:
                self._end(self._look_up())

    def give_up(self) -> None:
        """Passes on to our staff what couldn't be looked up for a day, where they were asked to help."""
        with held(self):
            if self.settled_at is None:
                self._end(self._pass_on() if self.reply_to else self.Outcome.GIVEN_UP)

    def _look_up(self) -> Outcome:
        found = subscribers(agreed(self.clues))
        if len(found) == 1:
            self.person = found[0]
        elif not any(one.is_sure for one in candidates(self.clues)):
            self.paper = paper_of(self.clues)
        known = self.person or self.paper
        if known is None:
            return self._pass_on() if self.reply_to else self.Outcome.NOTHING
        with held(known):
            if self._was_told_lately(known.email):
                return self.Outcome.TOLD_BEFORE
            post_letter(self._letter(known), known.email, self.edition)
        return self.Outcome.TOLD

    def _letter(self, known: Person | PrintSubscriber) -> "Letter":
        from broadsheet.contact.finding.letter import found_letter, paper_letter

        if isinstance(known, Person):
            return found_letter(known, self.edition, self.article)
        return paper_letter(known, self.edition, self.article)

    def _was_told_lately(self, email: str) -> bool:
        told = Inquiry.objects.filter(
            outcome=self.Outcome.TOLD, settled_at__gt=clock.now() - MAIL_AGAIN_AFTER
        )
        return told.filter(Q(person__email=email) | Q(paper__email=email)).exists()

    def _pass_on(self) -> Outcome:
        said = {
            name: value
            for name in ("number", "postcode", "last_digits", "name")
            if (value := getattr(self, name))
        }
        if self.email and self.email != self.reply_to:
            said["email"] = self.email
        if self.expires_on:
            said["expires_on"] = self.expires_on.isoformat()
        conversation = Conversation(
            subject=gettext("I can’t find my subscription"),
            topic=Topic.SUBSCRIPTION,
            email=self.reply_to,
            name=self.name,
            edition=self.edition,
            article=self.article,
            clues=said,
            state=State.WAITING,
            waiting_since=self.at,
            began_at=self.at,
            last_at=self.at,
        )
        conversation.save()
        text = self.message or gettext("They wrote no message.")
        conversation.receive(text, email=self.reply_to, name=self.name, at=self.at)
        return self.Outcome.PASSED_ON

    def _end(self, outcome: Outcome) -> None:
        self.outcome, self.settled_at = outcome, clock.now()
        self.email = self.number = self.postcode = self.last_digits = self.name = ""
        self.reply_to = self.message = ""
        self.expires_on = self.article = None
        self.save()


def subscribers(people: set[int]) -> list[Person]:
    """Those of `people` who read by a right, or did: one that has ended is looked for, too."""
    entitled = Entitlement.objects.filter(person__in=people).values("person")
    subscribed = Subscription.objects.filter(person__in=people).values("person")
    return list(
        Person.objects.filter(Q(pk__in=entitled) | Q(pk__in=subscribed), is_active=True).order_by("pk")
    )


def settle_due(at: datetime | None = None) -> int:
    """Settles what is due, and says how many that were; raises an ExceptionGroup of what failed."""
    faults: list[Exception] = []
    settled = 0
    for inquiry in Inquiry.objects.due()[:500]:
        is_hopeless = inquiry.at < (at or clock.now()) - GIVEN_UP_AFTER
        try:
            inquiry.give_up() if is_hopeless else inquiry.settle()
            settled += 1
        except Exception as fault:  # raised below: one that can't be looked up keeps no other waiting
            fault.add_note(f"in inquiry {inquiry.pk}")
            faults.append(fault)
    if faults:
        raise ExceptionGroup("Some inquiries can’t be settled", faults)
    return settled


def forget_old(at: datetime, **kwargs: Any) -> None:
    Inquiry.objects.filter(settled_at__lt=at - KEPT).delete()

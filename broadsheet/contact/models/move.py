from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.contact.models.conversation import Conversation
from broadsheet.contact.notice_kinds import MoveNotice
from broadsheet.delivery.addresses import readable
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, ActorKind, Subscription
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.locking import held, under_lock

TO_OBJECT = timedelta(hours=72)


class MoveQuerySet(models.QuerySet["Move"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)

    def due(self, at: datetime) -> Self:
        return self.open().filter(due_at__lte=at).order_by("due_at", "pk")


class MoveManager(models.Manager.from_queryset(MoveQuerySet)):  # type: ignore[misc]
    def ask(
        self,
        person: Person,
        to_email: str,
        by: Person,
        why: str,
        *,
        subscription: Subscription | None = None,
        conversation: Conversation | None = None,
    ) -> "Move":
        """Has `subscription` of `person`, or the whole account, go to `to_email` in 72 hours.

        The mailbox of `person` is told, and can object until then. Raises Refused.
        """
        with transaction.atomic(), held(person):
            move = Move(
                person=person,
                subscription=subscription,
                from_email=person.email,
                to_email=to_email,
                by=by,
                why=why,
                conversation=conversation,
                edition=subscription.price.edition if subscription else _edition_of(person, conversation),
                due_at=clock.now() + TO_OBJECT,
            )
            move.require_possible()
            if self.open().filter(person=person).exists():
                raise Refused(
                    gettext("There is a move from this account already, which waits for its 72 hours.")
                )
            move.save()
            move.say(MoveNotice.ASKED, person=person)
        return move


def _edition_of(person: Person, conversation: Conversation | None) -> str:
    if conversation:
        return conversation.edition
    last = Subscription.objects.filter(person=person).select_related("price").order_by("-pk").first()
    return last.price.edition if last else settings.LANGUAGE_CODE


class Move(models.Model):
    """A subscription, or a whole account, that goes to another mailbox unless the old one objects in time."""

    class Outcome(models.TextChoices):
        DONE = "done", _("carried out")
        OBJECTED = "objected", _("stopped by the old mailbox")
        STOPPED = "stopped", _("stopped by our staff")
        IMPOSSIBLE = "refused", _("not possible any more")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="moves"
    )
    """Whose it is. None: the account is gone, by this move or by its reader."""
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, blank=True, related_name="moves"
    )
    """What goes; None: everything of the account, which then ends."""
    is_of_account = models.BooleanField(default=False, editable=False)
    from_email = models.EmailField(max_length=254)
    to_email = models.EmailField(max_length=254)
    edition = EditionTagField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=200)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.SET_NULL, null=True, blank=True, related_name="moves"
    )
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    fault = models.CharField(max_length=300, blank=True)

    objects: ClassVar[MoveManager] = MoveManager()

    class Meta:
        verbose_name = _("move")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_open_move_of_an_account"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="move_ended_has_an_outcome",
            ),
            models.CheckConstraint(condition=~Q(from_email=models.F("to_email")), name="move_goes_elsewhere"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="move_due")]

    if TYPE_CHECKING:
        conversation_id: int | None

    def __str__(self) -> str:
        return f"{readable(self.from_email)} → {readable(self.to_email)}"

    def save(self, **kwargs: object) -> None:
        if self._state.adding:
            self.is_of_account = self.subscription is None
        super().save(**kwargs)  # type: ignore[arg-type]

    @property
    def what(self) -> str:
        """“Subscription S-000012”, or the account."""
        if self.is_of_account:
            return gettext("The account, with everything in it")
        if self.subscription is None:
            return gettext("A subscription")
        return gettext("Subscription %s") % self.subscription.number

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def require_possible(self) -> None:
        """Raises Refused."""
        is_gone = self.subscription is None and not self.is_of_account and not self._state.adding
        if self.person is None or is_gone:
            raise Refused(gettext("The account or its subscription is not there any more."))
        if self.to_email == self.person.email:
            raise Refused(gettext("This is the mailbox that it has."))
        if self.subscription is not None and self.subscription.person_id != self.person.pk:
            raise Refused(gettext("The subscription belongs to another account by now."))
        target = Person.objects.filter(email=self.to_email).first()
        if self.person.is_staff or (target and (target.is_staff or not target.is_active)):
            raise Refused(gettext("Accounts of our staff, and closed ones, can’t be moved to or from."))
        if self.subscription is None and target is None:
            raise Refused(
                gettext("Nobody is registered with the other address. There is nothing to merge with.")
            )
        if (
            target
            and self._goes_live()
            and Subscription.objects.filter(person=target).reading().live().exists()
        ):
            raise Refused(
                gettext("The other account has a subscription that runs. End one of the two first.")
            )

    def _goes_live(self) -> bool:
        """Whether a subscription to read by moves that has not ended."""
        if self.subscription:
            is_read_by = not (self.subscription.is_donation or self.subscription.is_group)
            return self.subscription.is_live and is_read_by
        return bool(Subscription.objects.filter(person=self.person).reading().live().exists())

    @under_lock
    def object(self) -> bool:
        """The old mailbox says no; whether that came in time."""
        if not self.is_open:
            return False
        self._end(self.Outcome.OBJECTED)
        self._tell_desk(gettext("%(mailbox)s objects to the move to %(other)s. Nothing was moved."))
        return True

    @under_lock
    def stop(self) -> None:
        if not self.is_open:
            raise Refused(gettext("This move has ended already."))
        self._end(self.Outcome.STOPPED)
        Notice.objects.drop(MoveNotice.ASKED, self.pk)
        self.say(MoveNotice.STOPPED, email=self.from_email)

    def carry_out(self) -> None:
        """Does what was asked, 72 hours after that, and tells both mailboxes."""
        with transaction.atomic():
            # In the order in which everybody locks: the person first.
            Person.objects.select_for_update().filter(pk=self.person_id or 0).first()
            if not Move.objects.select_for_update().open().filter(pk=self.pk).exists():
                return
            self.refresh_from_db()
            try:
                with transaction.atomic():
                    self.require_possible()
                    self._go()
            except Refused as refused:
                self.refresh_from_db()
                self.fault = refused.reason
                self._end(self.Outcome.IMPOSSIBLE)
                said = gettext("The move from %(mailbox)s to %(other)s was not possible.")
                self._tell_desk(said, refused.reason)

    def _go(self) -> None:
        target, _is_new = Person.objects.registered(self.to_email)
        account, subscription = self.person, self.subscription
        self._end(self.Outcome.DONE)
        if subscription:
            subscription.move_to(target, Actor(ActorKind.STAFF, self.by, self.why))
        elif account:
            account.merge_into(target)
            self.person = None
        if self.conversation:
            self.conversation.recognise(target)
            self.conversation.note(gettext("%(what)s went to %(other)s.") % self._words())
        self.say(MoveNotice.DONE, key="from", email=self.from_email)
        self.say(MoveNotice.DONE, key="to", person=target)

    def say(self, kind: MoveNotice, *, key: str = "", person: Person | None = None, email: str = "") -> None:
        Notice.objects.set_down(
            kind, self.pk, edition=self.edition, key=key, person=person, email="" if person else email
        )

    def _tell_desk(self, words: str, reason: str = "") -> None:
        conversation = self.conversation
        text = f"{words % self._words()} {reason}".strip()
        if conversation is None:
            conversation = Conversation(
                subject=gettext("A move of a subscription"),
                email=self.to_email,
                edition=self.edition,
                waiting_since=clock.now(),
            )
            conversation.save()
            self.conversation = conversation
            self.save()
        conversation.call_attention(text)

    def _words(self) -> dict[str, str]:
        return {"what": self.what, "mailbox": readable(self.from_email), "other": readable(self.to_email)}

    def _end(self, outcome: Outcome) -> None:
        self.outcome, self.ended_at = outcome, clock.now()
        self.save()


def carry_out_due(at: datetime) -> None:
    """Raises an ExceptionGroup of what failed."""
    faults = []
    for move in list(Move.objects.due(at)):
        try:
            move.carry_out()
        except Exception as fault:  # raised below: no move keeps another from its turn
            fault.add_note(f"in move {move.pk}")
            faults.append(fault)
    if faults:
        raise ExceptionGroup("Some moves can’t be carried out", faults)

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.contact.models.answering import Answerable
from broadsheet.contact.models.merging import Mergeable
from broadsheet.contact.models.message import Attachment, Kind, Message
from broadsheet.delivery.addresses import canonical, readable
from broadsheet.membership.errors import Refused
from broadsheet.people.finding import Clues
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.locking import under_lock
from broadsheet.platform.prefixes import PrefixIndex, begins

if TYPE_CHECKING:
    from broadsheet.contact.models.move import Move

NUMBER = re.compile(r"(?:C-)?(\d{1,18})", re.ASCII | re.IGNORECASE)
COUNTED_OVER = timedelta(days=30)
"""How far back the time to answer is measured."""
MOST_COUNTED = 5_000


class Topic(models.TextChoices):
    SUBSCRIPTION = "subscription", _("I can’t find my subscription")
    CORRECTION = "correction", _("A correction")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    SPAM = "spam", _("Spam")
    MERGED = "merged", _("Merged")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def found(self, text: str) -> Self:
        """That with the number `text`, else those whose address, name or subject begins with it."""
        if number := NUMBER.fullmatch(text.strip()):
            return self.filter(pk=int(number[1]))
        wanted = canonical(text)
        lowered = self.alias(
            lower_email=Lower("email"), lower_name=Lower("name"), lower_about=Lower("subject")
        )
        return lowered.filter(
            begins("lower_email", wanted) | begins("lower_name", wanted) | begins("lower_about", wanted)
        )

    def waiting(self) -> Self:
        return self.filter(state=State.WAITING)

    def longest_waiting_first(self) -> Self:
        return self.order_by(F("waiting_since").asc(nulls_last=True), "-last_at", "-pk")

    def of(self, person: Person) -> Self:
        """Those of their address, and those that our staff said are theirs."""
        return self.filter(Q(email=person.email) | Q(person=person))


class ConversationManager(models.Manager.from_queryset(ConversationQuerySet)):  # type: ignore[misc]
    def median_time_to_answer(self) -> timedelta | None:
        """Over the last 30 days; None where nothing was answered."""
        sent = Message.objects.filter(
            kind=Kind.SENT, waited__isnull=False, at__gt=clock.now() - COUNTED_OVER
        ).order_by("-at")
        newest = sent.values_list("waited", flat=True)[:MOST_COUNTED]
        waited = sorted(time for time in newest if time is not None)
        if not waited:
            return None
        return (waited[(len(waited) - 1) // 2] + waited[len(waited) // 2]) / 2


class Conversation(Answerable, Mergeable):
    """What one person and our staff write to one another about one matter."""

    subject = models.CharField(_("subject"), max_length=200)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic, default=Topic.OTHER)
    email = models.EmailField(_("e-mail address"), max_length=254)
    """Where answers go. Nothing proves that it is theirs but that they have it."""
    name = models.CharField(_("name"), max_length=150, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="conversations",
    )
    """Whose account it is about, as our staff found out."""
    edition = EditionTagField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    """When the oldest message came that nobody has answered."""
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="merged"
    )
    article = models.UUIDField(null=True, blank=True)
    """The article that they came from."""
    clues = models.JSONField(default=dict, blank=True)
    """What they know of a subscription that they can’t find: the fields of `Clues`, but for the address."""
    began_at = models.DateTimeField(_("began"), default=clock.now)
    last_at = models.DateTimeField(_("last message"), default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ConversationManager] = ConversationManager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", waiting_since__isnull=False)
                | (~Q(state="waiting") & Q(waiting_since=None)),
                name="conversation_waits_since",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
                name="conversation_merged_into_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "spam"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "spam"]) & Q(closed_at=None)),
                name="conversation_closed_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["waiting_since", "id"], name="conversation_waiting"),
            models.Index(fields=["state", "-last_at", "-id"], name="conversation_newest_in_state"),
            models.Index(fields=["email"], name="conversation_of_address"),
            models.Index(fields=["closed_at"], name="conversation_closed"),
            PrefixIndex(Lower("email"), name="conversation_email_begins"),
            PrefixIndex(Lower("name"), name="conversation_name_begins"),
            PrefixIndex(Lower("subject"), name="conversation_about_begins"),
        ]

    if TYPE_CHECKING:
        messages: models.QuerySet[Message]
        moves: models.QuerySet[Move]
        merged: models.QuerySet["Conversation"]

    def __str__(self) -> str:
        return self.subject

    @property
    def number(self) -> str:
        """What our staff name it by."""
        return f"C-{self.pk:06}"

    @property
    def readable_email(self) -> str:
        return readable(self.email)

    @property
    def correspondent(self) -> str:
        return self.name or self.readable_email

    @property
    def all_clues(self) -> Clues:
        """What may lead to their account: their address, and what they said besides."""
        return Clues.of({"email": self.email, **self.clues})

    @property
    def is_waiting(self) -> bool:
        return self.state == State.WAITING

    @property
    def is_merged(self) -> bool:
        return self.state == State.MERGED

    # What happens to it. All of these are under its lock.

    @under_lock
    def receive(
        self,
        text: str,
        *,
        email: str,
        name: str = "",
        at: datetime | None = None,
        attachments: Sequence[Attachment] = (),
        message_id: str = "",
        references: str = "",
        identity: str = "",
    ) -> Message:
        """Adds what came in. Whoever was answered, or whose conversation was closed, waits again."""
        message = self._add(
            Kind.RECEIVED,
            text,
            email=email,
            name=name,
            at=at or clock.now(),
            message_id=message_id,
            references=references,
            identity=identity,
        )
        for attachment in attachments:
            attachment.message = message
        Attachment.objects.bulk_create(attachments)
        if self.state != State.SPAM:
            self.wait()
        self.save()
        return message

    @under_lock
    def note(self, text: str, by: Person | None = None) -> Message:
        """What our staff should know. Whom it is about finds it in the export of their data."""
        last = self.messages.order_by("-pk").first()
        if last and by and (last.kind, last.by, last.text) == (Kind.NOTE, by, text):
            return last  # the button was pressed twice
        message = self._add(Kind.NOTE, text, by=by)
        self.save()
        return message

    @under_lock
    def call_attention(self, text: str) -> None:
        """Says something that our staff must see to, whoever wrote last."""
        if self.state == State.MERGED and self.merged_into:
            self.merged_into.call_attention(text)
            return
        self._add(Kind.NOTE, text)
        if self.state != State.SPAM:
            self.wait()
        self.save()

    @under_lock
    def assign(self, to: Person | None) -> None:
        self.require_unmerged()
        self.assignee = to
        self.save()

    @under_lock
    def close(self) -> None:
        """Says that there is nothing more to answer; the next message opens it again."""
        self.require_unmerged()
        self._end(State.CLOSED)

    @under_lock
    def mark_as_spam(self) -> None:
        self.require_unmerged()
        self._end(State.SPAM)

    @under_lock
    def reopen(self) -> None:
        self.require_unmerged()
        if self.state not in {State.CLOSED, State.SPAM}:
            raise Refused(gettext("It is open already."))
        self.wait()
        self.save()

    @under_lock
    def recognise(self, person: Person | None) -> None:
        """Says whose account it is about."""
        self.person = person
        self.save()

    def _add(self, kind: Kind, text: str, **fields: Any) -> Message:
        message: Message = self.messages.create(kind=kind, text=text, **fields)
        self.last_at = message.at
        return message

    def wait(self) -> None:
        """They wait from now on, if they didn't before; not saved yet."""
        self.state, self.closed_at = State.WAITING, None
        self.waiting_since = self.waiting_since or clock.now()

    def _end(self, state: State) -> None:
        if self.state == state:
            raise Refused(gettext("This has been done already."))
        self.state, self.closed_at, self.waiting_since = state, clock.now(), None
        self.save()

    def require_unmerged(self) -> None:
        """Raises Refused."""
        if self.is_merged:
            raise Refused(gettext("It was merged into another conversation."))

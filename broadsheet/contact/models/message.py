from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.models import Recipient, Send
from broadsheet.platform import clock

NOT_ARRIVED = (
    Recipient.State.REFUSED,
    Recipient.State.SKIPPED,
    Recipient.State.UNKNOWN,
    Recipient.State.BOUNCED,
)


class Kind(models.TextChoices):
    RECEIVED = "received", _("from them")
    SENT = "sent", _("from us")
    NOTE = "note", _("a note among our staff")


class MessageQuerySet(models.QuerySet["Message"]):
    def lost(self) -> "MessageQuerySet":
        """Answers of which the post room knows that they did not arrive, and nobody was told yet."""
        return self.filter(kind=Kind.SENT, fault="", send__recipients__state__in=NOT_ARRIVED)


class Message(models.Model):
    """One letter of a conversation, in either direction, or a note."""

    conversation = models.ForeignKey(
        "contact.Conversation", on_delete=models.CASCADE, related_name="messages"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField(default=clock.now)
    text = models.TextField(blank=True)
    email = models.EmailField(max_length=254, blank=True)
    """Who wrote what was received: their colleague may answer in their place."""
    name = models.CharField(max_length=150, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Who of our staff; None: the software."""
    message_id = models.CharField(max_length=250, blank=True)
    """The Message-ID of a mail, with its angle brackets."""
    references = models.TextField(blank=True)
    identity = models.CharField(max_length=64, blank=True)
    """Of a mail that came in: the same one, come twice, is one message."""
    send = models.ForeignKey(Send, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """How it left. The post room keeps that for a month."""
    waited = models.DurationField(null=True, blank=True)
    """How long whom it answers had waited."""
    fault = models.CharField(max_length=500, blank=True)
    """Why it did not arrive, in the words of a mail server."""

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["identity"], condition=~Q(identity=""), name="message_taken_in_once"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "at"], name="message_in_order"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="message_by_id"),
            models.Index(fields=["email", "at"], name="message_from_address"),
            models.Index(fields=["kind", "at"], name="message_newest_of_kind"),
        ]

    if TYPE_CHECKING:
        attachments: models.QuerySet["Attachment"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def listed(self) -> "AttachmentQuerySet":
        """Without what they hold, which may be megabytes."""
        return self.defer("content")


class Attachment(models.Model):
    """A file that came with a message. What may not be kept has its name and the reason alone."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    """In bytes."""
    # In the database, so that it goes with its conversation and no web server can hand it out.
    content = models.BinaryField(null=True)
    why_not = models.CharField(max_length=200, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(content__isnull=False, why_not="") | (Q(content=None) & ~Q(why_not="")),
                name="attachment_kept_or_why_not",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_kept(self) -> bool:
        return not self.why_not

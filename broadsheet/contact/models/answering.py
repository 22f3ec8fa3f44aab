from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext

from broadsheet.contact.letters import NotSent, answer_letter, hand_over
from broadsheet.contact.models.message import Kind, Message
from broadsheet.membership.errors import Refused
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock

if TYPE_CHECKING:
    from broadsheet.contact.models.conversation import Conversation


class Overtaken(Exception):
    """Something was written since the page was opened on which the answer was typed."""


class Answerable(models.Model):
    """How our staff answer, once for each time that they mean to."""

    class Meta:
        abstract = True

    @under_lock
    def answer(self: "Conversation", text: str, by: Person, seen: int) -> Message:  # type: ignore[misc]
        """Sends `text` to the correspondent, and says that they don't wait any more.

        `seen` is the primary key of the newest message that `by` had before them. Raises Overtaken, Refused,
        and NotSent. The same answer sent again is the one that was sent.
        """
        from broadsheet.contact.models.conversation import State

        if self.is_merged:
            raise Refused(gettext("It was merged into another conversation."))
        newer = list(self.messages.filter(pk__gt=seen).order_by("pk"))
        if newer and newer[-1].kind == Kind.SENT and newer[-1].by == by and newer[-1].text == text:
            return newer[-1]
        if newer:
            raise Overtaken
        letter = answer_letter(self, text, by)
        with transaction.atomic():
            hand_over(letter)
            message: Message = self.messages.create(
                kind=Kind.SENT,
                by=by,
                text=text,
                message_id=letter.extra_headers["Message-ID"],
                references=letter.extra_headers.get("References", ""),
                send=letter.kept_as,
                waited=clock.now() - self.waiting_since if self.waiting_since else None,
            )
            self.state, self.waiting_since, self.closed_at = State.ANSWERED, None, None
            self.assignee = self.assignee or by
            self.last_at = message.at
            self.save()
        return message

    @under_lock
    def say_lost(self: "Conversation", message: Message, words: str) -> None:  # type: ignore[misc]
        """Sets down that an answer did not arrive. Its correspondent waits again, and our staff see why."""
        Message.objects.filter(pk=message.pk).update(fault=words[:500] or gettext("No reason was given."))
        self.call_attention(
            gettext("An answer did not reach %(address)s: %(words)s")
            % {"address": self.readable_email, "words": words}
        )


__all__ = ["Answerable", "NotSent", "Overtaken"]

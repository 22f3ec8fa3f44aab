from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext

from broadsheet.membership.errors import Refused
from broadsheet.platform.locking import held

if TYPE_CHECKING:
    from broadsheet.contact.models.conversation import Conversation


class Mergeable(models.Model):
    """Two conversations about one matter become one."""

    class Meta:
        abstract = True

    def merge_into(self: "Conversation", other: "Conversation") -> None:  # type: ignore[misc]
        """Moves all of its messages into `other`, whose correspondent is answered from now on."""
        from broadsheet.contact.models.conversation import State

        if self.pk == other.pk:
            raise Refused(gettext("A conversation can’t be merged into itself."))
        with held(*sorted((self, other), key=lambda one: one.pk)):
            for one in (self, other):
                one.require_unmerged()
            self.messages.update(conversation=other)
            self.moves.update(conversation=other)
            self.merged.update(merged_into=other)
            since = [one.waiting_since for one in (self, other) if one.waiting_since]
            other.last_at = max(self.last_at, other.last_at)
            if since:
                other.wait()
                other.waiting_since = min(since)
            other.person = other.person or self.person
            other.clues = {**self.clues, **other.clues}
            other.save()
            self.state, self.merged_into = State.MERGED, other
            self.waiting_since = self.closed_at = None
            self.save()

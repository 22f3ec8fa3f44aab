"""What the desk does with a letter to the editor."""

from collections.abc import Container

from django.utils.translation import gettext as _

from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.editorial.letters.wording import tidy
from broadsheet.editorial.models.letters.agreement import Agreement
from broadsheet.editorial.models.letters.proof import Proof
from broadsheet.editorial.models.letters.refusal import NotNow
from broadsheet.editorial.models.letters.state import EDITABLE, IN_WORK, LetterState
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held


class AtTheDesk(Agreement):
    """Each verb holds the row, and raises NotNow where the letter has gone on meanwhile."""

    class Meta(Agreement.Meta):
        abstract = True

    def choose(self) -> None:
        with held(self):
            self._require({LetterState.NEW})
            self.state = LetterState.CHOSEN
            self.save()
            self.tell(LetterNotice.CHOSEN)

    def edit(self, text: str, *, seen: str) -> None:
        """Makes `text` the desk's. `seen` is the draft that was edited: who was quicker is not overwritten.

        What was sent to the writer and not answered holds no longer.
        """
        with held(self):
            self._require(EDITABLE)
            if self.draft != seen:
                raise NotNow(_("The letter was edited after you opened this page."))
            text = tidy(text)
            if text == self.draft:
                return
            self.proofs.open().supersede()
            Notice.objects.drop(LetterNotice.PROOF, self.pk)
            self.take_over(text)
            if self.state == LetterState.AWAITING or not self.may_be_printed:
                self.state = LetterState.CHOSEN if self.state in IN_WORK else self.state
            self.save()

    def send_proof(self, note: str, by: Person | None) -> Proof:
        """Asks the writer whether the desk's text may be printed."""
        with held(self):
            self._require(EDITABLE)
            if self.may_be_printed:
                raise NotNow(_("The writer has agreed to this text already."))
            self.proofs.open().supersede()
            proof = Proof.objects.create(letter_id=self.pk, text=self.draft, note=note, by=by)
            self.asks = ""
            if self.state in IN_WORK:
                self.state = LetterState.AWAITING
            self.save()
            Notice.objects.drop(LetterNotice.PROOF, self.pk)
            self.tell(LetterNotice.PROOF, key=str(proof.pk))
        return proof

    def publish(self) -> None:
        """Prints what the writer agreed to, if that is what the desk has."""
        with held(self):
            self._require({LetterState.CHOSEN, LetterState.AGREED, LetterState.TAKEN_DOWN})
            if not self.may_be_printed:
                raise NotNow(_("The writer has not agreed to this text yet. Send it to them first."))
            self.state, self.ended_at = LetterState.PUBLISHED, None
            self.published_at = self.published_at or clock.now()
            self.save()
            self.tell(LetterNotice.PUBLISHED)

    def take_down(self) -> None:
        with held(self):
            self._require({LetterState.PUBLISHED})
            self.state, self.ended_at = LetterState.TAKEN_DOWN, clock.now()
            self.save()
            Notice.objects.drop(LetterNotice.PUBLISHED, self.pk)

    def decline(self, *, tells: bool) -> None:
        """It is not used; the writer is told so if `tells`."""
        with held(self):
            self._require({LetterState.NEW, *IN_WORK})
            self.proofs.open().supersede()
            self.state, self.ended_at = LetterState.DECLINED, clock.now()
            self.save()
            for kind in (LetterNotice.CHOSEN, LetterNotice.PROOF):
                Notice.objects.drop(kind, self.pk)
            if tells:
                self.tell(LetterNotice.DECLINED)

    def reconsider(self) -> None:
        """What was declined is as new again."""
        with held(self):
            self._require({LetterState.DECLINED})
            self.state, self.ended_at = LetterState.NEW, None
            self.save()
            Notice.objects.drop(LetterNotice.DECLINED, self.pk)

    def answer(self, reply: str) -> None:
        """The editor's reply, printed beneath; empty takes it away."""
        with held(self):
            self._require(EDITABLE)
            self.reply = tidy(reply)
            self.save()

    def assign(self, person: Person | None) -> None:
        with held(self):
            self.assignee = person
            self.save()

    def _require(self, states: Container[str]) -> None:
        if self.state not in states:
            raise NotNow(
                _("The letter is in another state by now: %s.") % str(self.get_state_display()).lower()
            )

"""What a writer says of their letter: the only place that decides which text may be printed."""

from django.utils.translation import gettext as _

from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.editorial.letters.wording import is_same_wording
from broadsheet.editorial.models.letters.proof import Proof
from broadsheet.editorial.models.letters.refusal import NotNow
from broadsheet.editorial.models.letters.state import LetterState
from broadsheet.editorial.models.letters.written import Written
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.locking import held


class Agreement(Written):
    class Meta(Written.Meta):
        abstract = True

    @property
    def open_proof(self) -> Proof | None:
        return self.proofs.open().first()

    @property
    def may_be_printed(self) -> bool:
        """Whether the desk's text is the one that the writer agreed to."""
        return bool(self.agreed) and self.draft == self.agreed

    def confirm(self) -> None:
        """Whoever gave the address reads its mail. Their own words are agreed to: they sent them."""
        with held(self):
            if self.state != LetterState.UNCONFIRMED:
                return
            self.state, self.confirmed_at = LetterState.NEW, clock.now()
            self.agreed = self.draft = self.text
            self.save()
            self.tell(LetterNotice.RECEIVED)

    def agree(self, proof: Proof) -> None:
        """To the text of `proof`. What is published already shows it from now on. Raises NotNow."""
        with held(self):
            self._require_open(proof)
            proof.close(Proof.Answer.AGREED)
            self.agreed = self.draft = proof.text
            self.asks = ""
            if self.state == LetterState.AWAITING:
                self.state = LetterState.AGREED
            self.save()

    def ask_for_change(self, words: str, proof: Proof | None = None) -> None:
        """In answer to `proof`, or of a letter that is published. Raises NotNow."""
        with held(self):
            if proof is not None:
                self._require_open(proof)
                proof.close(Proof.Answer.ASKED, words)
            elif self.state != LetterState.PUBLISHED:
                raise NotNow(_("This letter has not been published."))
            self.asks = words
            if self.state == LetterState.AWAITING:
                self.state = LetterState.CHOSEN
            self.save()

    def withdraw(self) -> None:
        """At any time, and for good; what is published leaves our pages at once. Raises NotNow."""
        with held(self):
            if self.state == LetterState.UNCONFIRMED:
                raise NotNow(_("This letter has not been sent yet."))
            if self.state == LetterState.WITHDRAWN:
                return
            self.proofs.all().supersede()
            self.state, self.ended_at = LetterState.WITHDRAWN, clock.now()
            self.asks = ""
            self.save()
            for kind in LetterNotice:
                Notice.objects.drop(kind, self.pk)

    def take_over(self, text: str) -> None:
        """Makes `text` the draft. White space and quotation marks are ours to set, all else is theirs."""
        self.draft = text
        if is_same_wording(text, self.agreed):
            self.agreed = text

    def _require_open(self, proof: Proof) -> None:
        proof.refresh_from_db()
        if proof.letter_id != self.pk or proof.answer:
            raise NotNow(_("The text was edited or answered in the meantime. Please look at it again."))

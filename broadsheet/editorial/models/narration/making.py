from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models.narration.segment import NarrationSegment
from broadsheet.editorial.narration.files import join
from broadsheet.editorial.narration.passages import Passage, digest_of, digest_of_all, passages_of
from broadsheet.editorial.narration.program import Fault, SpeechError, command_for, speak
from broadsheet.editorial.narration.sound import NotSoundError, Sound
from broadsheet.platform import clock

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from broadsheet.editorial.models.article import Article

LEASE = timedelta(minutes=4)
"""For which whoever makes some of it has it to themselves; more than one paragraph may take."""
AT_A_TIME = timedelta(seconds=10)
MOST_TRIES = 3


class State(models.TextChoices):
    WAITING = "waiting", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class Making(models.Model):
    """How the speech program makes it."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pk: int
        article: Article
        tries: int
        segments: RelatedManager[NarrationSegment]

        def have(self, sound: Sound, places: list[Any]) -> None: ...

    def make_some(self) -> bool:
        """Paragraph by paragraph for some seconds, and all of it joined in the end. Whether more is left."""
        passages = passages_of(self.article)
        words, ends_at = digest_of_all(passages), clock.now() + AT_A_TIME
        try:
            keys = [self._key(passage) for passage in passages]
            made = set(self.segments.values_list("words", flat=True))
            for key, passage in zip(keys, passages, strict=True):
                if key in made:
                    continue
                if clock.now() >= ends_at:
                    return self._go_on()
                self._add(key, speak(passage.text, self._language))
                made.add(key)
            self._join(words, keys, passages)
        except SpeechError as error:
            self._fail(error.fault, error.said)
        except NotSoundError:
            self._fail(Fault.NOT_ALIKE, "")
        return False

    @property
    def _language(self) -> str:
        return str(self.article.locale.language_code)

    def _key(self, passage: Passage) -> str:
        """What the sound of a passage depends on: its words, and whose voice says them."""
        return digest_of(passage.text, *command_for(self._language))

    def _rows(self) -> models.QuerySet[Any]:
        """This one, as long as it waits. Without signals: nothing that is shown changes."""
        manager: Any = type(self)._default_manager
        found: models.QuerySet[Any] = manager.filter(pk=self.pk, state=State.WAITING)
        return found

    def _go_on(self) -> bool:
        return bool(self._rows().update(due_at=clock.now()))

    def _add(self, key: str, sound: Sound) -> None:
        with transaction.atomic():
            # Whoever was taken for dead may have made it as well.
            self.segments.filter(words=key).delete()
            NarrationSegment(narration_id=self.pk, words=key).have(sound)
        self._rows().update(due_at=clock.now() + LEASE)

    def _join(self, words: str, keys: list[str], passages: list[Passage]) -> None:
        segments = {segment.words: segment for segment in self.segments.all()}
        sound, begins = join(segments[key].sound for key in keys)
        places = [[round(at, 2), passage.name] for at, passage in zip(begins, passages, strict=True)]
        with transaction.atomic():
            # It may have been changed, or taken off, while it was read.
            if locked := self._rows().filter(words=words).select_for_update().first():
                locked.have(sound, places)
        for key in segments.keys() - set(keys):
            segments[key].delete()

    def _fail(self, fault: Fault, said: str) -> None:
        tries = self.tries + 1
        told = {"tries": tries, "fault": fault, "said": said}
        if tries < MOST_TRIES and fault != Fault.UNSET:
            self._rows().update(due_at=clock.now() + timedelta(minutes=2**tries), **told)
        else:
            self._rows().update(state=State.FAILED, due_at=None, **told)

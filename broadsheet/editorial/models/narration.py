import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models.article import TAG, Article
from broadsheet.editorial.narration.files import join
from broadsheet.editorial.narration.passages import Passage, digest_of, digest_of_all, passages_of
from broadsheet.editorial.narration.program import LONGEST_SAID, Fault, SpeechError, command_for, speak
from broadsheet.editorial.narration.sound import TYPES, NotSoundError, Sound
from broadsheet.platform import clock
from broadsheet.platform.kept import watch

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

LEASE = timedelta(minutes=4)
"""For which whoever makes some of it has it to themselves; more than one paragraph may take."""
AT_A_TIME = timedelta(seconds=10)
MOST_TRIES = 3


def new_version() -> str:
    return secrets.token_hex(8)


def _path(instance: "Narration | NarrationSegment", name: str) -> str:
    """A name that nobody can guess: `name` is the ending."""
    return f"narrations/{secrets.token_hex(16)}.{name}"


class Voice(models.TextChoices):
    PERSON = "person", _("A person")
    SYNTHETIC = "synthetic", _("A synthetic voice")


class NarrationQuerySet(models.QuerySet["Narration"]):
    def ready(self) -> Self:
        return self.filter(state=Narration.State.READY)

    def failed(self) -> Self:
        return self.filter(state=Narration.State.FAILED)

    def due(self, at: datetime) -> Self:
        return self.filter(state=Narration.State.WAITING, due_at__lte=at).order_by("due_at", "pk")

    def of(self, articles: "models.QuerySet[Article] | list[Article]") -> dict[int, "Narration"]:
        """Article id → what is to be heard of it. A copy in another edition has its original's."""
        originals = {article.pk: article.alias_of_id or article.pk for article in articles}
        found = {row.article_id: row for row in self.ready().filter(article__in=originals.values())}
        return {pk: found[original] for pk, original in originals.items() if original in found}

    def heard(self, article: Article) -> "Narration | None":
        """What is to be heard of `article`, of which a copy in another edition has its original's."""
        if article.alias_of_id:
            return self.ready().filter(article=article.alias_of_id).first()
        found: Narration | None = getattr(article, "narration", None)
        return found if found and found.is_ready else None

    def upload(self, article: Article, sound: Sound, voice: str, reader: str, by: Any) -> "Narration":
        """A file in place of whatever there was."""
        with transaction.atomic():
            narration = self._begun(article, by)
            narration.is_uploaded, narration.voice, narration.reader = True, voice, reader
            narration.words, narration.is_outdated = digest_of_all(passages_of(article)), False
            narration.have(sound, [])
        return narration

    def ask(self, article: Article, by: Any) -> "Narration":
        """Has the speech program make it, in place of whatever there was."""
        with transaction.atomic():
            narration = self._begun(article, by)
            narration.is_uploaded, narration.voice, narration.reader = False, Voice.SYNTHETIC, ""
            narration.wait_for(digest_of_all(passages_of(article)))
        return narration

    def _begun(self, article: Article, by: Any) -> "Narration":
        self.get_or_create(article_id=article.pk, defaults={"due_at": clock.now()})
        narration = self.select_for_update().get(article=article)
        narration.by = by
        return narration

    def make_some_of(self, pk: int) -> bool:
        """Makes some paragraphs of a row that is due. Whether there is more to do at once."""
        now = clock.now()
        if not self.due(now).filter(pk=pk).update(due_at=now + LEASE):
            return False  # somebody else does it, or it is done
        return self.select_related("article__locale").get(pk=pk).make_some()


class Narration(models.Model):
    """An article as sound: one that somebody uploaded, or that the speech program makes.

    What the program made is not played any longer once the article says something else, until it is made
    again: what was taken back must not be heard. What a person read only a person can read again, so that
    it stays, and is marked as older.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="narration")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    voice = models.CharField(max_length=10, choices=Voice.choices, default=Voice.SYNTHETIC)
    reader = models.CharField(max_length=80, blank=True, help_text="Who reads it, where that is a person.")
    is_uploaded = models.BooleanField(default=False)
    is_outdated = models.BooleanField(default=False, help_text="Uploaded before the article was changed.")
    words = models.CharField(max_length=32, help_text="Digest of the text that is read.")
    file = models.FileField(upload_to=_path, blank=True)
    version = models.CharField(max_length=16, default=new_version)
    seconds = models.FloatField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the file.")
    places = models.JSONField(default=list, help_text="Seconds and first words of each passage.")
    made_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=12, choices=Fault.choices, blank=True)
    said = models.CharField(
        max_length=LONGEST_SAID, blank=True, help_text="What the program said when it failed."
    )

    objects: ClassVar[Any] = NarrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & Q(seconds__gt=0)),
                name="narration_ready_has_sound",
            ),
            models.CheckConstraint(
                condition=Q(is_uploaded=False) | Q(state="ready"), name="narration_uploaded_is_ready"
            ),
            models.CheckConstraint(
                condition=Q(is_uploaded=True) | Q(voice="synthetic"), name="narration_made_is_synthetic"
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(due_at__isnull=False), name="narration_waiting_is_due"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"])]

    if TYPE_CHECKING:
        segments: RelatedManager["NarrationSegment"]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.state}"

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def ending(self) -> str:
        return str(self.file.name).rpartition(".")[2]

    @property
    def content_type(self) -> str:
        return TYPES[self.ending]

    @property
    def minutes(self) -> int:
        return max(1, round(self.seconds / 60))

    # --- Following the article ---------------------------------------------------------------------

    def follow(self) -> None:
        """Has it say what the published article says now; where nothing is published, nothing is kept."""
        article = Article.objects.select_related("locale").get(pk=self.article_id)
        if not article.live:
            if not self.is_uploaded:
                self.delete()
            return
        words = digest_of_all(passages_of(article))
        if self.is_uploaded:
            if self.is_outdated != (words != self.words):
                self.is_outdated = not self.is_outdated
                self.save(update_fields=["is_outdated"])
        elif words != self.words:
            self.wait_for(words)

    def wait_for(self, words: str) -> None:
        """It is due to be made of the text with that digest, and not played until then."""
        from broadsheet.editorial.narration.making import make_soon

        self.state, self.words, self.due_at = self.State.WAITING, words, clock.now()
        self.tries, self.fault, self.said, self.is_outdated = 0, "", "", False
        self.save()
        make_soon.enqueue(self.pk)

    # --- Making ------------------------------------------------------------------------------------

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

    def _rows(self) -> NarrationQuerySet:
        """This one, as long as it waits. Without signals: nothing that is shown changes."""
        found: NarrationQuerySet = Narration.objects.filter(pk=self.pk, state=self.State.WAITING)
        return found

    def _go_on(self) -> bool:
        return bool(self._rows().update(due_at=clock.now()))

    def _add(self, key: str, sound: Sound) -> None:
        segment = NarrationSegment(narration=self, words=key, seconds=sound.seconds)
        segment.file.save(sound.ending, ContentFile(sound.content), save=False)
        with transaction.atomic():
            # Whoever was killed may have been slow instead, and made it as well.
            NarrationSegment.objects.filter(narration=self, words=key).delete()
            segment.save()
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
            self._rows().update(state=self.State.FAILED, due_at=None, **told)

    def have(self, sound: Sound, places: list[Any]) -> None:
        """It is `sound` from now on."""
        _forget_file(self.file)
        self.file.save(sound.ending, ContentFile(sound.content), save=False)
        self.seconds, self.size, self.places = sound.seconds, len(sound.content), places
        self.state, self.due_at, self.version, self.made_at = (
            self.State.READY,
            None,
            new_version(),
            clock.now(),
        )
        self.tries, self.fault, self.said = 0, "", ""
        self.save()


class NarrationSegment(models.Model):
    """One passage, as the speech program said it."""

    narration = models.ForeignKey(Narration, on_delete=models.CASCADE, related_name="segments")
    words = models.CharField(max_length=32, help_text="Digest of the passage and of who says it.")
    file = models.FileField(upload_to=_path)
    seconds = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["narration", "words"], name="segment_once_in_narration")
        ]

    def __str__(self) -> str:
        return f"{self.narration_id}: {self.words}"

    @property
    def sound(self) -> Sound:
        with self.file.open("rb") as file:
            return Sound(str(self.file.name).rpartition(".")[2], self.seconds, file.read())


def _forget_file(file: Any) -> None:
    if not file:
        return
    storage, name = file.storage, file.name

    def delete() -> None:
        with suppress(OSError):
            storage.delete(name)

    transaction.on_commit(delete)


@receiver(post_delete, sender=Narration)
@receiver(post_delete, sender=NarrationSegment)
def forget_file(instance: Narration | NarrationSegment, **kwargs: Any) -> None:
    _forget_file(instance.file)


# The articles that processes keep have it with them.
watch(TAG, Narration)

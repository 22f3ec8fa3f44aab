import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models.article import TAG, Article
from broadsheet.editorial.models.narration.making import LEASE, Making, State
from broadsheet.editorial.models.narration.segment import path_of
from broadsheet.editorial.narration.passages import digest_of_all, passages_of
from broadsheet.editorial.narration.program import LONGEST_SAID, Fault
from broadsheet.editorial.narration.sound import TYPES, Sound
from broadsheet.platform import clock
from broadsheet.platform.kept import watch
from broadsheet.platform.stored_files import forget_file


def new_version() -> str:
    return secrets.token_hex(8)


class Voice(models.TextChoices):
    PERSON = "person", _("A person")
    SYNTHETIC = "synthetic", _("A synthetic voice")


class NarrationQuerySet(models.QuerySet["Narration"]):
    def ready(self) -> Self:
        return self.filter(state=State.READY)

    def failed(self) -> Self:
        return self.filter(state=State.FAILED)

    def due(self, at: datetime) -> Self:
        return self.filter(state=State.WAITING, due_at__lte=at).order_by("due_at", "pk")

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


class Narration(Making):
    """An article as sound: one that somebody uploaded, or that the speech program makes.

    What the program made is not played any longer once the article says something else, until it is made
    again: what was taken back must not be heard. What a person read only a person can read again, so that
    it stays, and is marked as older.
    """

    State = State

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="narration")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    voice = models.CharField(max_length=10, choices=Voice.choices, default=Voice.SYNTHETIC)
    reader = models.CharField(max_length=80, blank=True)
    """Who reads it, where that is a person."""
    is_uploaded = models.BooleanField(default=False)
    is_outdated = models.BooleanField(default=False)
    """Uploaded before the article was changed."""
    words = models.CharField(max_length=32)
    """Digest of the text that is read."""
    file = models.FileField(upload_to=path_of, blank=True)
    version = models.CharField(max_length=16, default=new_version)
    seconds = models.FloatField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    """Bytes of the file."""
    places = models.JSONField(default=list)
    """Seconds and first words of each passage."""
    made_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=12, choices=Fault.choices, blank=True)
    said = models.CharField(max_length=LONGEST_SAID, blank=True)
    """What the program said when it failed."""

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

    def __str__(self) -> str:
        return f"{self.article_id}: {self.state}"

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY

    @property
    def ending(self) -> str:
        return str(self.file.name).rpartition(".")[2]

    @property
    def content_type(self) -> str:
        return TYPES[self.ending]

    @property
    def minutes(self) -> int:
        return max(1, round(self.seconds / 60))

    @property
    def read_by(self) -> str:
        """In a sentence, the same on the page, in feeds and at the desk."""
        if self.voice == Voice.SYNTHETIC:
            said = gettext("Read by a synthetic voice.")
        elif self.reader:
            said = gettext("Read by %s.") % self.reader
        else:
            said = gettext("Read by a person.")
        if self.is_outdated:
            return f"{said} {gettext('It was recorded before the article was last changed.')}"
        return said

    def address_for(self, article: Article) -> str:
        """Its path, in the edition of `article`, which may be a copy.

        Another version has another one, so that none are mixed.
        """
        with translation.override(article.locale.language_code):
            return reverse("listen", args=[article.uuid, self.version, self.ending])

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

        self.state, self.words, self.due_at = State.WAITING, words, clock.now()
        self.tries, self.fault, self.said, self.is_outdated = 0, "", "", False
        self.save()
        make_soon.enqueue(self.pk)

    def have(self, sound: Sound, places: list[Any]) -> None:
        """It is `sound` from now on."""
        forget_file(self.file)
        self.file.save(sound.ending, ContentFile(sound.content), save=False)
        self.seconds, self.size, self.places = sound.seconds, len(sound.content), places
        self.state, self.due_at, self.version, self.made_at = (
            State.READY,
            None,
            new_version(),
            clock.now(),
        )
        self.tries, self.fault, self.said = 0, "", ""
        self.save()


@receiver(post_delete, sender=Narration)
def forget_file_of_narration(instance: Narration, **kwargs: Any) -> None:
    forget_file(instance.file)


# The articles that processes keep have it with them.
watch(TAG, Narration)

import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver

from broadsheet.editorial.narration.sound import Sound
from broadsheet.platform.stored_files import forget_file


def path_of(instance: models.Model, name: str) -> str:
    """Where a sound is kept: nobody can guess it. `name` is the ending."""
    return f"narrations/{secrets.token_hex(16)}.{name}"


class NarrationSegment(models.Model):
    """One passage, as the speech program said it."""

    narration = models.ForeignKey("editorial.Narration", on_delete=models.CASCADE, related_name="segments")
    words = models.CharField(max_length=32)
    """Digest of the passage and of who says it."""
    file = models.FileField(upload_to=path_of)
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

    def have(self, sound: Sound) -> None:
        """It is `sound`, and saved."""
        self.seconds = sound.seconds
        self.file.save(sound.ending, ContentFile(sound.content), save=False)
        self.save()


@receiver(post_delete, sender=NarrationSegment)
def forget_file_of_segment(instance: NarrationSegment, **kwargs: Any) -> None:
    forget_file(instance.file)

from hashlib import blake2b
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from broadsheet.platform import clock

ENDINGS = {"text/css": "css", "image/svg+xml": "svg", "image/png": "png"}


class IdentityFile(models.Model):
    """A style sheet, a logo or an icon, by the digest of its content: it never changes."""

    digest = models.CharField(max_length=32, primary_key=True)
    media_type = models.CharField(max_length=20, choices=[(each, each) for each in ENDINGS])
    content = models.BinaryField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    """Of a picture, in pixels, or for a drawing in the proportion of its sides."""
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("file of an identity")

    def __str__(self) -> str:
        return f"{self.digest}.{self.ending}"

    @classmethod
    def of(cls, content: bytes, media_type: str, size: tuple[int, int] = (0, 0)) -> Self:
        """The row of that content, which is made where there is none."""
        digest = blake2b(content, digest_size=16).hexdigest()
        width, height = size
        found, _new = cls.objects.get_or_create(
            digest=digest,
            defaults={"media_type": media_type, "content": content, "width": width, "height": height},
        )
        return found

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]

    @property
    def address(self) -> str:
        return reverse("identity_file", args=[self.digest, self.ending])

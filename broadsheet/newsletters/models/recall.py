from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Article
from broadsheet.platform import clock


class Recall(models.Model):
    """A correction of which those who have seen its article are told, once."""

    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="+")
    article_uuid = models.UUIDField()
    # Of its kind, day and words: a correction has another row after each publishing.
    digest = models.CharField(max_length=64)
    kind = models.CharField(_("kind"), max_length=13)
    headline = models.CharField(_("headline"), max_length=255)
    note = models.TextField(_("note"))
    created_at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(_("told"), null=True)
    readers = models.PositiveIntegerField(_("readers"), default=0)

    class Meta:
        verbose_name = _("recall")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["article_uuid", "digest"], name="recall_once_for_a_correction")
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def send_key(self) -> str:
        return f"recall {self.pk}"

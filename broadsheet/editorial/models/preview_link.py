import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models.article import Article
from broadsheet.platform import clock


def make_token() -> str:
    return secrets.token_urlsafe(24)


def in_three_days() -> datetime:
    return clock.now() + timedelta(days=3)


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def live(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class PreviewLink(models.Model):
    """Lets whoever has it read the latest draft of one article, until it expires or is revoked."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="preview_links")
    token = models.CharField(max_length=48, unique=True, default=make_token, editable=False)
    note = models.CharField(_("for whom"), max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("expires"), default=in_three_days)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="preview_link_expires_after_creation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article} ({self.note})" if self.note else str(self.article)

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > clock.now()

    @property
    def address(self) -> str:
        """In the article's edition, whatever language whoever makes the link has at the desk."""
        with translation.override(self.article.locale.language_code):
            return f"{settings.PUBLIC_URL}{reverse('draft', args=[self.token])}"

    def revoke(self) -> None:
        if self.revoked_at:
            return
        self.revoked_at = clock.now()
        self.save(update_fields=["revoked_at"])

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Picture
from broadsheet.newsletters.models.issue import Issue
from broadsheet.newsletters.models.newsletter import Newsletter
from broadsheet.platform import clock


class Item(models.Model):
    """One article of an issue, or a link to elsewhere, with what the editor made of its words."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField(pgettext_lazy("order", "position"))
    # The article is known by its uuid, in whichever edition it stands, even after its page was deleted.
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    article_uuid = models.UUIDField(null=True, blank=True, editable=False)
    # Pinned when the issue is frozen.
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Empty: the article's own.
    headline = models.CharField(_("headline"), max_length=255, blank=True)
    standfirst = models.TextField(_("standfirst"), max_length=300, blank=True)
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("picture"), related_name="+"
    )
    url = models.URLField(_("address elsewhere"), max_length=500, blank=True)
    source_name = models.CharField(_("source"), max_length=120, blank=True)
    # Who could read it when it was chosen: it isn't sent any more once only subscribers can.
    access = models.CharField(max_length=12, choices=Access.choices, blank=True, editable=False)
    is_lead = models.BooleanField(_("lead"), default=False)
    is_dropped = models.BooleanField(_("dropped"), default=False)

    class Meta:
        verbose_name = _("item")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "position"], name="item_one_at_a_position"),
            models.UniqueConstraint(
                fields=["issue", "article_uuid"],
                condition=Q(article_uuid__isnull=False),
                name="item_article_once_in_an_issue",
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(is_lead=True, is_dropped=False), name="item_one_lead"
            ),
            models.CheckConstraint(
                condition=Q(article_uuid__isnull=False, url="")
                | (Q(article_uuid=None, article=None, is_lead=False) & ~Q(url="") & ~Q(source_name="")),
                name="item_is_an_article_or_has_its_source",
                violation_error_message=_("A link to elsewhere needs an address and the name of its source."),
            ),
        ]

    def __str__(self) -> str:
        return self.headline or (self.article.title if self.article else self.url)


class MailedArticle(models.Model):
    """That an article went out in a newsletter, which it does once."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="mailed_articles")
    article_uuid = models.UUIDField(db_index=True)
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="mailed_articles")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "article_uuid"], name="article_mailed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.article_uuid}"

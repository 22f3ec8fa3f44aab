"""What readers put aside to read later."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Article
from broadsheet.people.models import Person
from broadsheet.platform import clock

MOST = 1000
"""Articles on one reader's list."""


class ListFull(Exception):
    """The reader's list has all the articles that it may have."""


class Order(models.TextChoices):
    SAVED_LAST = "saved", _("Saved last")
    SAVED_FIRST = "first", _("Saved first")
    PUBLISHED_LAST = "published", _("Published last")
    SHORTEST = "shortest", _("Shortest")


class SavedArticleQuerySet(models.QuerySet["SavedArticle"]):
    def add(self, reader: Person, article: Article) -> "tuple[SavedArticle, bool]":
        """The article on the reader's list, and whether it was put there just now; raises ListFull."""
        own = self.filter(reader=reader)
        if there := own.filter(article=article.uuid).first():
            return there, False
        # Two tabs at once may pass the limit by one, which harms nobody.
        if own.count() >= MOST:
            raise ListFull
        return self.get_or_create(
            reader=reader, article=article.uuid, defaults={"minutes": article.minutes_to_read}
        )

    def measure(self, article: Article) -> None:
        """Notes how long `article` takes to read now, wherever it is saved."""
        saved = self.filter(article=article.uuid)
        if saved.exists():
            saved.update(minutes=article.minutes_to_read)

    def in_order(self, order: Order) -> Self:
        match order:
            case Order.SAVED_LAST:
                return self.order_by("-saved_at", "-pk")
            case Order.SAVED_FIRST:
                return self.order_by("saved_at", "pk")
            case Order.SHORTEST:
                return self.order_by("minutes", "-saved_at", "-pk")
            case Order.PUBLISHED_LAST:
                published = Article.objects.live().filter(translation_key=models.OuterRef("article"))
                first = models.Subquery(
                    published.order_by("first_published_at").values("first_published_at")[:1]
                )
                newest = models.F("published_at").desc(nulls_last=True)
                return self.annotate(published_at=first).order_by(newest, "-saved_at", "-pk")


class SavedArticle(models.Model):
    """An article on a reader's list, in whatever edition it was saved."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_articles"
    )
    article = models.UUIDField()
    minutes = models.PositiveSmallIntegerField()
    """It takes so many to read, as it was last published."""
    saved_at = models.DateTimeField(default=clock.now)

    objects = SavedArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "article"], name="article_saved_once"),
        ]
        indexes = [
            models.Index(fields=["reader", "saved_at"], name="saved_articles_by_day"),
            models.Index(fields=["article"], name="saved_article"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.article}"

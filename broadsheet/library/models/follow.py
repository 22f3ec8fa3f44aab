"""What readers follow: topics, which are running stories too, and authors."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.models import Locale

from broadsheet.editorial.models import Article, ArticleQuerySet, Author, Byline, Topic
from broadsheet.people.models import Person
from broadsheet.platform import clock

MOST = 200
"""Topics and authors that one reader can follow."""

type Followed = Topic | Author


class TooMany(Exception):
    """The reader follows as much as anyone can."""


class FollowQuerySet(models.QuerySet["Follow"]):
    def of(self, reader: Person) -> Self:
        return self.filter(reader=reader)

    def to(self, what: Followed) -> Self:
        return self.filter(**_column(what))

    def add(self, reader: Person, what: Followed) -> "Follow":
        """Raises TooMany."""
        own = self.of(reader)
        if there := own.to(what).first():
            return there
        # Two tabs at once may pass the limit by one, which harms nobody.
        if own.count() >= MOST:
            raise TooMany
        return self.get_or_create(reader=reader, **_column(what))[0]

    def pieces(self, locale: Locale) -> ArticleQuerySet:
        """All articles that any of them leads to, the newest first, as lists of that edition show them."""
        about = Article.topics.through.objects.filter(topic__in=self.filter(author=None).values("topic"))
        signed = Byline.objects.filter(author__in=self.filter(topic=None).values("author"))
        led_to = Q(pk__in=about.values("article")) | Q(pk__in=signed.values("article"))
        articles: ArticleQuerySet = Article.objects.in_print().filter(led_to)
        return articles.once_each(locale)


class Follow(models.Model):
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, null=True, related_name="follows")
    author = models.ForeignKey(Author, on_delete=models.CASCADE, null=True, related_name="follows")
    followed_at = models.DateTimeField(default=clock.now)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(topic=None, author__isnull=False) | Q(author=None, topic__isnull=False),
                name="follow_is_of_one_thing",
            ),
            models.UniqueConstraint(fields=["reader", "topic"], name="topic_followed_once"),
            models.UniqueConstraint(fields=["reader", "author"], name="author_followed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.what}"

    @property
    def what(self) -> Followed:
        found = self.topic or self.author
        assert found is not None  # noqa: S101 (a constraint holds it)
        return found


def _column(what: Followed) -> dict[str, Followed]:
    return {"topic" if isinstance(what, Topic) else "author": what}

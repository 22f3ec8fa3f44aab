from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Article
from broadsheet.platform import clock
from broadsheet.site.search.standing import Standing

BITS_OF_PAGE = 30


def place_of(article: Article) -> int:
    """A number that grows with when the article was published, then with its id."""
    published = article.first_published_at
    seconds = int(published.timestamp()) if published else 0
    most = 1 << (62 - BITS_OF_PAGE)
    return (max(-most, min(seconds, most - 1)) << BITS_OF_PAGE) | article.pk


def seconds_of(place: int) -> int:
    return place >> BITS_OF_PAGE


type Places = models.QuerySet["SearchEntry", Any]


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """There are hardly ever any of either, and they are looked for at each question.

    Each part of what is asked is a range of an index: as one condition, SQLite would read all entries.
    """

    def doubtful(self) -> Places:
        """The places of those whose stems may hold what is public no longer."""
        return self._made_otherwise([True])

    def outdated(self) -> Places:
        """The places of those to be made anew, or at least looked at."""
        return self._made_otherwise([True, False])

    def _made_otherwise(self, has_rest: Iterable[bool]) -> Places:
        now = Standing.now()
        ranges = [Q(made__lt=now.made), Q(made__gt=now.made)]
        for value in has_rest:
            ranges += [
                Q(has_rest=value, ruled__lt=now.ruled),
                Q(has_rest=value, ruled__gt=now.ruled),
                Q(has_rest=value, ruled_until__lte=clock.now()),
            ]
        first, *others = (self.order_by().filter(part).values("place") for part in ranges)
        return first.union(*others, all=True)


class SearchEntry(models.Model):
    """What is searched of an article in one edition. Its stems stand in an index beside it: see `stems`."""

    place: "models.BigIntegerField[int, int]" = models.BigIntegerField(primary_key=True)
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="+")
    section: "models.BigIntegerField[int, int]" = models.BigIntegerField()
    year = models.SmallIntegerField()
    made = models.CharField(max_length=16, db_index=True)
    """`Standing.made` when it was."""
    ruled = models.CharField(max_length=16)
    """`Standing.ruled` when it was."""
    ruled_until = models.DateTimeField(null=True)
    """When its age may change its access; None: not by its age."""
    has_rest = models.BooleanField()
    """Whether all of it is in, which everyone might read."""
    has_counted_words = models.BooleanField(default=False, db_index=True)
    names = models.TextField()
    """Who wrote it and what it is about, a line each."""
    opening = models.TextField()
    rest = models.TextField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the search index")
        verbose_name_plural = _("search index")
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["has_rest", "ruled"], name="search_entry_ruled"),
            models.Index(fields=["has_rest", "ruled_until"], name="search_entry_ruled_until"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(has_rest=True) | Q(rest=""), name="search_entry_keeps_nothing_withheld"
            )
        ]

    def __str__(self) -> str:
        return str(self.article)

    def is_as_made(self) -> bool:
        """Whether `opening` is still what everyone sees."""
        return self.made == Standing.now().made


class SearchWord(models.Model):
    """A word of headlines, names and openings, by which what is misspelt is guessed."""

    language = models.CharField(max_length=3)
    word = models.CharField(max_length=64)
    """Folded: see `stemming.fold`."""
    spelling = models.CharField(max_length=64)
    articles: "models.IntegerField[int, int]" = models.IntegerField()
    """About how many have it: an edit may count it once more."""

    class Meta:
        verbose_name = _("word of the search index")
        verbose_name_plural = _("words of the search index")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["language", "word"], name="search_word_once_in_language")
        ]

    def __str__(self) -> str:
        return self.spelling

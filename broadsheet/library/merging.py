"""A reader's lists go along when our staff merge two accounts."""

from typing import Any

from django.dispatch import receiver

from broadsheet.library.models import Follow, OpenedArticle, ReadingHistory, SavedArticle
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    there = SavedArticle.objects.filter(reader=new).values_list("article", flat=True)
    SavedArticle.objects.filter(reader=old).exclude(article__in=list(there)).update(reader=new)
    for column in ("topic", "author"):
        theirs = Follow.objects.of(new).filter(**{f"{column}__isnull": False}).values_list(column, flat=True)
        moved = Follow.objects.of(old).filter(**{f"{column}__isnull": False})
        moved.exclude(**{f"{column}__in": list(theirs)}).update(reader=new)
    # Only where the account that stays has chosen a history: else nothing of it was agreed to.
    if ReadingHistory.objects.filter(reader=new).exists():
        read = OpenedArticle.objects.filter(reader=new).values_list("article", flat=True)
        OpenedArticle.objects.filter(reader=old).exclude(article__in=list(read)).update(reader=new)

"""A reader's lists go along when our staff merge two accounts."""

from typing import Any

from django.dispatch import receiver

from broadsheet.library.models import SavedArticle
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging


@receiver(accounts_merging)
def take_over(old: Person, new: Person, **kwargs: Any) -> None:
    there = SavedArticle.objects.filter(reader=new).values_list("article", flat=True)
    SavedArticle.objects.filter(reader=old).exclude(article__in=list(there)).update(reader=new)

from django.http import HttpRequest

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import ArticleQuerySet
from broadsheet.editorial.models.outline import editions


def each_once(request: HttpRequest, found: ArticleQuerySet) -> list[int]:
    """The ids of articles that are in print, the newest first.

    To find each one's form takes the database longest. So it is asked that once, for ids alone.
    """
    printed = [edition.locale_id for edition in editions()]
    forms = found.live().public().filter(locale__in=printed).once_each(edition_of(request).locale)
    return list(forms.values_list("pk", flat=True))

from django.http import HttpRequest

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import ArticleQuerySet


def each_once(request: HttpRequest, found: ArticleQuerySet) -> list[int]:
    """The ids of articles that are in print, the newest first.

    To find each one's form takes the database longest. So it is asked that once, for ids alone.
    """
    return list(found.in_print().once_each(edition_of(request).locale).values_list("pk", flat=True))

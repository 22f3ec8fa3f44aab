"""Finds articles by the uuid that all their editions share."""

from uuid import UUID

from django.utils import translation

from broadsheet.editorial.models import Article, Edition


def find_article(uuid: str) -> Article | None:
    """The live article with this uuid, in the present edition if it is there; None if it is nowhere."""
    try:
        key = UUID(uuid)
    except ValueError:
        return None
    found = {a.locale.language_code: a for a in _live_articles(key)}
    return found.get(translation.get_language() or "") or next(iter(found.values()), None)


def _live_articles(key: UUID) -> list[Article]:
    found = Article.objects.live().public().filter(translation_key=key)
    # Where an edition isn't published its articles have no pages, so they can't be opened either.
    in_print = found.filter(locale__in=Edition.objects.live().values("locale"))
    return list(in_print.select_related("locale", "picture"))

"""Finds articles by the uuid that all their editions share."""

from copy import copy
from uuid import UUID

from django.utils import translation

from broadsheet.editorial.models import Article, Edition
from broadsheet.editorial.models.article import TAG
from broadsheet.platform.kept import KeptByKey

# A wave of readers asks for the same few.
_kept = KeptByKey[UUID, dict[str, Article]](TAG, "outline", most=200)


def find_article(uuid: str) -> Article | None:
    """The live article with this uuid, in the present edition if it is there; None if it is nowhere."""
    try:
        key = UUID(uuid)
    except ValueError:
        return None
    forms = _kept.get(key, lambda: _live_forms(key)) or {}
    found = forms.get(translation.get_language() or "") or next(iter(forms.values()), None)
    return copy(found)


def _live_forms(key: UUID) -> dict[str, Article] | None:
    """By the language tag of their edition; None where there is none."""
    found = Article.objects.live().public().filter(translation_key=key)
    # Where an edition isn't published its articles have no pages, so they can't be opened either.
    in_print = found.filter(locale__in=Edition.objects.live().values("locale"))
    articles = in_print.select_related("locale", "picture", "alias_of", "narration").prefetch_related(
        "topics"
    )
    return {article.locale.language_code: article for article in articles} or None

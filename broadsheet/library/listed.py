"""Articles on a reader's own lists: as they are now, or gone."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Article, attach_sections


def by_uuid(request: HttpRequest, uuids: Iterable[UUID]) -> dict[UUID, Article]:
    """Those that are published, with what a list shows: their form in this edition, else the original."""
    named = Article.objects.live().public().filter(translation_key__in=set(uuids))
    found = named.once_each(edition_of(request).locale).for_teasers()
    return {article.uuid: article for article in attach_sections(found)}

"""What is most read, as readers' pages name it.

Opens are no edits: they are counted anew once a minute, in one query for all pages of an edition. Which of
the articles are still there is asked again whenever one was edited.
"""

from datetime import timedelta
from uuid import UUID

from wagtail.models import Locale

from broadsheet.editorial.models import Article, Section
from broadsheet.editorial.models.article import TAG as ARTICLES
from broadsheet.insights.most_read import most_read, most_read_in, opened_most
from broadsheet.platform.kept import KeptByKey

_opened = KeptByKey[tuple[str, timedelta], list[UUID]]("opens", most=100)
_of_editions = KeptByKey[int, list[Article]](ARTICLES, most=100)
_of_sections = KeptByKey[tuple[str, int], list[Article]](ARTICLES, most=500)


def _ranking(edition: str, span: timedelta) -> list[UUID]:
    return _opened.get((edition, span), lambda: opened_most(edition, span)) or []


def of_edition(locale: Locale) -> list[Article]:
    return _of_editions.get(locale.pk, lambda: most_read(locale, ranking=_ranking)) or []


def of_section(section: Section, limit: int) -> list[Article]:
    return _of_sections.get((section.path, limit), lambda: most_read_in(section, limit, _ranking)) or []

"""Where a reader lands who was asked to sign in first, and what follows a publication."""

from typing import Any

from wagtail.models import Page

from broadsheet.editorial.models import Article
from broadsheet.library.models import SavedArticle

SAVED = "saved"
"""The fragment of an article's address at which its page says that it is saved."""


def measure(instance: Page, **kwargs: Any) -> None:
    """Receives `page_published`."""
    if isinstance(instance, Article):
        SavedArticle.objects.measure(instance)

"""Renders an article when it is published, so that its first readers need not wait for it.

A task is enough: what it has not rendered, the first reader's request has.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.tasks import task
from wagtail.signals import page_published

from broadsheet.edge.asking import answer_to
from broadsheet.edge.rendering import ASKED, spool
from broadsheet.editorial.models import Article
from broadsheet.platform.http.rendition import PUBLIC, Audience, Rendition

FULL = (Rendition.of(Audience.SUBSCRIBER, is_full=True), Rendition.of(Audience.READER, is_full=True))


@task
def render(paths: list[str], names: list[str]) -> None:
    """Has the renditions of that name ready for the fronts of this host, as a front's question would."""
    if spool() is None:
        return  # no front of this host reads what this process writes
    for path in paths:
        for name in names:
            answer_to(path, {ASKED: name})


def render_published(instance: Any, **kwargs: Any) -> None:
    article = instance.specific_deferred
    if settings.SPOOL is None or not isinstance(article, Article):
        return
    url, section = article.get_url(), article.get_parent().get_url()
    edition = article.get_parent().get_parent().get_url()
    names = [str(PUBLIC), *(str(rendition) for rendition in FULL)]
    transaction.on_commit(lambda: render.enqueue([url], names))
    transaction.on_commit(lambda: render.enqueue([edition, section], [str(PUBLIC)]))


def connect() -> None:
    page_published.connect(render_published, dispatch_uid="edge.ahead")

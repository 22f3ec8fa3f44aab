"""Renders an article when it is published, so that its first readers need not wait for it.

A task is enough: what it has not rendered, the first reader's request has.
"""

import sys
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.tasks import task
from wagtail.signals import page_published

from broadsheet.edge.rendering import ASKED, spool
from broadsheet.editorial.models import Article
from broadsheet.platform.http.rendition import PUBLIC, Audience, Rendition

FULL = (Rendition.of(Audience.SUBSCRIBER, is_full=True), Rendition.of(Audience.READER, is_full=True))


@task
def render(paths: list[str], names: list[str]) -> None:
    """Has the renditions of that name ready for the fronts of this host, as a front's question would."""
    if spool() is None:
        return  # no front of this host reads what this process writes
    answer = get_wsgi_application()
    for path in paths:
        for name in names:
            request = WSGIRequest(_environ(path, name))
            answer.get_response(request)


def _environ(path: str, name: str) -> dict[str, Any]:
    """That of a front's question. Without an address: as on the front's socket."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": settings.PUBLIC.hostname,
        "SERVER_PORT": "443" if settings.HTTPS else "80",
        "HTTP_HOST": settings.PUBLIC.netloc,
        "HTTP_ACCEPT": "text/html",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": settings.PUBLIC.scheme,
        "REMOTE_ADDR": "",
        ASKED: name,
        "wsgi.url_scheme": settings.PUBLIC.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }


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

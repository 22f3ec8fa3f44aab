from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks

from broadsheet.site.reading.visit import Visit


@hooks.register("before_serve_document")
def documents_are_for_the_desk(document: Any, request: HttpRequest) -> None:
    """Readers get a sound from its signed address; a document's own address could be guessed."""
    if not Visit.of(request).works_here:
        raise Http404

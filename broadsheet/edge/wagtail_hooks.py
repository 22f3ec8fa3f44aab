from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks

from broadsheet.edge.visitors import reader_of


@hooks.register("before_serve_document")
def documents_are_for_the_desk(document: Any, request: HttpRequest) -> None:
    """Readers get a sound from its signed address; a document's own address could be guessed."""
    reader = reader_of(request)
    if reader is None or not reader.is_of_the_staff:
        raise Http404

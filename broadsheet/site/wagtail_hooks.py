from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks

from broadsheet.editorial.media.sound_kinds import kind_of
from broadsheet.site.reading.visit import Visit


@hooks.register("before_serve_document")
def documents_are_for_the_desk(document: Any, request: HttpRequest) -> None:
    """Readers get a sound from its signed address; a document's own address could be guessed.

    What is no sound by its name came past the desk's form. Nobody gets it: it may be a page or a script.
    """
    if not Visit.of(request).works_here or kind_of(document.filename) is None:
        raise Http404

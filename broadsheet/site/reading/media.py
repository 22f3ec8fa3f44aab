"""Pictures and sound. Their addresses change when their content does, so they are kept for a year."""

from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from broadsheet.editorial.media import renditions, sounds
from broadsheet.editorial.media.sound_kinds import kind_of
from broadsheet.editorial.models import Picture
from broadsheet.platform.http.ranges import serve_file
from broadsheet.site.reading.visit import Visit

# Originals of pictures and uploads under review are not for anybody's browser.
SHOWN_FOLDERS = frozenset({"images"})


def _for_a_year(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # An upload that pretends to be a page must not run as one.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def picture(
    request: HttpRequest, signature: str, picture_id: int, spec: str, version: str, file_format: str
) -> HttpResponseBase:
    """A rendition, made if this is the first time that anybody asks for it."""
    if not renditions.is_signed(signature, picture_id, spec, version, file_format):
        raise Http404
    found = get_object_or_404(Picture, pk=picture_id)
    try:
        rendition = found.get_rendition(spec)
    except (SourceImageIOError, InvalidFilterSpecError) as error:
        raise Http404 from error
    return _for_a_year(FileResponse(rendition.file.open("rb"), content_type=f"image/{file_format}"))


@require_safe
def sound(request: HttpRequest, signature: str, sound_id: int, name: str) -> HttpResponseBase:
    found = get_object_or_404(get_document_model(), pk=sound_id)
    kind = kind_of(found.filename)
    if kind is None or not sounds.is_signed(signature, found):
        raise Http404
    wanted = request.headers.get("Range", "")
    return _for_a_year(serve_file(found.file.open("rb"), found.get_file_size(), kind.content_type, wanted))


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """What the desk's own pages show: Wagtail's thumbnails, whose names could be guessed from outside."""
    parts = PurePosixPath(path).parts
    if ".." in parts or not SHOWN_FOLDERS.intersection(parts[:1]) or not Visit.of(request).works_here:
        raise Http404
    try:
        opened = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = _for_a_year(FileResponse(opened))
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response

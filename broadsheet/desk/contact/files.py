from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from broadsheet.contact.models import Attachment
from broadsheet.desk.contact.access import may_see_questions
from broadsheet.platform.http.caching import for_nobody_else


@require_safe
def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A file that came with a message, to be saved: no browser shows or runs it here."""
    if not may_see_questions(request.user):
        raise PermissionDenied
    kept = get_object_or_404(Attachment, pk=file, message__conversation=pk, why_not="")
    response = HttpResponse(bytes(kept.content or b""), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return for_nobody_else(response)

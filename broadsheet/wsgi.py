import os
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")


class Request(WSGIRequest):
    """Reads queries and forms as UTF-8, which our pages are in, whatever its Content-Type says.

    Django believes a charset there, for queries too: a page that is kept for all would then depend on a
    header, and Python knows charsets (hex, unicode_escape) that raise or give text no page can be written in.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except (BadRequest, LookupError):
            # Django has no answer yet to what is raised here: it would be nobody's 500.
            self.content_type, self.content_params = "", {}

    @property
    def encoding(self) -> None:
        return None

    @encoding.setter
    def encoding(self, value: str | None) -> None:
        pass


application = get_wsgi_application()
application.request_class = Request

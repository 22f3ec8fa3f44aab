from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from broadsheet.desk.newsroom.gates import say_not_ready
from broadsheet.editorial.models import NotReadyError
from broadsheet.platform.outages.patience import FOR_STAFF, patience

type GetResponse = Callable[[HttpRequest], HttpResponse]

DESK = "/desk/"


class DeskMiddleware:
    """Gives each page of the desk its Content-Security-Policy and more of the database's time, and one answer
    wherever publishing is refused.

    A preview of a reader's page keeps the readers' policy.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            return self.get_response(request)
        with patience.longer(FOR_STAFF):
            response = self.get_response(request)
        response._csp_config = settings.DESK_CSP  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Back to the editor, with everything that is missing. What was written is saved as a draft."""
        if not isinstance(exception, NotReadyError) or not request.path_info.startswith(DESK):
            return None
        say_not_ready(request, exception.article, exception.messages)
        editor = reverse("wagtailadmin_pages:edit", args=[exception.article.pk])
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            # The form that Wagtail's dialog for “Approve with comment” expects.
            return JsonResponse({"step": "success", "redirect": editor})
        return redirect(editor)

"""What staff can tell an import to do, each by a POST. Two clicks are one."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from broadsheet.importers.carrying.carrying import missing_consent
from broadsheet.importers.carrying.undoing import touched
from broadsheet.importers.models import Import
from broadsheet.importers.pages.access import ImportsPage, may_import
from broadsheet.importers.tending import go_on_soon
from broadsheet.platform.http.redirects import see_other

State = Import.State


def _of(request: HttpRequest, pk: int) -> Import:
    if not may_import(request.user):
        raise PermissionDenied
    return get_object_or_404(Import, pk=pk)


def _back(moving: Import) -> HttpResponse:
    return see_other(reverse("imports:import", args=[moving.pk]))


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    moving = _of(request, pk)
    if missing := missing_consent(moving):
        messages.error(request, missing)
        return see_other(reverse("imports:map", args=[moving.pk]))
    if moving.go_to(State.RUNNING, only_from=(State.PLANNED,)):
        log(moving, "importers.carry_out", user=request.user, title=str(moving))
        go_on_soon.enqueue(moving.pk)
        messages.success(request, _("It has begun. You can leave this page: it goes on by itself."))
    return _back(moving)


@require_POST
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    moving = _of(request, pk)
    if moving.files_deleted_at:
        messages.error(request, _("Its files were deleted. Upload them again."))
    elif moving.go_to(State.READING, only_from=(State.FAILED, State.PLANNED)):
        go_on_soon.enqueue(moving.pk)
    return _back(moving)


class UndoView(ImportsPage):
    """Says what would be taken back, with a button; or why that can't be done any more."""

    template_name = "importers/undo.html"
    page_title = gettext_lazy("Undo")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.moving = get_object_or_404(Import, pk=pk)
        context = {"moving": self.moving, "touched": touched(self.moving)}
        return self.render_to_response(self.get_context_data(**context))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        moving = _of(request, pk)
        if touched(moving):
            return self.get(request, pk)
        if moving.go_to(State.UNDOING, only_from=(State.DONE, State.FAILED)):
            log(moving, "importers.undo", user=request.user, title=str(moving))
            go_on_soon.enqueue(moving.pk)
            messages.success(request, _("It is being undone. You can leave this page: it goes on by itself."))
        return _back(moving)

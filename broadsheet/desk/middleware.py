from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.models import Page

from broadsheet.desk.newsroom.gates import say_not_ready
from broadsheet.desk.newsroom.staff_bar import remember_desk
from broadsheet.desk.zones import set_zone
from broadsheet.editorial.models import NotReadyError
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.outages.patience import FOR_STAFF, patience

type GetResponse = Callable[[HttpRequest], HttpResponse]

DESK = "/desk/"
# What the sign-in page and the way out need, for whoever is not of the staff.
OPEN_TO_ALL = frozenset({"wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
# These list every page, drafts too, for whoever has a desk.
PAGE_CHOOSERS = frozenset(
    {
        "wagtailadmin_choose_page",
        "wagtailadmin_choose_page_child",
        "wagtailadmin_choose_page_search",
        "wagtailadmin_choose_page_chosen_multiple",
    }
)


def _speak_as_chosen(user: AbstractBaseUser) -> None:
    """In everything that answers: Wagtail itself would leave out what is said of a request that fails."""
    profile = getattr(user, "wagtail_userprofile", None)
    if profile and profile.preferred_language:
        translation.activate(profile.preferred_language)


class DeskMiddleware:
    """The desk's door, its Content-Security-Policy, and one answer wherever publishing is refused.

    A preview of a reader's page keeps the readers' policy. The database has more time here than for readers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            return self.get_response(request)
        with patience.longer(FOR_STAFF):
            response = self.get_response(request)
        if getattr(request, "is_at_desk", False):
            remember_desk(request, response)
        response._csp_config = settings.DESK_CSP  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: GetResponse, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not match or not request.path_info.startswith(DESK) or match.view_name in OPEN_TO_ALL:
            return None
        user = request.user
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            # Wagtail sends them to sign in, where they are signed in, and so back here without end.
            return refuse(request, 403, _("Only the newsroom’s staff may see this page."), is_for_others=True)
        if user.is_authenticated:
            request.is_at_desk = True  # type: ignore[attr-defined]
            set_zone(request)
            _speak_as_chosen(user)
        if match.view_name == "wagtailadmin_error_test":
            raise Http404
        if match.view_name in PAGE_CHOOSERS and not user_has_any_page_permission(user):
            raise PermissionDenied
        if match.view_name == "wagtailadmin_pages:move_confirm":
            # Wagtail shows the page here before it asks whether this person may move it.
            page = get_object_or_404(Page, pk=kwargs["page_to_move_id"])
            if not page.permissions_for_user(user).can_move():
                raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Back to the editor, with everything that is missing. What was written is saved as a draft."""
        if not request.path_info.startswith(DESK):
            return None
        if isinstance(exception, MultiValueDictKeyError) and request.method == "POST":
            # Wagtail reads fields of a form that it takes to be whole.
            return refuse(
                request,
                400,
                _("The form arrived without some of its fields. Reload the page and send it again."),
            )
        if not isinstance(exception, NotReadyError):
            return None
        say_not_ready(request, exception.article, exception.faults)
        editor = reverse("wagtailadmin_pages:edit", args=[exception.article.pk])
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            # The form that Wagtail's dialog for “Approve with comment” expects.
            return JsonResponse({"step": "success", "redirect": editor})
        return redirect(editor)

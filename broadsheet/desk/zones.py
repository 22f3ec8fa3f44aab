"""The zone in which the desk shows times and reads those that are typed."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page
from wagtail.users.models import UserProfile

from broadsheet.editorial.models import Publication
from broadsheet.editorial.zones import zone_of

PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id")


def set_zone(request: HttpRequest) -> None:
    """Lets Wagtail take the zone of the edition whose page this is, or else the publication's.

    Whoever has chosen a zone in Wagtail's account settings keeps it.
    """
    # On this object only, which Wagtail reads a moment later; its own default is the server's UTC.
    profile = getattr(request.user, "wagtail_userprofile", None) or UserProfile(user=request.user)
    if not profile.current_time_zone:
        profile.current_time_zone = str(_zone(request))


def _zone(request: HttpRequest) -> object:
    match = request.resolver_match
    named = match.kwargs if match else {}
    key = next((named[name] for name in PAGE_ARGUMENTS if name in named), None)
    if key is not None:
        page = Page.objects.filter(pk=key).select_related("locale").first()
        if page and page.depth > 1:
            return zone_of(page.locale.language_code)
    return Publication.load().zone


class InAZone:
    """A view that shows times, and reads those that are typed, in a zone other than that of our staff."""

    def zone(self) -> ZoneInfo:
        """Unless told otherwise, the `zone` of the row that the page is about."""
        found: ZoneInfo = self.object.zone  # type: ignore[attr-defined]
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with timezone.override(self.zone()):
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            return response.render() if hasattr(response, "render") else response

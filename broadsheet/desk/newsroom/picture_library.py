"""All pictures, for everybody who writes; their words are changed by those who may mend them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views import generic
from wagtail.images.views.images import EditView, IndexView
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry

from broadsheet.editorial.models import Picture


class PictureLibrary(IndexView):
    def get_base_queryset(self) -> Any:
        # Wagtail lists only what this person may change: for a reporter, their own.
        pictures = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["choose", "change", "delete"]
        )
        pictures = pictures.select_related("collection").prefetch_renditions("max-165x165")
        if self.needs_usage_count_subquery:
            pictures = pictures.annotate(usage_count=ReferenceIndex.usage_count_subquery(Picture))
        return pictures


class PictureRecord(generic.InspectView):
    """A picture with its words, for whoever may use it but not change it."""

    model = Picture
    template_name = "desk/newsroom/picture_record.html"
    page_title = _("Picture")
    header_icon = "image"
    index_url_name = "wagtailimages:index"
    any_permission_required = None
    permission_required = "choose"
    fields = ["title", "description", "caption", "credit", "licence"]

    @cached_property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Picture)


def picture(request: HttpRequest, image_id: int) -> Any:
    found = get_object_or_404(Picture, pk=image_id)
    policy = policy_registry.get_by_type(Picture)
    if policy.user_has_permission_for_instance(request.user, "change", found):
        return EditView.as_view()(request, image_id=image_id)
    if policy.user_has_permission_for_instance(request.user, "choose", found):
        return PictureRecord.as_view()(request, pk=image_id)
    raise PermissionDenied


@hooks.register("register_admin_urls", order=-1)
def library_urls() -> list[Any]:
    """In front of Wagtail's own, which keep the names."""
    return [
        path("images/", PictureLibrary.as_view()),
        path("images/results/", PictureLibrary.as_view(results_only=True)),
        path("images/<int:image_id>/", picture),
    ]

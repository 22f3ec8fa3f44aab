"""Many addresses of one provider reported as gone at once: whether to believe it, somebody decides here."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from broadsheet.delivery.models import SuppressionHold
from broadsheet.desk.mail.access import PostPage, may_lift, name_of
from broadsheet.people.models import Person

SHOWN = 50


class ShowsHolds:
    """A list above which the holds stand that nobody has decided yet."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc] # of the view beside it
        return context | {"holds": SuppressionHold.objects.undecided()}


class HoldView(PostPage):
    needs = "delivery.view_suppression"
    template_name = "desk/mail/hold.html"
    header_icon = "warning"

    @cached_property
    def hold(self) -> SuppressionHold:
        return get_object_or_404(SuppressionHold, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not may_lift(request.user):
            raise PermissionDenied
        by = name_of(cast(Person, request.user))
        if "suppress" in request.POST:
            decided, said = self.hold.suppress(by), _("No issue goes to these addresses any more.")
        else:
            decided, said = self.hold.dismiss(by), _("They may be written to.")
        if decided:
            messages.success(request, said)
        else:
            messages.warning(request, _("Nothing was changed: somebody else has decided."))
        return redirect("suppressions:hold", self.hold.pk)

    def get_page_title(self) -> str:
        return _("Reports from %s") % self.hold.domain

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("suppressions:index"), "label": _("Suppressions")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        bounces = self.hold.bounces.select_related("recipient__send")
        return context | {
            "hold": self.hold,
            "count": bounces.count(),
            "bounces": bounces[:SHOWN],
            "may_decide": may_lift(self.request.user) and not self.hold.decision,
        }

"""Segments: rules by which some of a newsletter's readers get an issue, with how many and who they are."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.newsletters.models import Segment
from broadsheet.newsletters.segments.matching import mailboxes_in

SAMPLE = 8


class MembersPanel(Panel):
    """How many readers it has as it was saved, and some of them."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "desk/newsletters/segment_members.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            found = mailboxes_in(Segment.objects.get(pk=self.instance.pk))
            sample = [mailbox.masked_address for mailbox in found.order_by("-pk")[:SAMPLE]]
            return context | {"count": found.count(), "sample": sample}


class StaysHere:
    """Shows the count of what was just saved."""

    def get_success_url(self) -> str:
        return reverse("segments:edit", args=[self.object.pk])  # type: ignore[attr-defined]


class NewSegment(StaysHere, generic.CreateView):
    pass


class EditSegment(StaysHere, generic.EditView):
    pass


class SegmentViewSet(ModelViewSet):
    model = Segment
    name = "segments"
    icon = "group"
    menu_label = _("Segments")
    copy_view_enabled = False
    add_view_class = NewSegment
    edit_view_class = EditSegment
    search_fields: Any = ["name"]
    list_display: Any = [
        "name",
        Column("rule", label=_("Who is in it"), accessor=lambda segment: segment.rule),
    ]
    edit_handler = ObjectList(
        [
            MembersPanel(heading=_("Who is in it now")),
            FieldPanel("name"),
            InlinePanel(
                "conditions",
                heading=_("Conditions, all of which hold"),
                label=_("Condition"),
                min_num=1,
                panels=[
                    FieldRowPanel([FieldPanel("is_negated"), FieldPanel("about")]),
                    FieldRowPanel(
                        [
                            FieldPanel("edition"),
                            FieldPanel("plan"),
                            FieldPanel("newsletter"),
                            FieldPanel("label"),
                            FieldPanel("days"),
                        ]
                    ),
                ],
                help_text=_("Choose what the condition is about, then its value in one of the fields below."),
            ),
        ]
    )

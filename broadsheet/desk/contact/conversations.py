"""All conversations: who waits longest stands first."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn

from broadsheet.contact.models import Conversation, State, Topic
from broadsheet.desk.assigning import AssignedFilter
from broadsheet.desk.contact import acts, moves
from broadsheet.desk.contact.conversation import ConversationRecord
from broadsheet.desk.contact.files import attachment
from broadsheet.desk.long_lists import LongList, RecordsViewSet
from broadsheet.desk.mail.access import name_of
from broadsheet.desk.templatetags.dates import from_now

SHOWN_STATES = [(state.value, state.label) for state in State if state != State.MERGED]


class ConversationFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=SHOWN_STATES, widget=CheckboxSelectMultiple
    )
    topic = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Topic"), choices=Topic.choices, widget=CheckboxSelectMultiple
    )
    assigned = AssignedFilter()

    class Meta:
        model = Conversation
        fields: tuple[str, ...] = ()


class WaitingColumn(Column):
    def get_value(self, instance: Conversation) -> str:
        return from_now(instance.waiting_since) if instance.waiting_since else ""


class ConversationList(LongList):
    model = Conversation
    page_title = gettext_lazy("Conversations")
    header_icon = "comment"
    default_ordering = "waiting_since"
    filterset_class = ConversationFilters
    columns = [
        TitleColumn("subject", label=gettext_lazy("About"), url_name="conversations:record", width="34%"),
        Column("correspondent", label=gettext_lazy("With"), width="22%"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda conversation: conversation.is_waiting,
            width="10%",
        ),
        WaitingColumn("waiting_since", label=gettext_lazy("Asked"), sort_key="waiting_since", width="12%"),
        Column(
            "assignee",
            label=gettext_lazy("Assigned to"),
            accessor=lambda row: name_of(row.assignee),
            width="12%",
        ),
        DateColumn("last_at", label=gettext_lazy("Last message"), sort_key="last_at", width="10%"),
    ]

    def get_base_queryset(self) -> QuerySet[Conversation]:
        rows: QuerySet[Conversation] = Conversation.objects.exclude(state=State.MERGED)
        # Spam is there for whoever asks for it.
        if str(State.SPAM) not in self.request.GET.getlist("state") and not self.is_searching:
            rows = rows.filter(~Q(state=State.SPAM))
        return rows.select_related("assignee")

    def order_queryset(self, queryset: QuerySet[Conversation]) -> QuerySet[Conversation]:
        if self.is_explicitly_ordered:
            return super().order_queryset(queryset)
        return queryset.longest_waiting_first()  # type: ignore[attr-defined]

    def get_page_subtitle(self) -> str:
        count = Conversation.objects.waiting().count()
        return _("%d waiting") % count if count else _("nobody waits")


class ConversationsViewSet(RecordsViewSet):
    name = "conversations"
    model = Conversation
    icon = "comment"
    menu_label = gettext_lazy("Conversations")
    list_view = ConversationList
    record_view = ConversationRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/assign/", acts.Assign.as_view(), name="assign"),
            path("<int:pk>/close/", acts.Close.as_view(), name="close"),
            path("<int:pk>/reopen/", acts.Reopen.as_view(), name="reopen"),
            path("<int:pk>/spam/", acts.MarkAsSpam.as_view(), name="spam"),
            path("<int:pk>/merge/", acts.Merge.as_view(), name="merge"),
            path("<int:pk>/delete/", acts.Delete.as_view(), name="delete"),
            path("<int:pk>/account/<int:person>/", acts.Recognise.as_view(), name="recognise"),
            path("<int:pk>/move/<int:person>/", moves.MoveInConversation.as_view(), name="move"),
            path("<int:pk>/moves/<int:move>/stop/", moves.StopMove.as_view(), name="stop_move"),
            path("<int:pk>/files/<int:file>/", attachment, name="file"),
        ]

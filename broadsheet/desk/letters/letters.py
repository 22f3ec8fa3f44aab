"""All letters to the editor, the newest first."""

from typing import Any

import django_filters
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.forms import CheckboxSelectMultiple
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from broadsheet.desk.assigning import AssignedFilter
from broadsheet.desk.letters import acts
from broadsheet.desk.letters.edit import Edit
from broadsheet.desk.letters.letter import LetterRecord
from broadsheet.desk.long_lists import DayColumn, LongList, RecordsViewSet
from broadsheet.desk.mail.access import name_of
from broadsheet.editorial.models import Article, LetterState, LetterToEditor
from broadsheet.platform.edition_field import editions

SHOWN_STATES = [(state.value, state.label) for state in LetterState if state != LetterState.UNCONFIRMED]
WAITS_FOR_US = (LetterState.NEW, LetterState.CHOSEN, LetterState.AGREED)
IN_ORDER = (LetterState.NEW, LetterState.AGREED, LetterState.CHOSEN, LetterState.AWAITING)


def written_about(request: Any) -> QuerySet[Article]:
    about = LetterToEditor.objects.at_the_desk().values("article")
    found: QuerySet[Article] = Article.objects.filter(pk__in=about).order_by("title")
    return found


class LetterFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=SHOWN_STATES, widget=CheckboxSelectMultiple
    )
    edition = django_filters.ChoiceFilter(
        label=gettext_lazy("Edition"), choices=editions, empty_label=gettext_lazy("Any")
    )
    article = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Article"), queryset=written_about, empty_label=gettext_lazy("Any")
    )
    assigned = AssignedFilter()

    class Meta:
        model = LetterToEditor
        fields: tuple[str, ...] = ()


class LetterList(LongList):
    model = LetterToEditor
    page_title = gettext_lazy("Letters to the editor")
    header_icon = "openquote"
    default_ordering = "-came_at"
    filterset_class = LetterFilters
    columns = [
        TitleColumn("name", label=gettext_lazy("From"), url_name="letters:record", width="20%"),
        Column("article", label=gettext_lazy("About"), accessor="article.title", width="36%"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda letter: letter.state in WAITS_FOR_US,
            width="16%",
        ),
        Column(
            "assignee",
            label=gettext_lazy("Assigned to"),
            accessor=lambda row: name_of(row.assignee),
            width="14%",
        ),
        DayColumn("came_at", label=gettext_lazy("Written"), sort_key="came_at", width="14%"),
    ]

    def get_base_queryset(self) -> QuerySet[LetterToEditor]:
        rows: QuerySet[LetterToEditor] = LetterToEditor.objects.at_the_desk()
        return rows.select_related("assignee", "article").defer("article__body")

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What waits for us first."""
        if self.is_explicitly_ordered:
            return super().order_queryset(queryset)
        places = [When(state=state, then=Value(place)) for place, state in enumerate(IN_ORDER)]
        rank = Case(*places, default=Value(len(IN_ORDER)), output_field=IntegerField())
        return queryset.order_by(rank, "-came_at", "-pk")

    def get_page_subtitle(self) -> str:
        count = LetterToEditor.objects.filter(state=LetterState.NEW).count()
        return ngettext("%d new", "%d new", count) % count if count else _("none is new")


class LettersViewSet(RecordsViewSet):
    name = "letters"
    model = LetterToEditor
    icon = "openquote"
    menu_label = gettext_lazy("Letters to the editor")
    menu_order = 189
    add_to_admin_menu = True
    list_view = LetterList
    record_view = LetterRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/edit/", Edit.as_view(), name="edit"),
            path("<int:pk>/drop-edits/", acts.DropEdits.as_view(), name="drop_edits"),
            path("<int:pk>/assign/", acts.Assign.as_view(), name="assign"),
            path("<int:pk>/choose/", acts.Choose.as_view(), name="choose"),
            path("<int:pk>/send/", acts.SendProof.as_view(), name="send"),
            path("<int:pk>/publish/", acts.Publish.as_view(), name="publish"),
            path("<int:pk>/take-down/", acts.TakeDown.as_view(), name="take_down"),
            path("<int:pk>/reply/", acts.Reply.as_view(), name="reply"),
            path("<int:pk>/decline/", acts.Decline.as_view(), name="decline"),
            path("<int:pk>/reconsider/", acts.Reconsider.as_view(), name="reconsider"),
        ]

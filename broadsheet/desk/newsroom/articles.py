"""The newslist, and what the editor shows beside an article."""

from typing import Any

import django_filters
from django.db.models import Q
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.models import Page
from wagtail.rich_text import RichText

from broadsheet.desk.newsroom.audio import AudioSidePanel
from broadsheet.desk.newsroom.reviewing import changes_asked_for
from broadsheet.desk.newsroom.writing import NewArticleView
from broadsheet.desk.paywall.access_panel import AccessSidePanel
from broadsheet.editorial.models import Article, Author, Edition, Kind, Section, State, attach_sections


class EditionFilter(django_filters.ModelMultipleChoiceFilter):
    def filter(self, articles: Any, editions: list[Edition]) -> Any:
        if not editions:
            return articles
        return articles.filter(locale__in=[edition.locale_id for edition in editions])


class FiltersByEdition(WagtailFilterSet):
    """Without Wagtail's filter by locale, which would offer the editions a second time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters.pop("locale", None)


class SectionField(django_filters.fields.ModelMultipleChoiceField):
    def label_from_instance(self, section: Section) -> str:
        return f"{section.title} {section.edition.short_name}"


class SectionFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = SectionField

    def filter(self, articles: Any, sections: list[Section]) -> Any:
        below = Q()
        for section in sections:
            below |= Q(path__startswith=section.path, depth=section.depth + 1)
        return articles.filter(below)


class ArticleFilters(FiltersByEdition):
    edition = EditionFilter(
        label=_("Edition"),
        queryset=lambda request: Edition.objects.order_by("path"),
        widget=CheckboxSelectMultiple,
    )
    section = SectionFilter(
        label=_("Section"),
        queryset=lambda request: Section.objects.order_by("path"),
        widget=CheckboxSelectMultiple,
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=Kind.choices, widget=CheckboxSelectMultiple
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=State.choices, widget=RadioSelect, method="in_state", empty_label=_("Any")
    )
    author = django_filters.ModelMultipleChoiceFilter(
        label=_("Author"),
        queryset=lambda request: Author.objects.all(),
        widget=CheckboxSelectMultiple,
        method="by_authors",
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = ()

    def by_authors(self, articles: Any, name: str, authors: list[Author]) -> Any:
        if not authors:
            return articles
        # By page ids: a search can't be filtered across tables.
        ids = Article.objects.filter(bylines__author__in=authors).values_list("pk", flat=True)
        return articles.filter(pk__in=list(ids))

    def in_state(self, articles: Any, name: str, state: str) -> Any:
        return articles.filter(
            pk__in=list(Article.objects.in_state(State(state)).values_list("pk", flat=True))
        )


class EditionColumn(Column):
    def get_value(self, article: Article) -> str:
        return f"{article.section.title}, {article.edition.short_name}"


class Newslist(IndexView):
    show_locale_labels = False  # the column of the section names the edition
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Headline"), sort_key="title", classname="title"),
        EditionColumn("section", label=_("Section and edition"), width="18%"),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind", width="9%"),
        Column("byline", label=_("Byline"), accessor="byline", width="15%"),
        DateColumn(
            "latest_revision_created_at",
            label=_("Updated"),
            sort_key="latest_revision_created_at",
            width="11%",
        ),
        PageStatusColumn("status", label=_("State"), sort_key="live", width="11%"),
    ]

    def annotate_queryset(self, pages: Any) -> Any:
        return super().annotate_queryset(pages).prefetch_related("bylines__author")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        editions = {edition.path: edition for edition in Edition.objects.all()}
        for article in attach_sections(context["object_list"]):
            article.section.edition = editions[article.section.path[: -article.steplen]]
        return context


class JournalistsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(user_has_any_page_permission(request.user))


class NewslistViewSet(PageListingViewSet):
    name = "articles"
    model = Article
    icon = "doc-full"
    menu_label = _("Articles")
    menu_order = 90
    menu_item_class = JournalistsMenuItem
    add_to_admin_menu = True
    index_view_class = Newslist
    choose_parent_view_class = NewArticleView
    filterset_class = ArticleFilters


class Fronts(IndexView):
    page_title = _("Fronts")
    base_columns = [
        column for column in IndexView.base_columns if column.name not in {"bulk_actions", "parent"}
    ]
    default_ordering = "path"

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().type(Edition, Section)

    def get_add_url(self) -> None:
        """None: an article begins in its section's row, a section among the pages."""


class FrontsViewSet(PageListingViewSet):
    name = "fronts"
    model = Page
    index_view_class = Fronts
    icon = "home"
    menu_label = _("Fronts")
    menu_order = 110
    menu_item_class = JournalistsMenuItem
    add_to_admin_menu = True


class ReadinessSidePanel(BaseSidePanel):
    """Everything that keeps the article from being published. Each autosave renders it again."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle what is missing")
        icon_name = "tasks"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"count": len(self.panel.faults)}

    name = "readiness"
    title = _("Before it can be published")
    template_name = "desk/newsroom/readiness.html"
    order = 50

    def __init__(self, article: Article, request: Any) -> None:
        super().__init__(article, request)
        self.faults = article.faults()
        self.contested = article.contested_uses()


class WithReadiness:
    def get_side_panels(self) -> MediaContainer:
        panels = list(super().get_side_panels())  # type: ignore[misc]
        if not self.page.alias_of_id:  # type: ignore[attr-defined]
            panels.append(ReadinessSidePanel(self.page, self.request))  # type: ignore[attr-defined]
            panels.append(AudioSidePanel(self.page, self.request))  # type: ignore[attr-defined]
        panels.append(AccessSidePanel(self.page, self.request))  # type: ignore[attr-defined]
        return MediaContainer(sorted(panels, key=lambda panel: panel.order))


class ArticleCreateView(WithReadiness, CreateView):
    """In the section that the form says; it opens with a paragraph to write in."""

    def dispatch(self, request: Any, *, parent_page_id: int, **kwargs: Any) -> Any:
        chosen = request.POST.get("section", "")
        parent = int(chosen) if chosen.isdecimal() else parent_page_id
        return super().dispatch(request, parent_page_id=parent, **kwargs)

    def get(self, request: Any) -> Any:
        self.page.body = [("text", RichText(""))]
        return super().get(request)


class ArticleEditView(WithReadiness, EditView):
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.hydrate_create_view and (asked := changes_asked_for(self.page)):
            messages.warning(request, asked)
        return super().get(request, *args, **kwargs)


class ArticleRevertView(WithReadiness, RevisionsRevertView):
    pass


class ArticleViewSet(PageViewSet):
    model = Article
    add_view_class = ArticleCreateView
    edit_view_class = ArticleEditView
    revisions_revert_view_class = ArticleRevertView


@hooks.register("register_admin_viewset")
def register_articles() -> list[Any]:
    return [NewslistViewSet(), FrontsViewSet(), ArticleViewSet()]

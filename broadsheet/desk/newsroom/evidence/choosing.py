"""Speakers, sources and contested terms at the desk, and how they are chosen and entered in an article."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from broadsheet.evidence.models import ContestedTerm, Source, Speaker


class SpeakerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Speaker
        fields = ("name", "kind", "description")


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A link that is known already leads to the source that has it, so that it is entered once."""

    class Meta:
        model = Source
        fields = ("outlet", "title", "kind", "date", "link", "archived_link")
        widgets = {"date": forms.DateInput(attrs={"type": "date"})}

    known: Source | None = None

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        self.known = Source.objects.at(link)
        return link

    def validate_unique(self) -> None:
        if not self.known:
            super().validate_unique()

    def validate_constraints(self) -> None:
        if not self.known:
            super().validate_constraints()

    def save(self, commit: bool = True) -> Any:
        return self.known or super().save(commit)


class Named:
    """“Speaker” at the head of the list, not “Title”, which nobody quoted has."""

    model_class: Any

    @property
    def title_column(self) -> Any:
        column: Any = super().title_column  # type: ignore[misc]
        column.label = capfirst(self.model_class._meta.verbose_name)
        return column


class NamedChooseView(Named, ChooseView):
    pass


class NamedChooseResultsView(Named, ChooseResultsView):
    pass


class OfCurrent(SnippetChooserViewSet):
    """Offers none that was merged into another."""

    choose_view_class = NamedChooseView
    choose_results_view_class = NamedChooseResultsView

    def get_object_list(self) -> Any:
        return self.model.objects.current()


class SpeakerChooser(OfCurrent):
    creation_form_class = SpeakerForm
    creation_tab_label = _("Enter a new one")


class SourceChooser(OfCurrent):
    creation_form_class = SourceForm
    creation_tab_label = _("Enter a new one")


class Current(SnippetViewSet):
    """Lists none that was merged into another."""

    def get_queryset(self, request: Any) -> Any:
        return self.model.objects.current()


class SpeakerViewSet(Current):
    model = Speaker
    icon = "user"
    menu_label = _("Speakers")
    menu_name = "speakers"
    list_display: Any = [
        "name",
        "description",
        Column("kind", label=_("Kind"), accessor="kind_in_a_word", width="20%"),
    ]
    list_filter: Any = ["kind"]
    chooser_viewset_class = SpeakerChooser


class LinkColumn(Column):
    """An address that is often long and has nowhere to break, as a link without its scheme."""

    cell_template_name = "desk/newsroom/link_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"words": context["value"].partition("://")[2].removesuffix("/")}


class SourceViewSet(Current):
    model = Source
    icon = "link"
    menu_label = _("Sources")
    menu_name = "sources"
    list_display: Any = [
        "outlet",
        "title",
        LinkColumn("link", label=_("Link"), width="30%"),
        Column(
            "link_state",
            label=_("State"),
            accessor=lambda source: source.get_link_state_display() if source.link else "",
            width="14%",
        ),
    ]
    list_filter: Any = ["kind", "link_state"]
    chooser_viewset_class = SourceChooser


class ContestedTermViewSet(SnippetViewSet):
    model = ContestedTerm
    icon = "help"
    menu_label = _("Contested terms")
    menu_name = "contested-terms"
    list_display: Any = ["term", "other_forms", "our_use"]


class EvidenceGroup(SnippetViewSetGroup):
    menu_label = _("Evidence")
    menu_icon = "openquote"
    menu_name = "evidence"
    menu_order = 125
    items = (SpeakerViewSet, SourceViewSet, ContestedTermViewSet)


register_snippet(EvidenceGroup)

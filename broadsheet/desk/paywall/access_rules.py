"""The rules that decide the access of articles, in order."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from broadsheet.desk.newsroom.places import SectionField
from broadsheet.desk.paywall.tryout import may_try_out
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Kind, Topic, attach_editions
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.models.access_rule import Decided


class AccessRuleForm(WagtailAdminModelForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Any")), *Kind.choices]
    )
    section = SectionField(label=gettext_lazy("Section"), required=False, empty_label=gettext_lazy("Any"))
    topic = forms.ModelChoiceField(
        Topic.objects.order_by("name"),
        label=gettext_lazy("Topic"),
        required=False,
        empty_label=gettext_lazy("Any"),
    )
    access = forms.ChoiceField(label=gettext_lazy("Access"), choices=Access.choices, widget=forms.RadioSelect)

    class Meta(WagtailAdminModelForm.Meta):
        model = AccessRule
        fields = ("kind", "section", "topic", "older_than", "younger_than", "access")


class AccessRuleIndex(generic.IndexView):
    # In the order in which they apply, which dragging changes.
    default_ordering = "position"

    def get_base_queryset(self) -> QuerySet[AccessRule]:
        rows: QuerySet[AccessRule] = super().get_base_queryset()
        return rows.select_related("section", "topic")

    @property
    def header_buttons(self) -> list[Any]:
        buttons: list[Any] = [*super().header_buttons]
        if may_try_out(self.request.user):
            buttons.append(
                HeaderButton(_("Which rule decides?"), url=reverse("tryout:index"), icon_name="help")
            )
        return buttons

    @property
    def header_more_buttons(self) -> list[Any]:
        # Wagtail would offer to sort by order, but this list always is.
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rules = list(context["object_list"])
        attach_editions(rule.section for rule in rules if rule.section)
        decided = AccessRule.objects.decided()
        for rule in rules:
            rule.decides = decided.by_rule.get(rule.pk, 0)
        return context | {"summary": summary_of(decided)}


def summary_of(decided: Decided) -> str:
    """“At present 1 published article sets its own access; …, 3 are left to …”."""
    itself = ngettext(
        "At present %d published article sets its own access;",
        "At present %d published articles set their own access;",
        decided.by_itself,
    )
    left = ngettext(
        "%d is left to its section or the publication.",
        "%d are left to their section or the publication.",
        decided.by_section,
    )
    return f"{itself % decided.by_itself} {left % decided.by_section}"


class DecidesColumn(Column):
    def get_value(self, rule: Any) -> str:
        return ngettext("%d article", "%d articles", rule.decides) % rule.decides


class AccessRuleViewSet(ModelViewSet):
    model = AccessRule
    name = "access-rules"
    icon = "list-ol"
    menu_label = gettext_lazy("Access rules")
    index_view_class = AccessRuleIndex
    index_results_template_name = "desk/paywall/access_rules_results.html"
    sort_order_field = "position"
    copy_view_enabled = False
    list_per_page = 200
    list_display: Any = [
        TitleColumn(
            "conditions",
            label=gettext_lazy("Articles that are"),
            accessor=lambda rule: capfirst(rule.conditions),
            get_url=lambda rule: reverse("access-rules:edit", args=[rule.pk]),
        ),
        Column("access", label=gettext_lazy("Access"), accessor="get_access_display", width="35%"),
        DecidesColumn("decides", label=gettext_lazy("Decides now"), width="15%"),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel(
                [FieldPanel("kind"), FieldPanel("section"), FieldPanel("topic")],
                heading=gettext_lazy("What they are"),
            ),
            FieldRowPanel(
                [FieldPanel("older_than"), FieldPanel("younger_than")], heading=gettext_lazy("Their age")
            ),
            FieldPanel("access"),
        ],
        base_form_class=AccessRuleForm,
    )

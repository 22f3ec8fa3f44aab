"""The words of the wall, by edition and by situation."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.desk.newsroom.places import EditionField
from broadsheet.desk.paywall.edition_column import EditionColumn
from broadsheet.paywall.models import WallWording

PLACEHOLDERS_HELP = _(
    "<p>You can write <code>{allowance}</code>, how many articles the visitor may open;"
    " <code>{readers}</code>, how many an account opens; <code>{period}</code>, “in November”;"
    " <code>{each}</code>, “a month”; <code>{renews}</code>, the day on which a reader’s next article opens;"
    " <code>{publication}</code>, the magazine’s name; <code>{offer}</code>, what a subscription costs first,"
    " “$1 for 6 weeks”. A sentence in which one of them stands for nothing is"
    " left out: where articles stay open for ever there is no such day, and where nothing is sold there is"
    " no offer.</p>"
)


class WordingForm(WagtailAdminModelForm):
    edition = EditionField(
        label=_("Edition"), required=False, empty_label=_("All without words of their own")
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = WallWording
        fields = ("situation", "edition", "title", "text", "button")


class WordingIndex(generic.IndexView):
    page_title = _("Wording")

    def get_base_queryset(self) -> QuerySet[WallWording]:
        rows: QuerySet[WallWording] = super().get_base_queryset()
        return rows.select_related("edition")


class WordingViewSet(ModelViewSet):
    model = WallWording
    name = "wordings"
    icon = "openquote"
    menu_label = _("Wording")
    index_view_class = WordingIndex
    index_results_template_name = "desk/paywall/wordings_results.html"
    list_display: Any = [
        TitleColumn(
            "situation", label=_("To whom"), accessor="get_situation_display", url_name="wordings:edit"
        ),
        EditionColumn("edition", label=_("Edition"), width="18%"),
        Column("title", label=_("Why the wall is there"), width="35%"),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("situation"), FieldPanel("edition")]),
            HelpPanel(content=PLACEHOLDERS_HELP),
            FieldPanel("title"),
            FieldPanel("text", widget=forms.Textarea(attrs={"rows": 3})),
            FieldPanel("button"),
        ],
        base_form_class=WordingForm,
    )

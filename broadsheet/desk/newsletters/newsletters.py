"""The newsletters themselves: who sends them, when, to whom, and what their digests are made of."""

from typing import Any

from django import forms
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.desk.newsletters.numbers import NewsletterNumbersView
from broadsheet.editorial.models import Kind, Section, attach_editions
from broadsheet.newsletters.models import Newsletter


class SectionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, section: Any) -> str:
        return f"{section.title} {section.edition.short_name}"


class NewsletterForm(WagtailAdminModelForm):
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all of them."),
    )

    class Meta:
        model = Newsletter
        exclude = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "sections" in self.fields:
            field = SectionsField(
                Section.objects.order_by("path"),
                label=_("Sections"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None: all of the edition’s."),
            )
            editions = {section.pk: section.edition for section in attach_editions(Section.objects.all())}
            field.label_from_instance = lambda section: f"{section.title} {editions[section.pk].short_name}"  # type: ignore[method-assign]
            self.fields["sections"] = field


class NewsletterViewSet(ModelViewSet):
    model = Newsletter
    name = "newsletters"
    icon = "list-ul"
    menu_label = _("Newsletters")
    copy_view_enabled = False
    search_fields: Any = ["name"]
    list_filter: Any = ["edition", "is_active"]
    list_display: Any = [
        "name",
        Column("edition", label=_("Edition"), accessor="get_edition_display"),
        Column("frequency", label=_("How often"), accessor="get_frequency_display"),
        Column("send_at", label=_("Time")),
        BooleanColumn("subscribers_only", label=_("Subscribers only")),
        BooleanColumn("is_active", label=_("Offered")),
        TitleColumn(
            "numbers",
            label=_("Numbers"),
            accessor=lambda newsletter: _("Numbers"),
            url_name="newsletters:numbers",
        ),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("name"),
                    FieldRowPanel([FieldPanel("edition"), FieldPanel("slug")]),
                    FieldPanel("strapline"),
                    FieldPanel("description"),
                    FieldPanel("written_by"),
                    FieldRowPanel([FieldPanel("order"), FieldPanel("is_active")]),
                ],
                heading=_("What readers see"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("frequency"), FieldPanel("weekday"), FieldPanel("month_day")]),
                    FieldRowPanel([FieldPanel("send_at"), FieldPanel("clock")]),
                    FieldPanel("weekly_instead"),
                ],
                heading=_("When"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("sender_name"), FieldPanel("sender_email")]),
                    FieldPanel("reply_to"),
                    FieldPanel("list_id"),
                ],
                heading=_("Sender"),
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("subscribers_only"), FieldPanel("opens_articles")])],
                heading=_("Rights"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("is_digest"),
                    FieldRowPanel([FieldPanel("goes_out_by_itself"), FieldPanel("assembled_before")]),
                    FieldPanel("sections"),
                    FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
                    FieldPanel("kinds"),
                    FieldRowPanel(
                        [FieldPanel("max_items"), FieldPanel("has_lead"), FieldPanel("good_news_last")]
                    ),
                ],
                heading=_("Digest"),
            ),
        ],
        base_form_class=NewsletterForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        numbers = path("<int:pk>/numbers/", NewsletterNumbersView.as_view(), name="numbers")
        return [*super().get_urlpatterns(), numbers]

"""Speakers and sources that were entered twice: found by their names, and merged."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.snippets.widgets import AdminSnippetChooser

from broadsheet.desk.acts import Act
from broadsheet.desk.newsroom.evidence.dead_sources import SourcesMenuItem, may_mend_sources
from broadsheet.evidence.models import Source, Speaker

MODELS: dict[str, type[Speaker | Source]] = {"speaker": Speaker, "source": Source}
SHOWN = 100


def merge_address(row: Any) -> str:
    return reverse("merge_evidence", args=[row._meta.model_name, row.pk])


class MergeAct(Act):
    page_title = _("Merge")
    action = "evidence.merge"
    explanation = _(
        "Everything that rests on this entry will rest on the other one. This one’s page leads there from now"
        " on, and it is offered in articles no more. It can’t be undone."
    )
    button = _("Merge")
    is_destructive = True
    done = _("Merged.")
    header_icon = "resubmit"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if kwargs["kind"] not in MODELS:
            raise Http404
        self.model = MODELS[kwargs["kind"]]
        super().setup(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_mend_sources(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def rows(self) -> Any:
        return self.model._default_manager.current()  # type: ignore[attr-defined]

    def get_form_class(self) -> type[forms.Form]:
        into = forms.ModelChoiceField(
            self.rows().exclude(pk=self.object.pk),
            label=_("Into"),
            widget=AdminSnippetChooser(self.model),
            error_messages={"invalid_choice": _("Choose another entry: this one can’t be merged into it.")},
        )
        return type("MergeForm", (forms.Form,), {"into": into})

    def get_initial(self) -> dict[str, Any]:
        """The one that it is so much like, where that is known."""
        asked = self.request.GET.get("into", "")
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
            return {}
        return {"into": self.rows().exclude(pk=self.object.pk).filter(pk=asked).first()}

    def act(self, typed: dict[str, Any]) -> str:
        self.object.merge_into(typed["into"])
        return str(typed["into"])

    def get_success_url(self) -> str:
        return reverse("evidence_duplicates")


@dataclass(frozen=True, slots=True)
class Pair:
    """Entries that may be the same."""

    rows: list[Any]

    def address_of(self, row: Any) -> str:
        """Where `row` is merged, into the other one if there is but one."""
        others = [other for other in self.rows if other != row]
        query = f"?into={others[0].pk}" if len(others) == 1 else ""
        return merge_address(row) + query


def duplicates() -> list[Pair]:
    """Speakers of one name or initial and last name, sources of one outlet and title; the surest first."""
    same = _by_key(Speaker, "name_key")
    seen = {row.pk for pair in same for row in pair.rows}
    by_initial: dict[str, list[Speaker]] = defaultdict(list)
    for speaker in Speaker.objects.current().filter(kind=Speaker.Kind.PERSON).exclude(pk__in=seen):
        words = speaker.name_key.split()
        if len(words) > 1:
            by_initial[f"{words[0][0]} {words[-1]}"].append(speaker)
    alike = [Pair(rows) for rows in by_initial.values() if len(rows) > 1]
    return [*same, *_by_key(Source, "outlet_key"), *alike][:SHOWN]


def _by_key(model: Any, key: str) -> list[Pair]:
    twice = model.objects.current().values(key).annotate(times=Count("pk")).filter(times__gt=1).order_by(key)
    found: dict[str, list[Any]] = defaultdict(list)
    for row in model.objects.current().filter(**{f"{key}__in": [row[key] for row in twice[:SHOWN]]}):
        found[getattr(row, key)].append(row)
    # Of one outlet much may be cited that has no title.
    return [Pair(rows) for name, rows in found.items() if not name.endswith("|")]


class Duplicates(WagtailAdminTemplateMixin, TemplateView):
    template_name = "desk/newsroom/duplicates.html"
    page_title = _("Entered twice?")
    header_icon = "resubmit"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_mend_sources(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pairs = [
            [
                (row, reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk]), pair.address_of(row))
                for row in pair.rows
            ]
            for pair in duplicates()
        ]
        return super().get_context_data(**kwargs) | {"pairs": pairs}


@hooks.register("register_snippet_listing_buttons")
def merge_button(row: Any, user: Any, next_url: str | None = None) -> list[Button]:
    if not isinstance(row, tuple(MODELS.values())) or not may_mend_sources(user):
        return []
    return [Button(_("Merge into another"), merge_address(row), icon_name="resubmit", priority=60)]


@hooks.register("register_reports_menu_item")
def duplicates_menu_item() -> MenuItem:
    return SourcesMenuItem(
        _("Entered twice"),
        reverse("evidence_duplicates"),
        name="evidence-duplicates",
        icon_name="resubmit",
        order=115,
    )


@hooks.register("register_admin_urls")
def merge_urls() -> list[Any]:
    return [
        path("evidence/duplicates/", Duplicates.as_view(), name="evidence_duplicates"),
        path("evidence/merge/<str:kind>/<int:pk>/", MergeAct.as_view(), name="merge_evidence"),
    ]

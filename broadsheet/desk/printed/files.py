"""The files of fulfilment houses: uploaded, checked, applied or not used."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from broadsheet.desk.acts import Act
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import LongList, Record, RecordsViewSet
from broadsheet.desk.zones import InAZone
from broadsheet.membership.fulfilment import applying
from broadsheet.membership.fulfilment.reading import MOST_BYTES
from broadsheet.membership.fulfilment.working import work_soon
from broadsheet.membership.models import FulfilmentHouse, HouseFile

COUNTED = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "returning": gettext_lazy("back after they had ended"),
    "same": gettext_lazy("unchanged"),
    "matched": gettext_lazy("whose e-mail address is that of a reader"),
    "faults": gettext_lazy("lines that can’t be used"),
    "gone": gettext_lazy("no longer in the file"),
    "ended": gettext_lazy("ended"),
}
"""What a check finds and an application did, in the order in which it is told."""


class FileList(LongList):
    model = HouseFile
    page_title = gettext_lazy("Files of the houses")
    header_icon = "doc-full"
    default_ordering = "-uploaded_at"
    is_searchable = False
    columns = [
        TitleColumn("name", label=gettext_lazy("File"), url_name="house_files:record"),
        Column("house", label=gettext_lazy("House")),
        Column("lines", label=gettext_lazy("Lines")),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("by", label=gettext_lazy("By")),
        Column("uploaded_at", label=gettext_lazy("Uploaded"), sort_key="uploaded_at"),
    ]

    def get_base_queryset(self) -> QuerySet[HouseFile]:
        return HouseFile.objects.select_related("house", "by")

    @property
    def header_buttons(self) -> list[Any]:
        if not self.user_has_permission("change") or not FulfilmentHouse.objects.exists():
            return []
        return [HeaderButton(_("Upload a file"), url=reverse("house_files:upload"), icon_name="upload")]


class UploadForm(forms.Form):
    house = forms.ModelChoiceField(
        label=gettext_lazy("House"), queryset=FulfilmentHouse.objects.all(), empty_label=None
    )
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("A CSV file, of any shape."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %d MB.") % (MOST_BYTES // 1024 // 1024))
        return file


class Upload(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView[UploadForm]):
    template_name = "desk/printed/upload.html"
    model = HouseFile
    permission_required = "change"
    form_class = UploadForm
    page_title = gettext_lazy("Upload a file")
    header_icon = "upload"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("house_files:index"), "label": _("Files of the houses")},
            {"url": "", "label": self.page_title},
        ]

    def form_valid(self, form: UploadForm) -> HttpResponse:
        uploaded = form.cleaned_data["file"]
        staff: Any = self.request.user
        file = HouseFile.objects.take(form.cleaned_data["house"], uploaded.name, uploaded.read(), staff)
        work_soon(file)
        return redirect("house_files:record", file.pk)


class FileRecord(InAZone, Record):
    model = HouseFile
    template_name = "desk/printed/file.html"
    page_title = gettext_lazy("File of a house")
    header_icon = "doc-full"

    def get_object(self, queryset: Any = None) -> HouseFile:
        return get_object_or_404(HouseFile.objects.select_related("house", "by"), pk=self.pk)

    def zone(self) -> Any:
        return get_object_or_404(HouseFile.objects.select_related("house"), pk=self.kwargs["pk"]).zone

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("house_files:index"), "label": _("Files of the houses")},
            {"url": "", "label": self.object.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        may_act = self.user_has_permission("change")
        return (
            context
            | _shown(self.object)
            | {
                "may_decide": may_act and self.object.state == HouseFile.State.CHECKED,
                "entries": entries_about([self.object]),
            }
        )


def _shown(file: HouseFile) -> dict[str, Any]:
    counts = [(words, file.counts[name]) for name, words in COUNTED.items() if file.counts.get(name)]
    more = int(file.counts.get("faults", 0)) - len(file.faults)
    return {"file": file, "counts": counts, "more_faults": max(more, 0)}


class Progress(FileRecord):
    """The part of the record that is fetched again while a worker is at it."""

    template_name = "desk/printed/progress.html"


class ApplyForm(forms.Form):
    ends = forms.IntegerField(
        label=gettext_lazy("How many end?"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Type their number to end those that are no longer in the file. Empty: none."),
    )

    def __init__(self, *args: Any, file: HouseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file = file
        if not file.gone:
            del self.fields["ends"]

    def clean_ends(self) -> int | None:
        ends: int | None = self.cleaned_data["ends"]
        if ends is not None and ends != self.file.gone:
            raise forms.ValidationError(_("Type %d, or leave it empty.") % self.file.gone)
        return ends


class FileAct(Act):
    model: type[Model] = HouseFile
    record_name = "house_files:record"
    header_icon = "doc-full"

    def rows(self) -> Any:
        return HouseFile.objects.select_related("house")

    def name_of_object(self) -> str:
        return f"{self.object.house}, {self.object.name}"


class Apply(FileAct):
    page_title = gettext_lazy("Apply the file")
    action = "print.apply"
    form_class = ApplyForm
    done = gettext_lazy("The file is being applied.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"file": self.object}

    def get_explanation(self) -> str:
        counts = self.object.counts
        words = _(
            "%(new)d are new, %(changed)d change, %(returning)d come back. %(gone)d stand in the list and not"
            " in this file: they go on reading unless you say that they end."
        )
        return words % {name: counts.get(name, 0) for name in ("new", "changed", "returning", "gone")}

    def act(self, typed: dict[str, Any]) -> str:
        applying.begin(self.object, ends=typed.get("ends"))
        work_soon(self.object)
        return _("%d end") % typed["ends"] if typed.get("ends") else ""


class Drop(FileAct):
    page_title = gettext_lazy("Don’t use the file")
    action = "print.drop"
    is_destructive = True
    explanation = gettext_lazy("Nothing changes, and what stood in the file is forgotten.")
    done = gettext_lazy("The file is not used.")

    def act(self, typed: dict[str, Any]) -> str:
        applying.drop(self.object)
        return ""


class FilesViewSet(RecordsViewSet):
    name = "house_files"
    model = HouseFile
    icon = "doc-full"
    menu_label = gettext_lazy("Files of the houses")
    list_view = FileList
    record_view = FileRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("upload/", Upload.as_view(), name="upload"),
            path("<int:pk>/progress/", Progress.as_view(), name="progress"),
            path("<int:pk>/apply/", Apply.as_view(), name="apply"),
            path("<int:pk>/drop/", Drop.as_view(), name="drop"),
        ]

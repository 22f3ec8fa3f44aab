"""Lists for the printer: issued for a closing day, and fetched as a file, the same each time."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from broadsheet.desk.audit import entries_about, name_in_log
from broadsheet.desk.long_lists import LongList, Record, RecordsViewSet
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import PrinterList, PrinterListLine
from broadsheet.membership.models.printed.printer_list import without_address
from broadsheet.platform.csv_files import UTF_8, csv_file
from broadsheet.platform.edition_field import editions

ENCODINGS = {UTF_8: "UTF-8", "cp1252": gettext_lazy("Windows (Western Europe)")}
DELIMITERS = {",": gettext_lazy("Comma"), ";": gettext_lazy("Semicolon")}
PARTS = {
    "delivered": gettext_lazy("Everybody who gets it"),
    "changes": gettext_lazy("What changed since the last list"),
    "all": gettext_lazy("All lines, with what became of each"),
}


class PrinterLists(LongList):
    model = PrinterList
    page_title = gettext_lazy("Lists for the printer")
    header_icon = "list-ol"
    default_ordering = "-closing_on"
    is_searchable = False
    columns = [
        TitleColumn(
            "closing_on",
            label=gettext_lazy("Closing day"),
            accessor=lambda row: date_format(row.closing_on, "DATE_FORMAT"),
            url_name="printer_lists:record",
            sort_key="closing_on",
        ),
        Column("edition", label=gettext_lazy("Edition"), accessor="get_edition_display"),
        Column("issued_at", label=gettext_lazy("Issued"), sort_key="issued_at"),
        Column("by", label=gettext_lazy("By")),
    ]

    def get_base_queryset(self) -> QuerySet[PrinterList]:
        rows: QuerySet[PrinterList] = PrinterList.objects.select_related("by")
        return rows

    @property
    def header_buttons(self) -> list[Any]:
        if not self.user_has_permission("change"):
            return []
        return [HeaderButton(_("Issue a list"), url=reverse("printer_lists:issue"), icon_name="plus")]


class IssueForm(forms.Form):
    edition = forms.ChoiceField(label=gettext_lazy("Edition"))
    closing_on = forms.DateField(
        label=gettext_lazy("Closing day"),
        widget=AdminDateInput,
        help_text=gettext_lazy(
            "Of the issue, in the edition’s time zone. Who holds the paper then is left out."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["edition"]
        field.choices = editions()


class Issue(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView[IssueForm]):
    template_name = "desk/act.html"
    model = PrinterList
    permission_required = "change"
    form_class = IssueForm
    page_title = gettext_lazy("Issue a list")
    header_icon = "list-ol"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("printer_lists:index"), "label": _("Lists for the printer")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "media": context["form"].media,
            "explanation": _("It is written down as it is now, and can be fetched again the same."),
            "button": _("Issue the list"),
            "back": reverse("printer_lists:index"),
        }

    def form_valid(self, form: IssueForm) -> HttpResponse:
        edition = form.cleaned_data["edition"]
        user: Any = self.request.user
        try:
            issued = PrinterList.objects.issue(edition, form.cleaned_data["closing_on"], user)
        except Refused as refused:
            form.add_error("closing_on", refused.reason)
            return self.form_invalid(form)
        log(issued, "print.issue", user=user, data={"what": str(issued)}, title=name_in_log(issued))
        missing = without_address(edition).count()
        if missing:
            messages.warning(
                self.request,
                _("%d get the paper and have not said where to: they are not on the list.") % missing,
            )
        messages.success(self.request, _("The list is issued."))
        return redirect("printer_lists:record", issued.pk)


class ListRecord(Record):
    model = PrinterList
    template_name = "desk/printed/list.html"
    page_title = gettext_lazy("List for the printer")
    header_icon = "list-ol"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("printer_lists:index"), "label": _("Lists for the printer")},
            {
                "url": "",
                "label": date_format(self.object.closing_on, "DATE_FORMAT"),
                "sublabel": self.object.get_edition_display(),
            },
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        issued: PrinterList = self.object
        labels = dict(PrinterListLine.What.choices)
        return context | {
            "issued": issued,
            "counts": [(labels[what], count) for what, count in issued.counts.items()],
            "delivered": issued.lines.delivered().count(),
            "encodings": ENCODINGS,
            "delimiters": DELIMITERS,
            "parts": PARTS,
            "entries": entries_about([issued]),
        }


class Download(PermissionCheckedMixin, View):
    """The file. What the encoding has no letters for is said, and nothing is put in their place."""

    model = PrinterList
    permission_required = "view"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        issued = get_object_or_404(PrinterList, pk=kwargs["pk"])
        encoding = request.GET.get("encoding", UTF_8)
        part = request.GET.get("part", "delivered")
        delimiter = request.GET.get("delimiter", ",")
        if encoding not in ENCODINGS or part not in PARTS or delimiter not in DELIMITERS:
            return redirect("printer_lists:record", issued.pk)
        name = f"printer-{issued.edition}-{issued.closing_on}-{part}"
        try:
            return csv_file(
                name, _HEADINGS, _rows(_lines(issued, part)), encoding=encoding, delimiter=delimiter
            )
        except UnicodeEncodeError:
            numbers = [line.number for line in _lines(issued, part) if not _fits(line, encoding)]
            messages.error(
                request,
                _("%(count)d addresses have letters that %(encoding)s lacks (%(numbers)s). Choose UTF-8.")
                % {
                    "count": len(numbers),
                    "encoding": ENCODINGS[encoding],
                    "numbers": ", ".join(numbers[:10]),
                },
            )
            return redirect("printer_lists:record", issued.pk)


_HEADINGS = (
    "number",
    "change",
    "recipient",
    "company",
    "street",
    "postcode",
    "city",
    "region",
    "country",
    *(f"line {n}" for n in range(1, 9)),
)


def _lines(issued: PrinterList, part: str) -> QuerySet[PrinterListLine]:
    rows: Any = issued.lines.all()
    return {"delivered": rows.delivered, "changes": rows.changes, "all": rows.all}[part]()


def _rows(lines: QuerySet[PrinterListLine]) -> Any:
    for line in lines.iterator(chunk_size=2000):
        label = line.label if line.country else []
        yield (
            line.number,
            line.what,
            line.recipient,
            line.company,
            ", ".join(line.street.splitlines()),
            line.postcode,
            line.city,
            line.region,
            line.country,
            *(label + [""] * 8)[:8],
        )


def _fits(line: PrinterListLine, encoding: str) -> bool:
    try:
        "".join([*line.address.values(), *(line.label if line.country else [])]).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class PrinterListsViewSet(RecordsViewSet):
    name = "printer_lists"
    model = PrinterList
    icon = "list-ol"
    menu_label = gettext_lazy("Lists for the printer")
    list_view = PrinterLists
    record_view = ListRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("issue/", Issue.as_view(), name="issue"),
            path("<int:pk>/file.csv", Download.as_view(), name="download"),
        ]

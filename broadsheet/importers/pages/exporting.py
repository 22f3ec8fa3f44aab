"""Moving out: begin an export, watch it, take its file away."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.log_actions import log

from broadsheet.editorial.models import Edition
from broadsheet.importers.exporting.making import begin
from broadsheet.importers.models import Export
from broadsheet.importers.pages.access import DeskPage
from broadsheet.people.models import Person
from broadsheet.platform.http.ranges import serve_file
from broadsheet.platform.http.redirects import see_other

A_PAGE = 50
EVERYTHING = Export.Form.EVERYTHING


def may_export(user: Any) -> bool:
    """Whoever may takes away everything, readers' addresses among it."""
    return bool(user.has_perm("importers.add_export"))


def _require(request: HttpRequest) -> None:
    if not may_export(request.user):
        raise PermissionDenied


class ExportForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("What"), choices=Export.Form.choices, initial=EVERYTHING, widget=forms.RadioSelect
    )
    edition = forms.ChoiceField(
        label=gettext_lazy("Edition"),
        required=False,
        help_text=gettext_lazy(
            "For Ghost and WordPress, which know one each. Everything is of all editions."
        ),
    )
    with_readers = forms.BooleanField(
        label=gettext_lazy("With readers"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Their addresses, what they signed up to, subscriptions and invoices."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editions = Edition.objects.select_related("locale").order_by("path")
        choices = [(one.locale.language_code, one.full_name) for one in editions]
        cast(forms.ChoiceField, self.fields["edition"]).choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("form") == EVERYTHING:
            cleaned["edition"] = ""
        elif "form" in cleaned and not cleaned.get("edition"):
            raise ValidationError({"edition": _("Choose the edition.")})
        return cleaned


class ExportsPage(DeskPage):
    header_icon = "download"

    def allows(self, user: Any) -> bool:
        return may_export(user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class IndexView(ExportsPage):
    template_name = "importers/exports.html"
    page_title = gettext_lazy("Exports")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(ExportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self._shown(form)
        person = cast(Person, request.user)
        export, is_new = Export.objects.under_way().get_or_create(
            **form.cleaned_data,
            defaults={"by": person, "by_name": person.get_full_name() or person.email},
        )
        if is_new:  # two clicks are one
            log(export, "exports.begin", user=person, title=str(export))
            begin(export)
        messages.success(
            request, _("It has begun. You can leave this page: the file stands here when it is made.")
        )
        return see_other(reverse("exports:index"))

    def _shown(self, form: ExportForm) -> HttpResponse:
        page = Paginator(Export.objects.all(), A_PAGE).get_page(self.request.GET.get("p"))
        return self.render_to_response(self.get_context_data(form=form, page=page, media=form.media))


class ProgressView(ExportsPage):
    """The row of one export, which refreshes itself."""

    template_name = "importers/export_progress.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response({"export": get_object_or_404(Export, pk=pk)})


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    _require(request)
    export = get_object_or_404(Export, pk=pk)
    if not export.is_there:
        raise Http404
    log(export, "exports.download", user=request.user, title=str(export))
    file = export.path.open("rb")
    response = serve_file(file, export.size, "application/zip", request.headers.get("Range", ""))
    response.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    _require(request)
    export = get_object_or_404(Export, pk=pk)
    if not export.is_under_way and export.files_deleted_at is None:
        export.delete_files()
        log(export, "exports.delete", user=request.user, title=str(export))
        messages.success(request, _("The file is deleted."))
    return see_other(reverse("exports:index"))

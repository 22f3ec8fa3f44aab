"""Imports in a list, and one of them: its plan, how far it is, its report."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from broadsheet.importers.carrying.carrying import missing_consent
from broadsheet.importers.models import Finding, Import, Imported
from broadsheet.importers.pages.access import ImportsPage, may_import
from broadsheet.importers.planning.magazine import MENUS
from broadsheet.importers.reporting import counts_of, headings, lines_of, readers_of
from broadsheet.platform.csv_files import csv_file

A_PAGE = 50
State = Import.State


class IndexView(ImportsPage):
    template_name = "importers/index.html"
    page_title = _("Imports")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(Import.objects.all(), A_PAGE).get_page(request.GET.get("p"))
        return self.render_to_response(self.get_context_data(page=page))


class ImportView(ImportsPage):
    template_name = "importers/import.html"

    def get_page_title(self) -> str:
        return str(self.moving)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return super().get_breadcrumbs_items()[:-1]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        moving = self.moving = get_object_or_404(Import, pk=pk)
        level = request.GET.get("level", "")
        findings = moving.findings.all()
        if level in Finding.Level.values:
            findings = findings.filter(level=level)
        is_read = moving.state not in {State.NEW, State.READING}
        context = {
            "moving": moving,
            "counts": counts_of(moving) if is_read else [],
            "readers": readers_of(moving),
            "levels": [(one, moving.findings.filter(level=one).count()) for one in Finding.Level],
            "level": level,
            "findings": Paginator(findings, A_PAGE).get_page(request.GET.get("p")),
            "magazine": moving.of_magazine if is_read else {},
            "menus": [(MENUS[name], lines) for name, lines in moving.of_magazine.get("menus", {}).items()],
            "wishes": moving.wanted,
            "gone": Imported.objects.filter(moving=moving, state=Imported.State.GONE)[:A_PAGE],
            "missing": missing_consent(moving) if moving.state == State.PLANNED else "",
            "may_begin": moving.state == State.PLANNED,
            "may_undo": moving.brought_something,
        }
        return self.render_to_response(self.get_context_data(**context))


class ProgressView(ImportsPage):
    """The part of the page that refreshes itself."""

    template_name = "importers/progress.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response({"moving": get_object_or_404(Import, pk=pk)})


def report(request: HttpRequest, pk: int) -> HttpResponse:
    if not may_import(request.user):
        raise PermissionDenied
    moving = get_object_or_404(Import, pk=pk)
    return csv_file(f"import-{moving.pk}", headings(), lines_of(moving))

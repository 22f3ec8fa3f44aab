"""Wagtail's own files of lists, safe to open in a spreadsheet."""

from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

from broadsheet.platform.csv_files import in_a_cell


class WithoutFormulas:
    """A list of Wagtail’s whose files hold no formula that somebody wrote. Its XLSX has none by itself."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        written = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return in_a_cell(written) if export_format == SpreadsheetExportMixin.FORMAT_CSV else written

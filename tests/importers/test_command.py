"""`broadsheet import` where it is asked for what can't be."""

import pytest
from django.core.management import CommandError, call_command

from broadsheet.importers.models import Import
from tests.magazine import Magazine


def test_a_file_that_is_not_there_begins_no_import(magazine: Magazine) -> None:
    with pytest.raises(CommandError, match=r"There is no file /nowhere/export\.json\."):
        call_command("import", "ghost", "/nowhere/export.json")
    assert not Import.objects.exists()


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_read(magazine: Magazine) -> None:
    with pytest.raises(CommandError, match=r"There is no folder /nowhere for the report\."):
        call_command("import", "ghost", __file__, report="/nowhere/report.csv")
    assert not Import.objects.exists()

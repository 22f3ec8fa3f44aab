import csv
from io import BytesIO

from broadsheet.importers.files import Entry
from broadsheet.importers.tables import lines_of


def test_a_long_field_is_read_and_no_other_reader_s_limit_is_changed() -> None:
    usual = csv.field_size_limit()
    table = b"name,note\nAda," + b"x" * 200_000
    (line,) = lines_of(Entry("readers.csv", len(table), lambda: BytesIO(table)))
    assert len(line.get("note")) == 200_000
    assert csv.field_size_limit() == usual

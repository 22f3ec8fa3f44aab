"""Reports as they came: each says in its own header X-Expected how it is to be read."""

from email import message_from_bytes
from pathlib import Path

import pytest

from broadsheet.delivery.intake import Kind, read

CASES = sorted((Path(__file__).parent / "cases").glob("*.eml"))
OURS = "bounces+1234-0123456789abcdef0123@bounces.magazine.example"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_report_is_read_as_it_is_meant(case: Path) -> None:
    raw = case.read_bytes()
    expected = message_from_bytes(raw)["X-Expected"].partition(":")[0]
    report = read(raw)
    assert report.kind is Kind(expected)
    assert report.return_paths == (OURS,)

"""The files that come with the program, made of the small magazine."""

import pytest

from broadsheet.weekly.files import kinds, makers
from broadsheet.weekly.files.making import SAMPLE
from broadsheet.weekly.files.stamped import Stamped
from broadsheet.weekly.models import Making
from tests.magazine import Magazine, make_picture
from tests.weekly.files.made import with_files


def test_every_kind_is_made_and_stamped(magazine: Magazine) -> None:
    makers._makers.clear()
    kinds.register_all()
    cover = make_picture("Harbour")
    issue = with_files(magazine, "harbour", "swifts", cover=cover, cover_lines="Swifts\nThe tide")
    for row in issue.files.all():
        assert (row.state, row.fault) == (Making.MADE, ""), row.kind
        assert (row.pages > 0) is (row.kind != "epub")
        assert row.maker
        with_number, sample = (b"".join(Stamped(row, row.maker, one)) for one in ("0123456789", SAMPLE))
        assert len(with_number) == len(sample) == row.size
        assert with_number != sample
    assert {row.kind for row in issue.files.all()} == {"epub", "pdf-phone", "pdf-a4", "pdf-letter"}


def test_kinds_are_safe_in_addresses() -> None:
    kinds.register_all()
    for kind in makers.kinds():
        assert kind.replace("-", "").isalnum(), kind
        assert len(kind) <= 12


@pytest.mark.parametrize("kind", ["pdf-phone", "pdf-a4", "pdf-letter"])
def test_a_kind_is_known_by_its_address(kind: str) -> None:
    kinds.register_all()
    maker = makers.maker_of(kind)
    assert maker
    assert (maker.media_type, maker.ending) == ("application/pdf", "pdf")

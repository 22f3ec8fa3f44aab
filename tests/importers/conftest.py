from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.importers.carrying.carrying import carry_out
from broadsheet.importers.models import Import
from broadsheet.importers.planning.plan import make_plan
from broadsheet.importers.records import Wishes
from tests.importers.old_site import OldSite
from tests.magazine import Magazine

DATA = Path(__file__).parent / "data"
type Bring = Callable[..., Import]


@pytest.fixture
def old_site() -> Iterator[OldSite]:
    """Answers for every host over the network: with what a test puts there, else 404."""
    site = OldSite()
    yield site
    site.close()


@pytest.fixture
def bring(magazine: Magazine, old_site: OldSite) -> Bring:
    """Moves files in, as the command does; `only_plan` stops before anything is written."""

    def move(source: str, *files: Path | str, only_plan: bool = False, **wishes: object) -> Import:
        wishes = {"edition": "en-us", "declaration": "Greta Olsen: they signed up on our old site."} | wishes
        moving = Import.objects.create(source=source, files=[str(DATA / file) for file in files])
        moving.want(Wishes(**wishes))  # type: ignore[arg-type]
        assert make_plan(moving), moving.words
        if not only_plan:
            assert carry_out(moving, open_to=old_site.open), moving.words
        moving.refresh_from_db()
        return moving

    return move

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.front.stand_in import FrontProcess, StandIn, front_before


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, FrontProcess]]:
    """One front for all tests of a file."""
    stand_in = StandIn(tmp_path_factory.mktemp("front"))
    with front_before(stand_in) as front:
        yield stand_in, front


@pytest.fixture
def django(shared: tuple[StandIn, FrontProcess]) -> StandIn:
    return shared[0]


@pytest.fixture
def front(shared: tuple[StandIn, FrontProcess]) -> FrontProcess:
    return shared[1]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[StandIn, FrontProcess]]:
    """A front that the test may end or starve."""
    stand_in = StandIn(tmp_path)
    with front_before(stand_in) as process:
        yield stand_in, process

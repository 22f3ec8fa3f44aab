from collections.abc import Iterator

import pytest

from broadsheet.weekly.files import makers
from tests.weekly.files.made import TEXT


@pytest.fixture(autouse=True)
def small_maker() -> Iterator[None]:
    """Only it makes files here: the others take their time, and have tests of their own."""
    others = dict(makers._makers)
    makers._makers.clear()
    makers.register(TEXT)
    yield
    makers._makers.clear()
    makers._makers.update(others)

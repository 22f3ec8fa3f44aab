from collections.abc import Iterator

import pytest

from tests.crawlers.publisher import Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Of whom nothing is to be had yet."""
    server = Publisher()
    yield server
    server.close()

"""A fixture for tests that have letters written: each letter could have been written in another language."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def letters_are_translatable(db: None) -> Iterator[None]:
    yield
    # Only now: pytest must have rewritten the assertions of what it imports before it is imported.
    from tests.languages.plain_english import english_in_notices

    assert english_in_notices() == {}

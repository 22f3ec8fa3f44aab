"""What every test has: the cast, the magazine, a letter box, and no network beyond this machine."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

pytest_plugins = [
    "tests.cast",
    "tests.database",
    "tests.magazine",
    "tests.name_server",
    "tests.post",
    "tests.shop",
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if settings.REDIS_URL:
        return
    elsewhere = [item for item in items if item.get_closest_marker("redis")]
    items[:] = [item for item in items if item not in elsewhere]
    config.hook.pytest_deselected(items=elsewhere)


@pytest.fixture(scope="session")
def django_db_setup(migrated_database: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Every test begins with the printed magazine: see tests/magazine.py."""
    # Only now: pytest must have rewritten the module's assertions before it is imported.
    from tests.magazine import publish_magazine

    with django_db_blocker.unblock():
        publish_magazine()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """One test's rate limits must not meet the next. In the database they roll back by themselves."""
    yield
    if settings.REDIS_URL:
        cache.clear()


@pytest.fixture(autouse=True)
def _empty_networks() -> None:
    """All tests come from one network, which has had its first grants after some of them."""
    from broadsheet.meter.networks import in_memory

    in_memory.forget_all()


@pytest.fixture(autouse=True)
def _empty_tally() -> Iterator[None]:
    """What one test's requests counted, and nobody wrote, is not for the next test to write."""
    yield
    from broadsheet.meter.counts import tally

    tally.take()


@pytest.fixture(autouse=True)
def _empty_copy_of_revocations() -> None:
    """One test's people have the numbers of the next one's."""
    from broadsheet.membership.revocations import forget_copy

    forget_copy()

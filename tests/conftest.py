"""What every test has: the cast, the magazine, a letter box, and no network beyond this machine."""

import time
from collections.abc import Iterator
from math import inf

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import SimpleTestCase
from pytest_django import DjangoDbBlocker

pytest_plugins = [
    "tests.cast",
    "tests.database",
    "tests.languages.letters",
    "tests.magazine",
    "tests.name_server",
    "tests.post",
    "tests.shop",
    "tests.speech",
]


LONG = (
    "test_the_install_as_it_is_documented",
    "test_every_page_and_letter_names_the_same_days",
    "test_no_public_address_holds_a_withheld_word",
)
"""Those that take half a minute and more, in the order in which they begin."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On SQLite without those that need more; on PostgreSQL and Redis without those that ask for neither."""
    belongs = _asks_for_data if settings.REDIS_URL else _needs_no_server
    elsewhere = [item for item in items if not belongs(item)]
    items[:] = [item for item in items if belongs(item)]
    config.hook.pytest_deselected(items=elsewhere)
    # Begun last, they would be waited for alone.
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.name, len(LONG)))


def _needs_no_server(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in ("redis", "postgresql"))


def _asks_for_data(item: pytest.Item) -> bool:
    """What asks no database gave its answer in the run on SQLite."""
    if item.get_closest_marker("sqlite"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    is_marked = any(item.get_closest_marker(name) for name in ("redis", "postgresql", "django_db", "journey"))
    is_of_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    return is_marked or is_of_django or bool(fixtures & {"db", "transactional_db", "django_db_setup"})


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
    from broadsheet.paywall.networks import grants
    from broadsheet.site.evidence.check import checks
    from broadsheet.site.search.pages import searches

    for counted in (grants, checks, searches):
        counted.in_memory.reset()


@pytest.fixture(autouse=True)
def _empty_tally() -> Iterator[None]:
    """What one test's requests counted, and nobody wrote, is not for the next test to write."""
    yield
    from broadsheet.insights.counts import tally

    tally.take()


@pytest.fixture(autouse=True)
def _nothing_known_to_be_invalidated(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test's people have the numbers of the next one's.

    The look for what is new comes once a second, into whichever test counts its queries just then.
    """
    from broadsheet.edge import standby
    from broadsheet.platform.invalidation import known

    known.forget()
    known.read_at = time.monotonic()
    monkeypatch.setattr(standby, "POLL_EVERY", inf)


@pytest.fixture(autouse=True)
def _nothing_read_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test's publication is not the next one's. Nobody else edits anything, so that no query asks.

    Nor is anything read again after a minute: a slow test would count those queries too.
    """
    from broadsheet.platform import kept

    kept.forget_everything()
    monkeypatch.setattr(kept, "LOOK_EVERY", inf)
    monkeypatch.setattr(kept, "LONGEST", inf)

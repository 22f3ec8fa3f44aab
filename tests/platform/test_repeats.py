"""A fault that goes on doesn't fill the log."""

import io
import logging
from collections.abc import Iterator

import pytest

from broadsheet.logs import at
from broadsheet.platform.outages.repeats import OnceAMinute


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(OnceAMinute(seconds=60))
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


logger = logging.getLogger("tests.repeats")


def fail(path: str) -> None:
    try:
        raise OSError(path)
    except OSError:
        logger.exception("%s: %s", "Internal Server Error", path, extra={"request": path})


def test_a_fault_is_logged_once_in_a_while(written: io.StringIO) -> None:
    for _ in range(50):
        logger.warning("Redis is away: %s", "refused")
    logger.warning("Redis is away: %s", "timeout")
    assert written.getvalue().splitlines() == ["Redis is away: refused", "Redis is away: timeout"]


def test_an_error_of_many_pages_is_one(written: io.StringIO) -> None:
    for number in range(50):
        fail(f"/{number}/")
    assert written.getvalue().count("Traceback") == 1


def test_what_comes_again_says_how_often_it_came(written: io.StringIO) -> None:
    written_filter = logger.handlers[-1].filters[0]
    assert isinstance(written_filter, OnceAMinute)
    for _ in range(6):
        logger.warning("away")
    written_filter.seconds = 0
    logger.warning("away")
    logger.warning("away")
    assert written.getvalue().splitlines() == ["away", "away (and 5 times since the last line)", "away"]


def test_what_is_no_fault_is_always_logged(written: io.StringIO, caplog) -> None:
    caplog.set_level(logging.INFO, logger="tests.repeats")
    for _ in range(3):
        logger.info("sent")
    assert written.getvalue().splitlines() == ["sent"] * 3


def test_every_handler_of_the_product_keeps_to_it() -> None:
    assert all("repeats" in handler["filters"] for handler in at("INFO", "text")["handlers"].values())

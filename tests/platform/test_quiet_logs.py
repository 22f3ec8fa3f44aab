"""What the log says of a fault: a line where somebody stood in, and the traceback where nobody did."""

import logging
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from django.test import Client

from broadsheet.edge import standby
from broadsheet.edge.keeping import store
from tests.magazine import Magazine


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(standby, "RETRY_AFTER", 0.0)
    store.clear()
    return Client(raise_request_exception=False)


def lose(execute: Callable, *args: object) -> None:
    raise OperationalError("the server closed the connection unexpectedly\n\tThis probably means")


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_page_of_the_standby_is_a_line(
    stranger: Client, magazine: Magazine, caplog: pytest.LogCaptureFixture, is_kept: bool
) -> None:
    if is_kept:
        stranger.get("/world/reef/")
    with connection.execute_wrapper(lose):
        assert stranger.get("/world/reef/").status_code == (200 if is_kept else 503)

    said = "The database is lost, and the standby answers: the server closed the connection unexpectedly"
    # It may add how often it was said in the minute before, by another test.
    assert [level for level, line in lines(caplog) if line.startswith(said)] == ["WARNING"]
    assert not [record for record in caplog.records if record.exc_info]
    assert "Internal Server Error" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_fault_that_nobody_stood_in_for_has_its_traceback(
    stranger: Client, magazine: Magazine, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_once(execute: Callable, sql: str, *args: object) -> object:
        if "editorial_article" in sql:
            raise OperationalError("no such column: editorial_article.mood")
        return execute(sql, *args)

    with connection.execute_wrapper(fail_once):
        assert stranger.get("/world/reef/").status_code == 500

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.getMessage() == "Internal Server Error: /world/reef/"
    assert record.exc_info


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_a_line(caplog: pytest.LogCaptureFixture) -> None:
    assert Client().get("/robots.txt", headers={"host": "elsewhere.example"}).status_code == 400

    said = "Refused: the host elsewhere.example is neither that of PUBLIC_URL nor in EXTRA_HOSTS"
    assert lines(caplog) == [("WARNING", said)]
    assert caplog.records[0].exc_info is None


def test_a_worker_that_serve_stops_speaks_of_no_second_ctrl_c() -> None:
    log = logging.getLogger("django_tasks_db")
    said = "Received %s - shutting down gracefully... (press Ctrl+C again to force)"
    assert not log.filter(log.makeRecord(log.name, logging.WARNING, "", 0, said, ("Terminated",), None))
    assert log.filter(log.makeRecord(log.name, logging.WARNING, "", 0, "A task failed", (), None))

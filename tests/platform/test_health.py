"""What load balancers and watchers ask, and what the log says of a request."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from broadsheet import logs
from broadsheet.platform.http.first_segments import first_segments
from broadsheet.platform.http.request_log import RequestId
from tests.magazine import Magazine


def lose(execute: Callable, *args: object) -> None:
    raise OperationalError("the server closed the connection unexpectedly")


@pytest.mark.django_db
def test_a_watcher_needs_neither_our_name_nor_tls(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path, headers={"host": "10.0.0.7"})
        assert (answer.status_code, answer.content) == (200, b"ok\n")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_without_its_database_a_process_lives_and_is_not_ready(client: Client) -> None:
    with connection.execute_wrapper(lose):
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the database is away\n")


def test_no_page_can_take_their_addresses() -> None:
    assert first_segments() >= {"healthz", "readyz"}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "broadsheet.requests"]


@pytest.mark.django_db
def test_a_line_says_what_was_asked_and_nothing_of_who_asked(
    client: Client, magazine: Magazine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "broadsheet.requests")
    client.get("/world/reef/?email=bruno@reader.example")
    client.get("/g/secret-token")
    client.get("/a/bruno/lives/here/")

    said = [" ".join(line.split()[:3]) for line in lines(caplog)]
    assert said == ["GET /world/reef/ 200", "GET /g/<str:token> 404", "GET - 404"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "given", "is_believed"),
    [
        ("", "front-given-id-1", True),
        ("", "short", False),
        ("", "with space and\\nline", False),
        ("127.0.0.1", "front-given-id-1", False),
    ],
)
def test_an_id_is_believed_of_the_fronts_socket_alone(
    client: Client, settings: Settings, address: str, given: str, is_believed: bool
) -> None:
    settings.SPOOL = Path("shared-with-fronts")
    answer = client.get("/robots.txt", headers={"x-request-id": given}, REMOTE_ADDR=address)

    said = answer.headers["X-Request-ID"]
    assert (said == given) is is_believed
    assert len(said) >= 8


def test_a_line_of_json_has_its_request_and_its_exception() -> None:
    try:
        raise ValueError("no such mood")
    except ValueError as error:
        record = logging.LogRecord("broadsheet", logging.ERROR, "", 1, "It “failed”", (), None)
        record.exc_info = (ValueError, error, error.__traceback__)
    record.request_id = "front-given-id-1"
    record.fields = {"status": 500}

    said = logs.Json().format(record)
    assert "\n" not in said
    read = json.loads(said)
    assert read["time"].endswith("+00:00")
    assert "no such mood" in read["exception"]
    assert {name: read[name] for name in ("message", "request_id", "status", "level")} == {
        "message": "It “failed”",
        "request_id": "front-given-id-1",
        "status": 500,
        "level": "ERROR",
    }


def test_a_line_outside_of_requests_has_no_id() -> None:
    record = logging.LogRecord("broadsheet", logging.INFO, "", 1, "Swept", (), None)
    assert RequestId().filter(record)
    assert "request_id" not in json.loads(logs.Json().format(record))

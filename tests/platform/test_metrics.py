"""The numbers for Prometheus, as a served magazine gives them."""

import json
from http.client import HTTPConnection
from pathlib import Path

import pytest

from harness.ports import free_port
from harness.serving import Serving
from tests.platform.conftest import Read, refusal
from tests.platform.test_supervisor import await_that

TOKEN = "only-for-the-watcher"


def scrape(port: int, token: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.sqlite
def test_whoever_has_the_token_gets_the_numbers_of_all_processes(
    tmp_path: Path, prepared_sqlite: str
) -> None:
    port = free_port()
    settings = {
        "METRICS_ADDRESS": f"127.0.0.1:{port}",
        "METRICS_TOKEN": TOKEN,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
    }
    serving = Serving(tmp_path, prepared_sqlite, "--only", "web", **settings)
    serving.start()
    try:
        assert scrape(port, "wrong-token-of-nobody")[0] == 401
        serving.ask("/healthz")
        status, said = scrape(port, TOKEN)
        assert status == 200
        assert 'broadsheet_requests_total{method="GET",status=' in said
        assert "broadsheet_request_seconds_bucket" in said
        assert "broadsheet_database_up 1.0" in said
        await_that(lambda: '"logger": "' in serving.log.read_text())
    finally:
        serving.stop()


@pytest.mark.sqlite
def test_a_request_has_one_id_in_the_answer_and_in_the_log(tmp_path: Path, prepared_sqlite: str) -> None:
    """The front's, whatever the visitor says."""
    serving = Serving(tmp_path, prepared_sqlite, "--only", "web", LOG_FORMAT="json", LOG_LEVEL="INFO")
    serving.start()
    try:
        asked = HTTPConnection("127.0.0.1", serving.port, timeout=60)
        asked.request("GET", "/search/?q=tide", headers={"X-Request-ID": "of-the-visitor"})
        answer = asked.getresponse()
        answer.read()
        asked.close()
        given = answer.headers["X-Request-ID"]
        assert given != "of-the-visitor"
        await_that(lambda: given in serving.log.read_text())
        lines = [json.loads(line) for line in serving.log.read_text().splitlines() if given in line]
        assert {line["request_id"] for line in lines} == {given}
        (line,) = [line for line in lines if line["logger"] == "broadsheet.requests"]
        assert (line["method"], line["status"]) == ("GET", answer.status)
        assert "tide" not in serving.log.read_text()
    finally:
        serving.stop()


def test_numbers_are_for_nobody_without_a_token(read: Read) -> None:
    assert "needs a METRICS_TOKEN" in refusal(read, METRICS_ADDRESS="127.0.0.1:9100")
    assert "METRICS_TOKEN" in refusal(read, METRICS_ADDRESS="127.0.0.1:9100", METRICS_TOKEN="short")
    assert read(METRICS_ADDRESS="127.0.0.1", METRICS_TOKEN=TOKEN)["METRICS_ADDRESS"] == [("127.0.0.1", 9100)]

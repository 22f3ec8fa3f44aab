"""What a front says of what goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.ports import free_port
from tests.edge.front.stand_in import StandIn, until

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("written", ["lines", "json"])
def test_what_it_waits_for_is_said_once_until_that_changes(tmp_path: Path, written: str) -> None:
    django = StandIn(tmp_path)
    django.is_away = True
    log = tmp_path / "log"
    ready, ready_end = os.pipe()
    options = ["--django", django.socket, "--port", str(free_port()), "--ready-fd", str(ready_end)]
    command = [sys.executable, "-m", "broadsheet.edge.front", *options, "--log-format", written]
    with log.open("wb") as said:
        front = subprocess.Popen(command, pass_fds=[ready_end], stderr=said)
    try:
        os.close(ready_end)
        until(lambda: django.asked_in_vain > 3)
        django.is_away = False
        with os.fdopen(ready, "rb") as line:
            assert line.read() == b"ready\n"
        lines = log.read_text().splitlines()
        assert [line.count("Waiting for Django: away") for line in lines] == [1]
        if written == "json":
            assert json.loads(lines[0])["logger"] == "broadsheet.front"
    finally:
        front.kill()
        front.wait()
        django.stop()

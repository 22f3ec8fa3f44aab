"""The magazine served by fronts: what is published, what is killed, and what a cache before it may hold."""

import os
import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from harness.ports import free_port
from harness.serving import parents
from tests.edge.served import NGINX, ExtraFront, Magazine, Visitor, copy_of_sqlite, until
from tests.magazine import marks_in
from tests.platform.test_orphans import is_free, loaded, web_server

pytestmark = pytest.mark.sqlite
REEF, LEDGER, SWIFTS = "/world/reef/", "/world/ledger/", "/world/swifts/"
OPEN = {f"reef-0{number}" for number in (1, 2, 3)}
REQUESTS = 300


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Magazine]:
    folder = tmp_path_factory.mktemp("served")
    with django_db_blocker.unblock():
        database = copy_of_sqlite(folder)
    magazine = Magazine(folder, database, "--only", "web", TRUSTED_PROXIES="127.0.0.1", FRONTS="2")
    magazine.start()
    yield magazine
    magazine.end()


def test_everybody_gets_their_form(served: Magazine) -> None:
    assert marks_in(served.visitor().ask(REEF).text, "reef") == OPEN
    for who, verdict in (("subscriber", "subscription"), ("reader", "granted")):
        visitor = served.visitor(who)
        visitor.ask(REEF)  # Django introduces them to the front
        answer = visitor.ask(REEF)
        assert answer.headers["Server-Timing"] == "front"
        assert answer.headers["Broadsheet-Verdict"] == verdict
        assert len(marks_in(answer.text, "reef")) == 8


def test_what_is_published_is_new_in_five_processes(served: Magazine) -> None:
    """The bound is a second; how much longer a busy machine takes is waited for."""
    extra = [ExtraFront(served.socket_of_django()) for _ in range(4)]
    try:
        visitors = [served.visitor(port=port) for port in (served.port, *(one.port for one in extra))]
        assert all("New in all" not in visitor.ask(LEDGER).text for visitor in visitors)
        served.editor.publish("ledger", "New in all five")
        for visitor in visitors:
            until(lambda visitor=visitor: "New in all five" in visitor.ask(LEDGER).text)
        # And whoever has seen it does not see the old one again.
        assert all("New in all five" in visitor.ask(LEDGER).text for visitor in visitors * 5)
    finally:
        for one in extra:
            one.stop()


@contextmanager
def asked_all_the_time(magazine: Magazine) -> Iterator[list[str]]:
    """What failed meanwhile. Each asks on a new connection, as does whoever comes for the first time."""
    failed: list[str] = []
    answered = [0, 0, 0]
    over = threading.Event()

    def ask(number: int, who: str) -> None:
        visitor = magazine.visitor(who)
        while not over.is_set():
            try:
                answer = visitor.ask(REEF if number else "/robots.txt")
            except (OSError, HTTPException) as error:
                failed.append(repr(error))
            else:
                answered[number] += 1
                if answer.status != 200:
                    failed.append(f"{who} {answer.status}")

    with ThreadPoolExecutor(3) as pool:
        for number, who in enumerate(("", "", "subscriber")):
            pool.submit(ask, number, who)
        until(lambda: min(answered) > 3)
        yield failed
        before = list(answered)
        until(lambda: all(now > then + 3 for now, then in zip(answered, before, strict=True)))
        over.set()


def test_a_restart_under_load_fails_nobody(served: Magazine) -> None:
    before = served.family() - {served.process.pid}
    with asked_all_the_time(served) as failed:
        served.process.send_signal(signal.SIGHUP)
        until(lambda: not before & parents().keys(), 180)
    assert failed == []


def test_whichever_process_is_killed_under_load_the_magazine_goes_on(served: Magazine) -> None:
    for find in (web_server, lambda serving: serving.fronts()[0], loaded):
        killed = find(served)
        with asked_all_the_time(served) as failed:
            os.kill(killed, signal.SIGKILL)
            until(lambda killed=killed: killed not in parents())
        # What was under way in the killed process ends with it. Nothing after that fails.
        assert len(failed) <= 3, failed
    until(lambda: len(served.fronts()) == 2)
    assert served.visitor().ask(REEF).status == 200


# --- A cache before it ----------------------------------------------------------------------------------

CACHING = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=pages:1m;
  map $http_cookie $is_known {{ default 0; "~broadsheet_" 1; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{magazine};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_cache pages;
      proxy_cache_bypass $is_known;
      add_header X-Cache $upstream_cache_status;
    }}
  }}
}}
"""


@contextmanager
def caching(magazine: Magazine, folder: Path) -> Iterator[int]:
    """nginx that asks for whoever has a cookie of ours, and keeps of the answers what their headers allow."""
    port, user = free_port(), "user root;" if os.geteuid() == 0 else ""
    written = CACHING.format(folder=folder, user=user, port=port, magazine=magazine.port)
    (folder / "nginx.conf").write_text(written)
    process = subprocess.Popen([NGINX or "", "-c", str(folder / "nginx.conf")], start_new_session=True)
    try:
        until(lambda: not is_free(port))
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_a_cache_gives_nothing_that_somebody_may_read_to_a_stranger(served: Magazine, tmp_path: Path) -> None:
    """Mixed traffic, in an order that its seed says, through a cache that believes our headers alone."""
    with caching(served, tmp_path) as port:
        known = {who: served.visitor(who, port) for who in ("subscriber", "reader")}
        for visitor in known.values():
            visitor.ask(REEF)
        draw = random.Random(14)  # noqa: S311 (the same ones each time)
        found: dict[str, int] = {}
        for _ in range(REQUESTS):
            who = draw.choice(["", "", "tampered", "elsewhere", "opener", *known])
            visitor = known.get(who) or served.visitor(port=port)
            if who == "tampered":
                theirs = known[draw.choice(list(known))].cookies
                visitor.cookies = {name: value[:-3] + "AAA" for name, value in theirs.items()}
            elif who == "elsewhere":
                visitor.cookies = {"_ga": "GA1.2.3"}
            headers = {"Accept_Encoding": draw.choice(["identity", "gzip", "gzip, deflate"])}
            if draw.random() < 0.2:
                headers["Sec_Purpose"] = "prefetch"
            path = draw.choice([REEF, REEF + "?utm_source=x", "/", "/world/"])
            if who == "opener":
                _open_and_read(visitor, found)
                continue
            answer = visitor.ask(path, draw.choice(["GET", "GET", "HEAD"]), **headers)
            if marks_in(answer.text, "reef") > OPEN:
                found["whole"] = found.get("whole", 0) + 1
            assert answer.status == 200
            kept = answer.headers["X-Cache"]
            found[f"{who} {kept}"] = found.get(f"{who} {kept}", 0) + 1
            if who not in known:
                assert marks_in(answer.text, "reef") <= OPEN, (who, path, kept)
        # It does keep what it may; else this would prove nothing.
        assert found[" HIT"] > 20
        assert found["opened"] > 5
        assert found["whole"] > 20


def _open_and_read(visitor: Visitor, found: dict[str, int]) -> None:
    """A stranger's first article: the rest is theirs, and stays with them."""
    number = found["opened"] = found.get("opened", 0) + 1
    place = visitor.ask(REEF).text.partition('data-read="')[2].partition('"')[0]
    headers = {"Accept": "application/json", "Sec_Fetch_Site": "same-origin", "Content_Length": "0"}
    answer = visitor.ask(place, "POST", "", **headers, X_Forwarded_For=f"198.51.100.{number}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(marks_in(visitor.ask(REEF).text, "reef")) == 8

"""The front beside nginx with the same bytes: requests for each second of the server's CPU, in one run.

wrk asks over 32 and over 512 connections; server and load have a core each, where there are two.
"""

import getpass
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.reading import CLI, ask_product, seeded
from broadsheet.platform.processes.progress import step
from harness.ports import free_port
from harness.serving import parents

SECONDS = 5
CONNECTIONS = (32, 512)
TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = Path(__file__).with_name("wrk.lua")
PUBLIC, WHOLE = "nginx, the public page", "nginx, the whole article"
REFERENCES = {"subscriber": WHOLE, "reader, opened": WHOLE}
"""What is measured → nginx with the same bytes; else the public page."""
GOALS = {"public": "≥ 0.90", "subscriber": "≥ 0.80", "reader, opened": "≥ 0.80", "304": "≥ 0.90"}

PREPARE = """
import json
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import Grant, Meter
from broadsheet.paywall.models import spend
from broadsheet.paywall.models.meter import meter_rules_in
from broadsheet.paywall.verdict import Visitor
from broadsheet.people.models import Person
from broadsheet.platform import clock

def signed_in(name):
    person = Person(email=f"{name}@bench.example")
    person.set_unusable_password()
    person.save()
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return person, session.session_key

here = Article.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE)
articles = [article for article in here if ruling(article).access == "metered"]
subscriber, subscribers_session = signed_in("subscriber")
Entitlement.objects.create(person=subscriber, ends_at=clock.now() + timedelta(days=30), reason="Measured")
reader, readers_session = signed_in("reader")
rules = meter_rules_in(settings.LANGUAGE_CODE, clock.now())
spend(reader, articles[0].uuid, "metered", Visitor(is_reader=True), rules)
print(json.dumps({
    "articles": [article.get_url() for article in articles],
    "all": [article.get_url() for article in here],
    "subscriber": subscribers_session, "reader": readers_session,
}))
"""
PUBLISH = """
import time
from django.conf import settings
from broadsheet.editorial.models import Article
article = Article.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE).last()
while True:
    article.title = f"Measured at {time.time():.0f}"
    article.save_revision().publish()
    time.sleep(1)
"""
NGINX = """
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; default_type text/html;
  open_file_cache max=100; gzip_static on; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=pages:10m;
  server {{ listen 127.0.0.1:{static}; root {folder}/html; }}
  server {{
    listen 127.0.0.1:{cached};
    location / {{
      proxy_pass http://127.0.0.1:{front}; proxy_set_header Host $http_host;
      proxy_http_version 1.1; proxy_set_header Connection ""; proxy_cache pages;
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Measured:
    what: str
    connections: int
    for_cpu: float
    """Requests for each second of the server's CPU."""
    a_second: float
    p50: float
    p99: float
    p999: float
    failed: int
    megabytes: float


def run(*, while_publishing: bool = False, mixed: bool = False) -> None:
    if missing := [name for name in ("wrk", "nginx") if not shutil.which(name)]:
        sys.stderr.write(f"edge: skipped, because there is no {' and no '.join(missing)}\n")
        return
    with tempfile.TemporaryDirectory() as name, step("edge: the front beside nginx"):
        folder = Path(name)
        environment = seeded("", folder) | {"TRUSTED_PROXIES": ""}
        if mixed:
            environment["FRONT_MEGABYTES"] = "1"
        known = ask_product(PREPARE, environment)
        with served(environment) as (front, port):
            if mixed:
                _mixed(known, front, port, folder)
            elif while_publishing:
                _while_publishing(known, front, port, folder, environment)
            else:
                _beside_nginx(known, front, port, folder)


# --- What is measured ---------------------------------------------------------------------------------


def _beside_nginx(known: dict[str, Any], front: int, port: int, folder: Path) -> None:
    path = known["articles"][0]
    host = f"localhost:{port}"
    (folder / "html").mkdir()
    cookies = {who: cookie_of(port, path, known[who]) for who in ("subscriber", "reader")}
    headers, public = get(port, path)
    whole = get(port, path, cookies["subscriber"])[1]
    for name, zipped in (("public", public), ("whole", whole)):
        (folder / f"html/{name}.gz").write_bytes(zipped)
        (folder / f"html/{name}").write_bytes(gzip.decompress(zipped))
    static, cached = free_port(), free_port()
    written = NGINX.format(user=getpass.getuser(), folder=folder, static=static, cached=cached, front=port)
    rows: list[Measured] = []
    with nginx(folder, written) as (_, worker):
        for connections in CONNECTIONS:
            for what, pid, asked, question, tag in (
                (PUBLIC, worker, static, "/public", ""),
                ("public", front, port, path, ""),
                (WHOLE, worker, static, "/whole", ""),
                ("subscriber", front, port, f"{path}\t{cookies['subscriber']}", ""),
                ("reader, opened", front, port, f"{path}\t{cookies['reader']}", ""),
                ("304", front, port, path, headers["ETag"]),
                ("nginx’s cache before us", worker, cached, path, ""),
            ):
                rows.append(measure(what, pid, asked, [question], connections, folder, host=host, etag=tag))
    show(rows)


def _while_publishing(
    known: dict[str, Any], front: int, port: int, folder: Path, environment: dict[str, str]
) -> None:
    host, questions = f"localhost:{port}", ["/", *known["all"]]
    rows = [measure("nothing is published", front, port, questions, 32, folder, host=host)]
    command = [*CLI, "shell", "--no-imports", "--command", PUBLISH]
    editor = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        time.sleep(5)
        rows.append(
            measure("an editor publishes once a second", front, port, questions, 32, folder, host=host)
        )
    finally:
        editor.kill()
        editor.wait()
    show(rows)


def _mixed(known: dict[str, Any], front: int, port: int, folder: Path) -> None:
    """70 % strangers, 20 % readers, 10 % subscribers, with less memory than all pages need."""
    host, path = f"localhost:{port}", known["articles"][0]
    cookies = {who: cookie_of(port, path, known[who]) for who in ("subscriber", "reader")}
    questions = []
    for number, article in enumerate(known["all"] * 10):
        who = "" if number % 10 < 7 else cookies["reader" if number % 10 < 9 else "subscriber"]
        questions.append(f"{article}\t{who}")
    show([measure("mixed", front, port, questions, 32, folder, host=host)])


def measure(
    what: str,
    pid: int,
    port: int,
    questions: Sequence[str],
    connections: int,
    folder: Path,
    *,
    host: str,
    etag: str = "",
) -> Measured:
    (folder / "questions").write_text("\n".join(questions) + "\n", "utf-8")
    environment = os.environ | {"QUESTIONS": str(folder / "questions"), "HOST": host}
    if etag:
        environment["IF_NONE_MATCH"] = etag
    command = ["wrk", "-t1", f"-c{connections}", "--timeout", "20s", "-s", str(SCRIPT)]
    address = f"http://127.0.0.1:{port}/"
    pinned = ["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else []

    def ask(seconds: int) -> dict[str, Any]:
        whole = [*pinned, *command, f"-d{seconds}s", address]
        done = subprocess.run(whole, env=environment, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    ask(1)
    before = cpu_of(pid)
    told = ask(SECONDS)
    spent = cpu_of(pid) - before
    return Measured(
        what,
        connections,
        told["requests"] / spent,
        told["requests"] / told["seconds"],
        told["p50"],
        told["p99"],
        told["p999"],
        told["failed"],
        memory_of(pid),
    )


def show(rows: Sequence[Measured]) -> None:
    table = Table(title="Requests for each second of the server's CPU", title_justify="left")
    references = {(row.what, row.connections): row for row in rows}
    table.add_column("what")
    headings = ("connections", "for CPU", "of nginx", "goal", "a second")
    for heading in (*headings, "p50 ms", "p99", "p99.9", "failed", "MB"):
        table.add_column(heading, justify="right")
    for row in rows:
        reference = references.get((REFERENCES.get(row.what, PUBLIC), row.connections))
        ratio = f"{row.for_cpu / reference.for_cpu:.2f}" if reference else ""
        table.add_row(
            row.what,
            str(row.connections),
            f"{row.for_cpu:,.0f}",
            ratio,
            GOALS.get(row.what, ""),
            f"{row.a_second:,.0f}",
            f"{row.p50:.2f}",
            f"{row.p99:.2f}",
            f"{row.p999:.2f}",
            str(row.failed),
            f"{row.megabytes:.0f}",
        )
    Console(width=140).print(table)


# --- What runs ----------------------------------------------------------------------------------------


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The magazine, with one front; the front's process and the port."""
    port = int(environment["PORT"])
    server = subprocess.Popen([*CLI, "serve", "--only", "web"], env=environment, stdout=subprocess.DEVNULL)
    try:
        await_answer(port, "/robots.txt")
        front = next(pid for pid, parent in parents().items() if parent == server.pid and _is_front(pid))
        pin(front, 0)
        yield front, port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _is_front(pid: int) -> bool:
    try:
        return b"broadsheet.edge.front" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


@contextmanager
def nginx(folder: Path, written: str) -> Iterator[tuple[int, int]]:
    """nginx's master and its worker."""
    (folder / "nginx.conf").write_text(written, "utf-8")
    command = [shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf")]
    master = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        static = int(re.search(r"listen 127.0.0.1:(\d+)", written)[1])  # type: ignore[index]
        await_answer(static, "/public")
        worker = next(pid for pid, parent in parents().items() if parent == master.pid)
        pin(worker, 0)
        yield master.pid, worker
    finally:
        master.terminate()
        master.wait(20)


def pin(pid: int, core: int) -> None:
    if (os.cpu_count() or 1) > 1:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {core})


def await_answer(port: int, path: str) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            get(port, path)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("nobody answers")


def get(port: int, path: str, cookie: str = "") -> tuple[Any, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Host": f"localhost:{port}", "Accept-Encoding": "gzip"}
        connection.request("GET", path, headers=headers | ({"Cookie": cookie} if cookie else {}))
        answer = connection.getresponse()
        return answer.headers, answer.read()


def cookie_of(port: int, path: str, session: str) -> str:
    """What the browser of somebody signed in sends, once Django has introduced them to the front."""
    cookie = f"broadsheet_session={session}"
    headers, _ = get(port, path, cookie)
    given = [one.partition(";")[0] for one in headers.get_all("Set-Cookie", [])]
    return "; ".join([cookie, *(one for one in given if not one.startswith("broadsheet_session"))])


def cpu_of(pid: int) -> float:
    """Seconds that the process has spent on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid: int) -> float:
    """In MB, as far as it is the process's own."""
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0

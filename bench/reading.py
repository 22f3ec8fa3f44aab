"""``POST /read`` as served: by strangers and by readers, on SQLite and, where it is installed, PostgreSQL.

The reference is the smallest answer that the same server gives through the same middleware, robots.txt.
Every post comes as a browser's script sends it. Those of readers write a row each; strangers come from an
address each and bring no cookie, so that each is a first grant, or come back with theirs.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import count, product
from pathlib import Path
from typing import Any

from bench.table import show
from broadsheet.platform.processes.progress import step
from harness import engines
from harness.ports import free_port

SECONDS = 6.0
CONNECTIONS = 8
READERS = 400
AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}

type Ask = tuple[str, str, dict[str, str]]
"""Method, path and headers of one request."""

# Run by the product's own Python, on the database that is measured: the addresses of metered articles, and
# a session for each of many readers, with an allowance that lasts through the run.
PREPARE = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from broadsheet.editorial.models import Article
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import Meter
from broadsheet.people.models import Person

meter = Meter.load()
meter.readers = 10_000
meter.save()
sessions = []
for number in range({readers}):
    person = Person(email=f"reader-{{number}}@bench.example")
    person.set_unusable_password()
    person.save()
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    sessions.append(session.session_key)
here = Article.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE)
articles = [str(article.uuid) for article in here if ruling(article).access == "metered"]
print(json.dumps({{"sessions": sessions, "articles": articles}}))
"""


CLI = [sys.executable, "-m", "broadsheet.cli"]


def seeded(database: str, folder: Path) -> dict[str, str]:
    """Makes the demo's magazine on `database`; the environment in which it is served, on a free port."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "BROADSHEET_MODE": "demo",
        "LOG_LEVEL": "WARNING",
        "PORT": str(free_port()),
        "VAR_DIR": str(folder),
        # What a stranger's address is, the load generator says.
        "TRUSTED_PROXIES": "127.0.0.1",
        **({"DATABASE_URL": database} if database else {}),
    }
    for command in ("prepare", "seed"):
        # Its progress, beside what is measured.
        subprocess.run([*CLI, command], env=environment, check=True, stdout=sys.stderr)
    return environment


def ask_product(program: str, environment: dict[str, str]) -> Any:
    """What a Python program prints as JSON in its last line, run by the product on its database."""
    command = [*CLI, "shell", "--no-imports", "--command", program]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """One web process; its port."""
    port = int(environment["PORT"])
    server = subprocess.Popen([*CLI, "serve", "--only", "web"], env=environment, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _await(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request("GET", "/robots.txt")
                connection.getresponse().read()
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the magazine was not served")


def rate(port: int, asks: Iterator[Ask], expected: set[int]) -> float:
    """Requests a second over some connections, each waiting for its answer; `asks` may end before time."""
    lock, done = threading.Lock(), count()
    end = time.monotonic() + SECONDS

    def keep_asking() -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            while time.monotonic() < end:
                with lock:
                    ask = next(asks, None)
                if ask is None:
                    return
                method, path, headers = ask
                connection.request(method, path, headers=headers)
                response = connection.getresponse()
                response.read()
                if response.status not in expected:
                    raise RuntimeError(f"{method} {path} was answered {response.status}")
                next(done)

    begun = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for asking in [pool.submit(keep_asking) for _ in range(CONNECTIONS)]:
            asking.result()
    return next(done) / (time.monotonic() - begun)


def address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def robots() -> Iterator[Ask]:
    while True:
        yield "GET", "/robots.txt", {}


def strangers(articles: list[str]) -> Iterator[Ask]:
    for number in count():
        article = articles[number % len(articles)]
        yield "POST", f"/read/{article}", AS_SCRIPT | {"X-Forwarded-For": address(number)}


def returning(port: int, articles: list[str]) -> Iterator[Ask]:
    jars = []
    for number, article in enumerate(articles):
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            headers = AS_SCRIPT | {"X-Forwarded-For": address(1 << 20 | number)}
            connection.request("POST", f"/read/{article}", headers=headers)
            response = connection.getresponse()
            response.read()
            cookies = [value.partition(";")[0] for value in response.headers.get_all("Set-Cookie") or []]
            jars.append((article, "; ".join(cookies)))
    for number in count():
        article, jar = jars[number % len(jars)]
        yield "POST", f"/read/{article}", AS_SCRIPT | {"Cookie": jar}


def readers(sessions: list[str], articles: list[str]) -> Iterator[Ask]:
    # No reader twice in a row: two posts of one reader wait for one another.
    for article, session in product(articles, sessions):
        yield "POST", f"/read/{article}", AS_SCRIPT | {"Cookie": f"broadsheet_session={session}"}


def measure(engine: str, database: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = seeded(database, Path(folder))
        given = ask_product(PREPARE.format(readers=READERS), environment)
        articles, sessions = given["articles"], given["sessions"]
        with serving(environment) as port:
            ways = {
                "": robots(),
                "a stranger’s first article": strangers(articles),
                "a stranger’s article again": returning(port, articles),
                "a reader’s article, a row written": readers(sessions, articles),
            }
            measured = {}
            with step(engine, len(ways) + 1, "runs", to=sys.stderr) as advance:
                rate(port, robots(), {200})  # until everything is imported
                advance(1)
                for what, asks in ways.items():
                    measured[what] = rate(port, asks, {200})
                    advance(1)
            reference = measured.pop("")
    rows = [("GET /robots.txt", reference, 1.0, "")]
    rows += [(f"POST /read: {what}", found, found / reference, "") for what, found in measured.items()]
    show(f"POST /read on {engine}, one web process", "robots.txt", rows)


def run() -> None:
    measure("SQLite", "")
    if missing := [program for program in ("initdb", "postgres") if not engines.find(program)]:
        print(f"Not measured on PostgreSQL: {', '.join(missing)} not found.")  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as folder, engines.postgresql(Path(folder)) as database:
        measure("PostgreSQL", database)

"""The front beside nginx with the same bytes: requests for each second of the server's CPU, in one run.

wrk asks over 32 and over 512 connections; server and load have a core each, where there are two. No two
questions need be alike: see bench/README.md.
"""

import gzip
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import reading
from bench.edge_load import (
    Measured,
    Question,
    await_answer,
    configuration,
    cpu_of,
    get,
    measure,
    medians,
    memory_of,
    nginx,
    pin,
)
from bench.reading import AS_SCRIPT, CLI, ask_product, seeded
from broadsheet.platform.processes.progress import step
from harness.ports import free_port
from harness.serving import parents

CONNECTIONS = (32, 512)
ROUNDS = 3
"""Of which the medians are shown: what else a host does comes and goes by the minute."""
VISITORS = 2_000
QUESTIONS = 8_000
READERS = 200
"""Who post, each with a session in the database."""
MIXED_ARTICLES = 10_000
MIXED_MEGABYTES = "32"
PUBLIC, WHOLE, OPENED_BY_NGINX = "nginx, a public page", "nginx, a whole article", "nginx, a reader’s"
LEAST, CACHE = "Python at its least", "nginx’s cache before us"
REFERENCES = {"subscriber": WHOLE, "reader, opened": OPENED_BY_NGINX}
"""What is measured → nginx with the same bytes; else the public page."""
GOALS = {"public": "≥ 0.90", "subscriber": "≥ 0.80", "reader, opened": "≥ 0.80", "304": "≥ 0.90"}
BROWSERS = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    f" Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(110, 140)
]
AS_BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
}
LANGUAGES = ("en-US,en;q=0.9", "en-GB,en;q=0.8", "en-US,en;q=0.7,es;q=0.3", "de-DE,de;q=0.9,en;q=0.6")
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
WAGTAIL = """
SECRET_KEY = "measured"
ALLOWED_HOSTS = ["*"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""


def run(*, while_publishing: bool = False, mixed: bool = False, one_question: bool = False) -> None:
    if missing := [name for name in ("wrk", "nginx") if not shutil.which(name)]:
        sys.stderr.write(f"edge: skipped, because there is no {' and no '.join(missing)}\n")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx reads in it as another user
        environment = seeded("", folder)
        if mixed:
            make = f"import bench.many; print(sum(bench.many.print_copies({MIXED_ARTICLES})))"
            ask_product(make, environment)
            environment["FRONT_MEGABYTES"] = MIXED_MEGABYTES
        with served(environment) as magazine:
            if mixed:
                _mixed(magazine, folder)
            elif while_publishing:
                _while_publishing(magazine, folder)
            else:
                show(_beside_nginx(magazine, folder, 1 if one_question else QUESTIONS))
                if not one_question:
                    show(_through_django(magazine, folder))


type Make = Callable[[random.Random], Question]


class Magazine:
    """As it is served: with one front."""

    def __init__(self, environment: dict[str, str], server: int) -> None:
        self.environment, self.port = environment, int(environment["PORT"])
        self.host = f"localhost:{self.port}"
        self._server = server
        self.front = next(pid for pid in self.family() if b"broadsheet.edge.front" in _command(pid))
        self._draw = random.Random(1)  # noqa: S311 (no secret)

    def family(self) -> list[int]:
        found, all_parents = [self._server], parents()
        for pid in found:
            found += [child for child, parent in all_parents.items() if parent == pid]
        return found

    def visitors(self) -> dict[str, Any]:
        told: dict[str, Any] = ask_product(
            f"import bench.edge_visitors; bench.edge_visitors.tell({VISITORS})", self.environment
        )
        return told

    def question(self, path: str, cookie: str = "", method: str = "GET", **more: str) -> Question:
        """As the browser of some visitor asks, through a proxy that speaks for them."""
        headers = {
            "Host": self.host,
            "User-Agent": self._draw.choice(BROWSERS),
            "Accept-Language": self._draw.choice(LANGUAGES),
            **AS_BROWSER,
            "X-Forwarded-For": reading.address(self._draw.randrange(5_000)),
            "X-Forwarded-Proto": "http",
            **({"Cookie": cookie} if cookie else {}),
        }
        return method, path, headers | {name.replace("_", "-"): value for name, value in more.items()}

    def questions(self, make: Make, number: int = QUESTIONS) -> list[Question]:
        return [make(self._draw) for _ in range(number)]

    def socket_of_django(self) -> str:
        words = _command(self.front).decode().split("\0")
        return words[words.index("--django") + 1]


# --- What is measured ---------------------------------------------------------------------------------


def _beside_nginx(magazine: Magazine, folder: Path, number: int) -> list[Measured]:
    """Each is asked `number` questions, at random."""
    static, cached, rows = free_port(), free_port(), []
    written = configuration(folder, static=static, cached=cached, front=magazine.port)
    first = _lay_out(magazine, folder / "html", "first", {magazine.visitors()["metered"][0]: ""})
    with (
        nginx(folder, written, static, *first.values()) as worker,
        _least(magazine, folder, *first) as (least, least_port),
        step("edge", ROUNDS * 9 * len(CONNECTIONS), "runs", to=sys.stderr) as advance,
    ):
        ports = {worker: static, least: least_port, magazine.front: magazine.port}
        for connections in CONNECTIONS:
            # What their cookies say counts for five minutes.
            kinds = _kinds(magazine, folder / "html", str(connections), worker, least)
            latest: dict[str, Measured] = {}
            for _, (what, (pid, make)) in product(range(ROUNDS), kinds.items()):
                questions = magazine.questions(make, number)
                port = cached if what == CACHE else ports[pid]
                row = latest[what] = measure(what, [pid], port, questions, connections, folder)
                reference = latest[REFERENCES.get(what, PUBLIC)]
                rows.append(replace(row, of_nginx=row.for_cpu / reference.for_cpu))
                advance(1)
    return medians(rows)


def _kinds(magazine: Magazine, root: Path, name: str, worker: int, least: int) -> dict[str, tuple[int, Make]]:
    """What is measured → the process that is asked, and what. nginx has its files below `root`."""
    known = magazine.visitors()
    metered, subscribers, readers = known["metered"], known["subscribers"], known["readers"]
    etags = {path: get(magazine.port, path, Host=magazine.host)[0]["ETag"] for path in metered}
    public = _lay_out(magazine, root, f"{name}/public", dict.fromkeys(metered, ""))
    whole = _lay_out(magazine, root, f"{name}/whole", dict.fromkeys(metered, subscribers[0]))
    opened = _lay_out(
        magazine, root, f"{name}/opened", {path: cookie for cookie, paths in readers for path in paths}
    )
    ask, front = magazine.question, magazine.front

    def as_reader(draw: random.Random, place_of: Mapping[str, str]) -> Question:
        cookie, paths = draw.choice(readers)
        path = draw.choice(paths)
        return ask(place_of.get(path, path), cookie)

    def again(draw: random.Random) -> Question:
        path = draw.choice(metered)
        return ask(path, If_None_Match=etags[path])

    return {
        PUBLIC: (worker, lambda draw: ask(public[draw.choice(metered)])),
        LEAST: (least, lambda draw: ask(draw.choice(metered))),
        "public": (front, lambda draw: ask(draw.choice(metered))),
        WHOLE: (worker, lambda draw: ask(whole[draw.choice(metered)], draw.choice(subscribers))),
        "subscriber": (front, lambda draw: ask(draw.choice(metered), draw.choice(subscribers))),
        OPENED_BY_NGINX: (worker, lambda draw: as_reader(draw, opened)),
        "reader, opened": (front, lambda draw: as_reader(draw, {})),
        "304": (front, again),
        CACHE: (worker, lambda draw: ask(draw.choice(metered))),
    }


def _through_django(magazine: Magazine, folder: Path) -> list[Measured]:
    cold = _cold(magazine, magazine.visitors()["metered"])
    return [*_posts(magazine, folder), cold, _wagtail(folder / "wagtail", folder)]


@contextmanager
def _least(magazine: Magazine, folder: Path, path: str) -> Iterator[tuple[int, int]]:
    """Process and port of a server that answers everything with one public page."""
    headers, zipped = get(magazine.port, path, Host=magazine.host)
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    (folder / "answer").write_bytes("".join(["HTTP/1.1 200 OK\r\n", *lines, "\r\n"]).encode() + zipped)
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "bench.edge_least", str(port), str(folder / "answer")])
    try:
        await_answer(port, path)
        pin(server.pid, 0)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(20)


def _lay_out(magazine: Magazine, root: Path, name: str, cookies: Mapping[str, str]) -> dict[str, str]:
    """The same bytes as files for nginx, as by the cookie of each path: path → where nginx has them."""
    folder = root / name
    folder.mkdir(parents=True)
    places = {}
    for number, (path, cookie) in enumerate(cookies.items()):
        _, zipped = get(magazine.port, path, Host=magazine.host, **({"Cookie": cookie} if cookie else {}))
        (folder / f"{number}.gz").write_bytes(zipped)
        (folder / str(number)).write_bytes(gzip.decompress(zipped))
        places[path] = f"/{name}/{number}"
    return places


def _posts(magazine: Magazine, folder: Path) -> list[Measured]:
    """By script: strangers' first articles, each from an address of its own, and readers', a row each."""
    given = ask_product(reading.PREPARE.format(readers=READERS), magazine.environment)
    articles, everything = given["articles"], magazine.family()

    def post(number: int, article: str, cookie: str = "") -> Question:
        more = AS_SCRIPT | {"Host": magazine.host, "X-Forwarded-For": reading.address(1 << 20 | number)}
        return "POST", f"/read/{article}", more | ({"Cookie": cookie} if cookie else {})

    strangers = [post(number, articles[number % len(articles)]) for number in range(50_000)]
    of_readers = [
        post(number, article, f"broadsheet_session={session}")
        for number, (article, session) in enumerate(product(articles, given["sessions"]))
    ]
    # A session's first request writes rows that no later one does: these are readers who come back.
    for _, path, headers in of_readers[: len(given["sessions"])]:
        _post_once(magazine.port, path, headers)
    of_readers = of_readers[len(given["sessions"]) :]
    return [
        measure(what, everything, magazine.port, questions, 8, folder, in_order=True)
        for what, questions in (("POST /read, strangers", strangers), ("POST /read, readers", of_readers))
    ]


def _post_once(port: int, path: str, headers: dict[str, str]) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", path, headers=headers)
        connection.getresponse().read()


def _cold(magazine: Magazine, paths: Sequence[str]) -> Measured:
    """Pages as the front asks Django for them, one after the other: each is rendered anew."""
    everything = magazine.family()
    connection = HTTPConnection("localhost", timeout=60)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(magazine.socket_of_django())
    headers = {"Host": magazine.host, "Broadsheet-Asked": "stranger-public", "X-Forwarded-Proto": "http"}

    def render(path: str) -> float:
        began = time.monotonic()
        connection.request("GET", path, headers=headers | {"X-Forwarded-For": "127.0.0.1"})
        answer = connection.getresponse()
        answer.read()
        if answer.headers["Content-Type"] != "application/x-broadsheet-page":
            raise RuntimeError(f"{path} was not rendered to be kept")
        return 1000 * (time.monotonic() - began)

    for path in paths[:5]:
        render(path)
    before, times = sum(map(cpu_of, everything)), []
    end = time.monotonic() + 5
    while time.monotonic() < end:
        times.append(render(paths[len(times) % len(paths)]))
    spent, ordered = sum(map(cpu_of, everything)) - before, sorted(times)
    connection.close()
    return Measured(
        "a cold article",
        1,
        len(times) / spent,
        1000 * len(times) / sum(times),
        ordered[len(times) // 2],
        ordered[int(0.99 * len(times))],
        ordered[int(0.999 * len(times))],
        0,
        sum(map(memory_of, everything)),
    )


def _wagtail(project: Path, folder: Path) -> Measured:
    """The first page of a new project of Wagtail's, by the same web server, without a cache."""
    project.mkdir()
    port = free_port()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "measured.settings.production"}
    start = [str(Path(sys.executable).with_name("wagtail")), "start", "measured", str(project)]
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL)
    (project / "measured/settings/local.py").write_text(WAGTAIL)
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environment, cwd=project, check=True)
    serve = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--port", str(port)]
    serve += ["--log-level", "error", "measured.wsgi:application"]
    server = subprocess.Popen(serve, env=environment, cwd=project)
    try:
        await_answer(port, "/")
        family = [server.pid, *(pid for pid, parent in parents().items() if parent == server.pid)]
        question: Question = ("GET", "/", AS_BROWSER | {"Host": "localhost"})
        return measure("Wagtail’s own first page", family, port, [question], 8, folder)
    finally:
        server.terminate()
        server.wait(30)


def _while_publishing(magazine: Magazine, folder: Path) -> None:
    pages = ["/", *magazine.visitors()["all"]]
    questions = magazine.questions(lambda draw: magazine.question(draw.choice(pages)))

    def measured(what: str) -> Measured:
        return measure(what, [magazine.front], magazine.port, questions, 32, folder, seconds=10)

    rows = [measured("nothing is published")]
    command = [*CLI, "shell", "--no-imports", "--command", PUBLISH]
    editor = subprocess.Popen(command, env=magazine.environment, stdout=subprocess.DEVNULL)
    try:
        time.sleep(5)
        rows.append(measured("an editor publishes once a second"))
    finally:
        editor.kill()
        editor.wait()
    show(rows)


def _mixed(magazine: Magazine, folder: Path) -> None:
    """70 % strangers, 20 % readers, 10 % subscribers; the first article is asked for most, as 1/n."""
    known = magazine.visitors()
    articles = known["all"]
    weights = [1 / (place + 1) for place in range(len(articles))]

    def some(draw: random.Random) -> Question:
        (path,), who = draw.choices(articles, weights), draw.random()
        if who < 0.7:
            return magazine.question(path)
        return magazine.question(
            path, draw.choice(known["readers"])[0] if who < 0.9 else draw.choice(known["subscribers"])
        )

    questions = magazine.questions(some, 40_000)
    ways = (("the front", [magazine.front]), ("with Django", magazine.family()))
    show(
        [
            measure(f"mixed, {what}", pids, magazine.port, questions, 32, folder, warm=warm, seconds=10)
            for (what, pids), warm in zip(ways, (15, 1), strict=True)
        ]
    )


def show(rows: Sequence[Measured]) -> None:
    table = Table(title="Requests for each second of the server's CPU", title_justify="left")
    table.add_column("what")
    headings = ("connections", "for CPU", "of nginx", "goal", "a second")
    for heading in (*headings, "p50 ms", "p99", "p99.9", "failed", "MB"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.what,
            str(row.connections),
            f"{row.for_cpu:,.0f}",
            f"{row.of_nginx:.2f}" if row.of_nginx else "",
            GOALS.get(row.what, ""),
            f"{row.a_second:,.0f}",
            f"{row.p50:.2f}",
            f"{row.p99:.2f}",
            f"{row.p999:.2f}",
            f"{row.failed:.0f}",
            f"{row.megabytes:.0f}",
        )
    Console(width=140).print(table)


# --- What runs ----------------------------------------------------------------------------------------


@contextmanager
def served(environment: dict[str, str]) -> Iterator[Magazine]:
    server = subprocess.Popen([*CLI, "serve", "--only", "web"], env=environment, stdout=subprocess.DEVNULL)
    try:
        await_answer(int(environment["PORT"]), "/robots.txt")
        magazine = Magazine(environment, server.pid)
        pin(magazine.front, 0)
        yield magazine
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""

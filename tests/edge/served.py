"""The small magazine, served as an operator serves it, and somebody who works at it meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from gzip import decompress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from django.db import connection

from harness.ports import free_port
from harness.serving import Serving, parents

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
EDITOR = """
import json, sys
for line in sys.stdin:
    told = {}
    exec(json.loads(line), {"told": told})
    print("TOLD", json.dumps(told), flush=True)
"""
INTRODUCE = """
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import spend
from broadsheet.paywall.models.meter import meter_rules_in
from broadsheet.paywall.verdict import Visitor
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.invalidation import invalidate

for name in ("subscriber", "reader", "staff"):
    person = Person(email=f"{name}@served.example", is_superuser=name == "staff")
    person.set_unusable_password()
    person.save()
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    told[name] = session.session_key
    if name == "subscriber":
        Entitlement.objects.create(person=person, ends_at=clock.now() + timedelta(days=30), reason="Tried")
    if name == "reader":
        reef = Article.objects.get(slug="reef", locale__language_code=settings.LANGUAGE_CODE)
        rules = meter_rules_in(settings.LANGUAGE_CODE, clock.now())
        spend(person, reef.uuid, "metered", Visitor(is_reader=True), rules)
"""
PUBLISH = """
from django.conf import settings
from broadsheet.editorial.models import Article
article = Article.objects.get(slug={slug!r}, locale__language_code=settings.LANGUAGE_CODE)
article.title = {headline!r}
article.save_revision().publish()
"""


def copy_of_sqlite(folder: Path) -> str:
    """The address of a copy of the test database, with the magazine as it was printed."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(folder / "magazine.sqlite3")])
    return f"sqlite:///{folder}/magazine.sqlite3"


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.05)


class Editor:
    """A process with Django, on the magazine's database, that does what it is told."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "broadsheet.cli", "shell", "--no-imports", "--command", EDITOR]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, program: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(program) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("TOLD "):
                told: dict[str, Any] = json.loads(line.removeprefix("TOLD "))
                return told
        raise AssertionError("the editor has ended")

    def publish(self, slug: str, headline: str) -> None:
        self.do(PUBLISH.format(slug=slug, headline=headline))

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str

    @classmethod
    def of(cls, answer: HTTPResponse) -> "Answer":
        body = answer.read()
        if answer.headers["Content-Encoding"] == "gzip":
            body = decompress(body)
        return cls(answer.status, answer.headers, body.decode())


@dataclass
class Visitor:
    """A browser, as far as it keeps cookies. `connect` makes a connection to who is asked."""

    connect: Callable[[], HTTPConnection]
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": self.host}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = self.connect()
        try:
            connection.request(method, path, body, sent)
            answer = Answer.of(connection.getresponse())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer


class Magazine(Serving):
    """Served by fronts, with an editor and three who are signed in."""

    def __init__(self, folder: Path, database: str, *options: str, **environment: str) -> None:
        super().__init__(folder, database, *options, **environment)
        self.editor = Editor(self.environment)
        self.sessions = self.editor.do(INTRODUCE)

    def visitor(self, who: str = "", port: int | None = None) -> Visitor:
        """`who`: subscriber, reader, staff; else a stranger."""
        cookies = {"broadsheet_session": self.sessions[who]} if who else {}
        asked = port or self.port
        return Visitor(
            lambda: HTTPConnection("127.0.0.1", asked, timeout=90), f"localhost:{self.port}", cookies
        )

    def fronts(self) -> list[int]:
        return [pid for pid in self.children(self.process.pid) if "edge.front" in command_of(pid)]

    def socket_of_django(self) -> str:
        words = command_of(self.fronts()[0]).split("\0")
        return words[words.index("--django") + 1]

    def end(self) -> None:
        self.editor.stop()
        for pid in self.family():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(20)


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


class ExtraFront:
    """One more front before the same Django, on a port of its own."""

    def __init__(self, django: str) -> None:
        self.port = free_port()
        ready, ready_end = os.pipe()
        options = ["--django", django, "--port", str(self.port), "--ready-fd", str(ready_end)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "broadsheet.edge.front", *options], pass_fds=[ready_end]
        )
        os.close(ready_end)
        with os.fdopen(ready, "rb") as line:
            assert line.read() == b"ready\n"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


__all__ = ["NGINX", "Answer", "Editor", "ExtraFront", "Magazine", "Visitor", "copy_of_sqlite", "parents"]

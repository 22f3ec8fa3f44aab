"""How `bench.edge` asks and measures: wrk, what a process spends, nginx beside it."""

import getpass
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from harness.serving import parents

SECONDS = 3
TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = Path(__file__).with_name("wrk.lua")
NGINX = """
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; default_type text/html;
  open_file_cache max=1000; gzip_static on; client_body_temp_path {folder}/body;
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

type Question = tuple[str, str, dict[str, str]]
"""Method, path and headers."""


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
    failed: float
    megabytes: float
    of_nginx: float = 0.0
    """`for_cpu` by that of nginx just before, with the same bytes; 0 where it has none."""


FIGURES = tuple(field.name for field in fields(Measured))[2:]


def measure(
    what: str,
    pids: Sequence[int],
    port: int,
    questions: Sequence[Question],
    connections: int,
    folder: Path,
    *,
    in_order: bool = False,
    seconds: int = SECONDS,
    warm: int = 1,
) -> Measured:
    """`in_order`: each question once, beginning where the one before ended; else at random."""
    written = "\n".join("\t".join((m, p, *(f"{n}: {v}" for n, v in h.items()))) for m, p, h in questions)
    (folder / "questions").write_text(written + "\n", "utf-8")
    environment = os.environ | {"QUESTIONS": str(folder / "questions")}
    command = ["wrk", "-t1", f"-c{connections}", "--timeout", "20s", "-s", str(SCRIPT)]
    pinned = ["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else []

    def ask(seconds: int, first: int = 0) -> dict[str, Any]:
        whole = [*pinned, *command, f"-d{seconds}s", f"http://127.0.0.1:{port}/"]
        asked_from = {"IN_ORDER_FROM": str(first)} if in_order else {}
        done = subprocess.run(whole, env=environment | asked_from, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    first = ask(warm)["requests"] + connections
    before = sum(map(cpu_of, pids))
    told = ask(seconds, first)
    spent = sum(map(cpu_of, pids)) - before
    return Measured(
        what,
        connections,
        told["requests"] / max(spent, 1 / TICKS),
        told["requests"] / told["seconds"],
        told["p50"],
        told["p99"],
        told["p999"],
        told["failed"],
        sum(map(memory_of, pids)),
    )


def medians(rows: Sequence[Measured]) -> list[Measured]:
    """Of the rounds of each, figure by figure."""
    rounds: dict[tuple[str, int], list[Measured]] = {}
    for row in rows:
        rounds.setdefault((row.what, row.connections), []).append(row)
    return [
        Measured(what, connections, *(median(getattr(one, name) for one in same) for name in FIGURES))
        for (what, connections), same in rounds.items()
    ]


def configuration(folder: Path, *, static: int, cached: int, front: int) -> str:
    return NGINX.format(user=getpass.getuser(), folder=folder, static=static, cached=cached, front=front)


@contextmanager
def nginx(folder: Path, written: str, port: int, path: str) -> Iterator[int]:
    """nginx's worker, once `path` is answered on `port`."""
    (folder / "nginx.conf").write_text(written, "utf-8")
    command = [shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf")]
    master = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        await_answer(port, path)
        worker = next(pid for pid, parent in parents().items() if parent == master.pid)
        pin(worker, 0)
        yield worker
    finally:
        master.terminate()
        master.wait(20)


def pin(pid: int, core: int) -> None:
    if (os.cpu_count() or 1) > 1:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {core})


def await_answer(port: int, path: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            get(port, path)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("nobody answers")


def get(port: int, path: str, **headers: str) -> tuple[Any, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"} | headers)
        answer = connection.getresponse()
        return answer.headers, answer.read()


def cpu_of(pid: int) -> float:
    """Seconds that the process has spent on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid: int) -> float:
    """In MB, as far as it is the process's own."""
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0

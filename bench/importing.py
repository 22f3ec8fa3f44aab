"""A large export of WordPress read, planned and carried out, killed on the way; and a million readers.

The goals: 300 MB of memory to read and plan 100,000 posts; nothing twice and nothing missing after three
kills; a million readers in three minutes on PostgreSQL.
"""

import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.databases import on_each
from broadsheet.platform.processes.progress import step

POSTS = int(os.environ.get("POSTS", "100000"))
CARRIED_OUT = min(POSTS, int(os.environ.get("CARRIED_OUT", "10000")))
READERS = int(os.environ.get("READERS", "1000000"))
KILLS = 3
SECONDS = 10.0
"""At most, from when a process is at it until it is killed."""
CONSENT = ("--consent", "The bench: they are made up.")
SEED = 11
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><link>https://old.example</link>
<wp:author><wp:author_login>ida</wp:author_login>
<wp:author_display_name>Ida Lund</wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>sea</wp:category_nicename>
<wp:cat_name>Sea</wp:cat_name></wp:category>
"""
ITEM = """<item><title>Post {number}</title><link>https://old.example/2019/05/post-{number}/</link>
<dc:creator>ida</dc:creator><content:encoded><![CDATA[{text}]]></content:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date_gmt>2019-05-04 10:00:00</wp:post_date_gmt><wp:post_name>post-{number}</wp:post_name>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="category" nicename="sea">Sea</category>
</item>
"""
WORDS = ("tide", "boat", "harbour", "reef", "lantern", "quarry", "meadow", "viaduct", "orchard", "ledger")

MAGAZINE = """
from wagtail.models import Locale, Page
from broadsheet.editorial.models import Edition

root = Page.get_first_root_node()
locale, _made = Locale.objects.get_or_create(language_code="en-us")
root.add_child(instance=Edition(title="Bench", slug="us", short_name="US", locale=locale))
"""
COUNT = """
from broadsheet.editorial.models import Article
print(Article.objects.count(), Article.objects.values("slug").distinct().count())
"""


def write_posts(file: Path, count: int) -> None:
    """About 20 KB each: paragraphs, links to one another, crossheads, a quotation and a list."""
    chance = Random(SEED)  # noqa: S311 (nothing secret)
    texts = [" ".join(chance.choices(WORDS, k=80)) for _ in range(5000)]
    with file.open("w") as out, step("Writing", count, "posts", to=sys.stderr) as advance:
        out.write(HEAD)
        for number in range(count):
            link = f'<a href="https://old.example/2019/05/post-{chance.randrange(count)}/">one</a>'
            parts = [f"<p>{text} {link}</p>" for text in chance.choices(texts, k=36)]
            parts[9:9] = [
                "<h2>Crosshead</h2>",
                "<blockquote><p>said</p></blockquote>",
                "<ul><li>a</li><li>b</li></ul>",
            ]
            out.write(ITEM.format(number=number, text="".join(parts)))
            advance(1)
        out.write("</channel></rss>")


def write_readers(file: Path, count: int) -> None:
    with file.open("w") as out:
        out.write("email,created_at,status\n")
        out.writelines(f"reader-{n}@mailboxes-{n % 50}.example,2024-01-02,active\n" for n in range(count))


class Trial:
    """One database, and the product's own command on it, whose bars or lines are shown."""

    def __init__(self, database: str, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": database,
        }

    def begin(self, *arguments: str, stdout: Any = None) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "broadsheet.cli", *arguments]
        return subprocess.Popen(command, env=self.environment, stdout=stdout or sys.stderr)

    def run(self, *arguments: str) -> str:
        """How long it took, and the most memory that it had."""
        begun, process = time.monotonic(), self.begin(*arguments)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(arguments[:2])} failed.")
        seconds, computing = time.monotonic() - begun, used.ru_utime + used.ru_stime
        return f"{seconds:,.0f} s ({computing:,.0f} s CPU), {used.ru_maxrss // 1024} MB"

    def is_killed(self, *arguments: str, after: float) -> bool:
        """Whether it was: unless it had ended by then."""
        process = self.begin(*arguments, stdout=subprocess.PIPE)
        with process:
            for line in process.stdout or ():
                sys.stderr.write(line.decode())
                if line.startswith(b"Importing"):
                    break
            with suppress(subprocess.TimeoutExpired):
                return process.wait(after) != 0
            process.kill()
        return True

    def told(self, code: str) -> list[str]:
        command = [sys.executable, "-m", "broadsheet.cli", "shell", "--no-imports", "--command", code]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.split()


def measure(database: str, folder: Path) -> list[tuple[str, str]]:
    trial = Trial(database, folder)
    trial.run("migrate", "--verbosity", "0")
    trial.told(MAGAZINE)
    return [*_plan(trial), *_carry_out(trial), *_readers(trial)]


def _plan(trial: Trial) -> list[tuple[str, str]]:
    file = trial.folder / "posts.xml"
    if not file.exists():
        write_posts(file, POSTS)
    measured = trial.run("import", "wordpress", str(file), "--dry-run")
    size = file.stat().st_size / 1024**3
    return [(f"{POSTS:,} posts ({size:.1f} GB) planned", measured)]


def _carry_out(trial: Trial) -> list[tuple[str, str]]:
    file = trial.folder / "some.xml"
    if not file.exists():
        write_posts(file, CARRIED_OUT)
    command, chance = ("import", "wordpress", str(file)), Random(SEED)  # noqa: S311 (nothing secret)
    begun, kills, before = time.monotonic(), 0, _computing()
    while kills < KILLS and trial.is_killed(*command, after=SECONDS * chance.random()):
        kills += 1
    if kills == KILLS:
        trial.run(*command)
    minutes = (time.monotonic() - begun) / 60
    computing = _computing() - before
    there, once = map(int, trial.told(COUNT)[-2:])
    return [
        (
            f"{CARRIED_OUT:,} planned and carried out, {kills} kills",
            f"{CARRIED_OUT / minutes:,.0f} articles a minute ({computing:,.0f} s CPU)",
        ),
        ("twice, missing", f"{there - once}, {CARRIED_OUT - once}"),
    ]


def _computing() -> float:
    """Seconds that the processes took which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _readers(trial: Trial) -> list[tuple[str, str]]:
    file = trial.folder / "readers.csv"
    write_readers(file, READERS)
    return [(f"{READERS:,} readers", trial.run("import", "readers", str(file), *CONSENT))]


def run(*, on_postgresql: bool = False) -> None:
    table = Table("database", "what", "measured", title="Moving in", title_justify="left")
    for engine, found in on_each(measure, only_postgresql=on_postgresql).items():
        for what, measured in found:
            table.add_row(engine, what, measured)
    Console().print(table)

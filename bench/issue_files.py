"""The files of a weekly issue of 40 articles and 60 pictures: made, and stamped for reader after reader.

Each kind is made by a process of its own, so that what it says of memory is that kind's.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from broadsheet.weekly.content import Image, Issue, Piece

ARTICLES = int(os.environ.get("ARTICLES", "40"))
PICTURES = int(os.environ.get("PICTURES", "60"))
ORIGINALS = 12
"""Different ones; each is read as often as it comes."""
PARAGRAPHS = 12
READERS = 200
WORDS = (
    "the",
    "of",
    "and",
    "to",
    "ships",
    "strait",
    "market",
    "harbour",
    "captain",
    "toll",
    "said",
    "opened",
)
STAMPED_IN = 20
"""The goal, in milliseconds of CPU for a reader."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    """As its maker is registered."""
    seconds: int
    megabytes: int


KINDS = (Kind("epub", 20, 15), Kind("pdf-a4", 40, 30), Kind("pdf-phone", 40, 15))


def run() -> None:
    table = Table(
        "kind", "made", "goal", "CPU", "size", "at most", "memory", "stamped", "goal", "memory then",
        title=f"A weekly issue of {ARTICLES} articles and {PICTURES} pictures",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="bench-issue-") as folder:
        draw_originals(Path(folder))
        # Makers ask the database for the magazine's look.
        migrate = [sys.executable, "-m", "broadsheet.cli", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment(folder), check=True)
        for kind in KINDS:
            found = measured(kind, folder)
            table.add_row(
                kind.name,
                f"{found['made']:.1f} s",
                f"{kind.seconds} s",
                f"{found['cpu']:.1f} s",
                f"{found['size'] / 1e6:.1f} MB",
                f"{kind.megabytes} MB",
                f"{found['memory'] / 1024:.0f} MB",
                f"{found['stamped']:.2f} ms",
                f"{STAMPED_IN} ms",
                f"+{found['grown'] / 1024:.1f} MB",
            )
    Console().print(table)


def environment(folder: str) -> dict[str, str]:
    return os.environ | {"VAR_DIR": folder, "LOG_LEVEL": "WARNING"}


def measured(kind: Kind, folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.issue_files", kind.name, folder]
    done = subprocess.run(command, env=environment(folder), check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def draw_originals(folder: Path) -> None:
    """As large as a camera's, and with as much to compress: noise, softened, over a gradient."""
    from PIL import Image as Drawn
    from PIL import ImageFilter

    size, grains = (3600, 2400), (360, 240)
    for number in range(ORIGINALS):
        noise = random.Random(number).randbytes(grains[0] * grains[1])  # noqa: S311 (the same each time)
        soft = Drawn.frombytes("L", grains, noise).resize(size).filter(ImageFilter.GaussianBlur(1))
        shade = Drawn.linear_gradient("L").resize(size)
        Drawn.merge("RGB", (soft, shade, soft.rotate(180))).save(folder / f"{number}.jpg", quality=90)


# --- In a process of its own ------------------------------------------------------------------------


def measure(name: str, folder: Path) -> dict[str, float]:
    from broadsheet.weekly.files.makers import maker_of

    if (maker := maker_of(name)) is None:
        raise SystemExit(f"nothing makes {name}")

    def original(image: "Image") -> Path:
        return folder / image.path

    begun, spent = time.monotonic(), seconds_of_cpu()
    file = maker.write(issue(), original)
    made, cpu = time.monotonic() - begun, seconds_of_cpu() - spent
    try:
        memory = most_memory()
        stamped = milliseconds(lambda number: sum(map(len, maker.stamp(file, number))))
        size = file.stat().st_size
    finally:
        file.unlink()
    return {
        "made": made,
        "cpu": cpu,
        "size": size,
        "memory": memory,
        "stamped": stamped,
        "grown": most_memory() - memory,
    }


WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def seconds_of_cpu() -> float:
    """Of this process and those that it has waited for."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHO))


def most_memory() -> int:
    """Kilobytes, of this process and of the largest that it has waited for."""
    return sum(resource.getrusage(who).ru_maxrss for who in WHO)


def milliseconds(stamp: Callable[[str], int]) -> float:
    begun = time.process_time()
    for reader in range(READERS):
        stamp(f"{reader:010}")
    return (time.process_time() - begun) / READERS * 1000


def issue() -> "Issue":
    from broadsheet.weekly.content import Department, Image, Issue

    images = tuple(
        Image(
            name=f"picture-{number}.jpeg",
            path=PurePosixPath(f"{number % ORIGINALS}.jpg"),
            width=3600,
            height=2400,
            alt=f"Picture {number}",
            caption="What it shows, in a sentence",
            credit="A photographer",
        )
        for number in range(PICTURES)
    )
    pieces = tuple(pieces_with(images))
    departments = tuple(
        Department(f"Department {at // 8 + 1}", pieces[at : at + 8]) for at in range(0, ARTICLES, 8)
    )
    return Issue(
        uuid=UUID(int=1),
        magazine="The Bench",
        motto="",
        edition="en-us",
        language="en-us",
        direction="ltr",
        number=1,
        title="No. 1, 14 to 20 November 2026",
        dates="14 to 20 November 2026",
        first_day=date(2026, 11, 14),
        last_day=date(2026, 11, 20),
        published=datetime(2026, 11, 20, tzinfo=UTC),
        url="https://bench.example/issues/1",
        cover=images[0] if images else None,
        cover_lines=("One line", "And another"),
        note="<p>A note of the editors.</p>",
        note_by="An editor",
        departments=departments,
        images=images,
    )


def pieces_with(images: tuple["Image", ...]) -> Iterator["Piece"]:
    """Each has one of `images` at its head, and the first of them what is left of these within."""
    from broadsheet.weekly.content import Length, Piece, Reference

    for number in range(ARTICLES):
        within = images[ARTICLES + number : ARTICLES + number + 1]
        yield Piece(
            article=number,
            uuid=UUID(int=number),
            anchor=f"a{number}",
            url=f"https://bench.example/{number}",
            kicker="World",
            headline=f"The headline of article {number}",
            standfirst="What it is about, in a sentence or two.",
            byline="By a reporter",
            dateline="",
            section="World",
            kind="News",
            published=datetime(2026, 11, 18, tzinfo=UTC),
            length=Length.FULL,
            picture=images[number] if number < len(images) else None,
            body="".join(paragraphs(number))
            + "".join(f'<figure><img src="{image.name}"/></figure>' for image in within),
            references=tuple(
                Reference(at, f"Source {at}", "An outlet", f"https://source.example/{at}", "May 2026")
                for at in range(1, PARAGRAPHS + 1)
            ),
            work="",
            methods="",
            amendments=(),
            minutes=5,
        )


def paragraphs(seed: int) -> Iterator[str]:
    chosen = random.Random(seed)  # noqa: S311 (the same each time)
    for number in range(1, PARAGRAPHS + 1):
        text = " ".join(chosen.choices(WORDS, k=90))
        yield f'<p>{text}.<sup><a href="#ref-{number}">{number}</a></sup></p>'


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")
    import django

    django.setup()
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201 (for the process that waits)

"""An issue that is published, and a small maker of files: the issue's texts, with a place for the number."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from broadsheet.platform import clock
from broadsheet.weekly.content import Issue, Length
from broadsheet.weekly.files.makers import Images, Maker, NotMade
from broadsheet.weekly.files.making import SAMPLE, find_due
from broadsheet.weekly.models import Department, IssueFile, State, WeeklyIssue
from broadsheet.weekly.said import Said, whole
from tests.magazine import Magazine

FORBIDDEN = "typst-cannot-set-this"
"""A headline at which the small maker gives up."""


def write(issue: Issue, images: Images) -> Path:
    for piece in issue.pieces:
        if FORBIDDEN in piece.headline:
            raise NotMade(f"“{piece.headline}” could not be set.", piece.article)
    with tempfile.NamedTemporaryFile("w", suffix=".part", delete=False) as file:
        file.write(f"{SAMPLE}\n{issue.title}\n{issue.note}\n")
        for piece in issue.pieces:
            file.write(f"{piece.headline}\n{piece.body}\n")
        file.write("x" * 300_000)
    return Path(file.name)


def stamp(path: Path, number: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.read(len(SAMPLE))
        yield number.encode()
        while part := file.read(64 * 1024):
            yield part


TEXT = Maker("text", "Plain text", write, stamp, "text/plain", "txt")
TEXT_2 = Maker("text-2", "Large text", write, stamp, "text/plain", "txt")


def issue_of(magazine: Magazine, *slugs: str, number: int = 1, **fields: object) -> WeeklyIssue:
    """A published issue with those articles, in the first edition."""
    edition = magazine.us.locale.language_code
    issue = WeeklyIssue(
        edition=edition,
        number=number,
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 7),
        state=State.PUBLISHED,
        published_at=clock.now(),
    )
    for name, value in fields.items():
        setattr(issue, name, value)
    issue.save()
    department = Department.objects.create(issue=issue, name="World", position=0)
    for slug in slugs:
        item = issue.append(magazine.article(slug), department, Length.FULL)
        item.pin(Said.by(whole([item.article_id])[item.article_id]).pinned(minutes=3))
    return issue


def with_files(magazine: Magazine, *slugs: str, number: int = 1, **fields: object) -> WeeklyIssue:
    issue = issue_of(magazine, *slugs, number=number, **fields)
    find_due(clock.now())
    return issue


def file_of(issue: WeeklyIssue, kind: str = "text") -> IssueFile:
    return IssueFile.objects.get(issue=issue, kind=kind)

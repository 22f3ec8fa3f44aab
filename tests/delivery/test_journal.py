"""What a lease has done, as its journal tells it."""

import resource
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.delivery.journal import (
    CRC,
    HEADER,
    LONGEST,
    RECORD,
    RECORDS_AT,
    Journal,
    Recorded,
    SealedError,
    Trace,
    UnreadableError,
    boot_id,
    seal,
)
from tests.examples import many

ACCEPTED = Recorded("submitted", "250 2.0.0 Ok: queued as 4XyZ")
FULL = Recorded("deferred", "452 4.2.2 Mailbox full")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "7-1-worker"


def begin(path: Path, recipients: int = 10) -> Journal:
    return Journal(path, 7, 1, recipients)


def read(path: Path) -> Trace:
    return seal(path, 7, 1)


def records_of(path: Path) -> bytes:
    return path.read_bytes()[RECORDS_AT:].rstrip(b"\0")


def write_over(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def test_it_tells_who_was_answered_and_who_was_not(path: Path) -> None:
    journal = begin(path)
    journal.before(1)
    journal.before(2)
    journal.after(2, FULL)
    journal.after(1, ACCEPTED)
    journal.before(3)

    trace = read(path)
    assert trace.answers == {1: ACCEPTED, 2: FULL}
    assert trace.dotted == {3}


def test_a_second_stand_before_the_dot_undoes_the_answer_to_the_first(path: Path) -> None:
    journal = begin(path)
    journal.before(1)
    journal.after(1, FULL)
    journal.before(1)

    assert read(path) == Trace({}, {1}, is_whole=bool(boot_id()))


def test_nothing_is_written_after_the_seal(path: Path) -> None:
    journal = begin(path)
    journal.before(1)
    read(path)

    with pytest.raises(SealedError):
        journal.before(2)
    with pytest.raises(SealedError):
        journal.after(1, ACCEPTED)
    assert read(path).dotted == {1}, "and it may be read again"


def test_long_words_are_cut_and_odd_ones_kept(path: Path) -> None:
    journal = begin(path)
    words = "550 " + "ñ" * 600
    journal.after(1, Recorded("refused", words))
    journal.after(2, Recorded("refused", "550 \udce9 \0 no"))

    answers = read(path).answers
    assert words.startswith(answers[1].words.rstrip("�"))
    assert len(answers[1].words.encode()) > LONGEST - 20
    assert answers[2].words.startswith("550 ")


def test_all_its_room_is_taken_at_once(path: Path) -> None:
    """So that a full disk says so before the first message, never between a dot and its answer."""
    journal = begin(path, recipients=3)
    size = path.stat().st_size
    for recipient in range(3):
        for _ in range(2):
            journal.before(recipient)
            journal.after(recipient, Recorded("deferred", "4" * 600))

    assert path.stat().st_size == size


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Files of this process can't grow beyond so many bytes: what it writes fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_refuses_it_and_leaves_nothing_behind(path: Path) -> None:
    with full_disk(2_000), pytest.raises(OSError, match="File too large"):
        begin(path, recipients=200)
    assert not path.exists()


def test_a_record_that_was_cut_short_is_none(path: Path) -> None:
    journal = begin(path)
    journal.before(1)
    whole = len(records_of(path))
    journal.before(2)
    written = records_of(path)
    write_over(path, RECORDS_AT + whole + 8, bytes(len(written) - whole - 8))

    assert read(path).dotted == {1}


def test_a_journal_that_was_truncated_can_not_be_read(path: Path) -> None:
    """Even at the end of a record: what came after it is not known."""
    journal = begin(path)
    journal.before(1)
    end = RECORDS_AT + len(records_of(path))
    journal.before(2)
    with path.open("r+b") as file:
        file.truncate(end)

    with pytest.raises(UnreadableError, match="cut short"):
        read(path)


@pytest.mark.parametrize("size", [0, 10, HEADER.size, RECORDS_AT])
def test_one_without_a_beginning_can_not_be_read(path: Path, size: int) -> None:
    begin(path)
    with path.open("r+b") as file:
        file.truncate(size)

    with pytest.raises(UnreadableError):
        read(path)


def test_one_that_is_gone_can_not_be_read(path: Path) -> None:
    with pytest.raises(UnreadableError, match="can’t be opened"):
        read(path)


def test_another_leases_is_not_taken_for_ones_own(path: Path) -> None:
    begin(path)
    with pytest.raises(UnreadableError, match="another lease’s"):
        seal(path, 7, 2)


def test_of_another_boot_it_does_not_tell_all(path: Path) -> None:
    """Records that the system had, and had not brought to the disk, are lost with the power."""
    begin(path).before(1)
    header = bytearray(path.read_bytes()[: HEADER.size])
    header[-40:] = b"a boot before this one".ljust(40, b"\0")
    write_over(path, 0, bytes(header) + CRC.pack(zlib.crc32(bytes(header))))

    trace = read(path)
    assert trace.dotted == {1}
    assert not trace.is_whole


@many
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=2, max_size=12), st.data())
def test_damage_in_the_middle_is_never_read_over(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "7-1-worker"
    ends = write(path, steps)
    content = path.read_bytes()
    at = RECORDS_AT + data.draw(st.integers(0, ends[-2] - 1))
    write_over(path, at, bytes([(content[at] + data.draw(st.integers(1, 255))) % 256]))

    with pytest.raises(UnreadableError, match="damaged"):
        read(path)


@many
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=12), st.data())
def test_a_death_in_the_middle_of_writing_takes_the_last_record_alone(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "7-1-worker"
    ends = write(path, steps)
    cut = data.draw(st.integers(0, ends[-1]))
    content = path.read_bytes()[RECORDS_AT:]
    write_over(path, RECORDS_AT + cut, bytes(ends[-1] - cut))

    expected = Trace()
    for (recipient, is_answer), end in zip(steps, ends[1:], strict=True):
        if content[:cut].ljust(end, b"\0")[:end] != content[:end]:
            break
        if is_answer:
            expected.answers[recipient] = ACCEPTED
            expected.dotted.discard(recipient)
        else:
            expected.answers.pop(recipient, None)
            expected.dotted.add(recipient)
    trace = read(path)
    assert (trace.answers, trace.dotted) == (expected.answers, expected.dotted)


def write(path: Path, steps: list[tuple[int, bool]]) -> list[int]:
    """Where each of the records ends, counted from the first one's beginning."""
    journal = begin(path, 20)
    ends = [0]
    for recipient, is_answer in steps:
        if is_answer:
            journal.after(recipient, ACCEPTED)
        else:
            journal.before(recipient)
        ends.append(ends[-1] + RECORD.size + CRC.size + is_answer * len("\0".join(ACCEPTED)))
    return ends

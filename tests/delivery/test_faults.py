"""What else can happen while a send is on its way: nobody gets it twice, and nobody is missed."""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import OperationalError, connection, connections, transaction

from broadsheet.delivery.models import Addressee, Batch, Recipient, Send
from broadsheet.delivery.recovery import Lease, recover
from broadsheet.delivery.smtp import Answer, Result
from broadsheet.delivery.spool import Spool, WorkerLock
from broadsheet.delivery.throttle import Throttle
from broadsheet.delivery.worker.envelope_builder import EnvelopeBuilder
from broadsheet.delivery.worker.leasing import lease_next
from broadsheet.platform import clock
from harness.smtp_script import Act, Rule, Script
from harness.smtp_server import SmtpServer
from tests.database import address_of_test_database
from tests.delivery.conftest import SendTo, readers
from tests.delivery.worker_process import COMMAND, work

pytestmark = pytest.mark.django_db(transaction=True)

ACCEPTED = Answer(Result.SUBMITTED, 250, "2.0.0", "Taken")
MINUTE = timedelta(minutes=1)
SLOWLY = Script((Rule("dot", Act(waits=0.05)),))


def arrived(server: SmtpServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


def await_it(is_so: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def materialise_in_batches_of_ten(send: Send, count: int) -> None:
    for first in range(0, count, 10):
        some = [f"reader-{number}@reader.example" for number in range(first, first + 10)]
        send.cohorts.get().materialise(Addressee(address, address, {"name": "you"}) for address in some)


def process(spool: Spool, port: int, seconds: float) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "DATABASE_URL": address_of_test_database(),
    }
    return subprocess.Popen([*COMMAND, str(spool.folder), str(port), str(seconds)], env=environment)


def test_ten_workers_at_once_share_a_send(send_to: SendTo, spool: Spool) -> None:
    send = send_to()
    materialise_in_batches_of_ten(send, 300)
    with SmtpServer() as server, ThreadPoolExecutor(10) as pool:
        for working in [pool.submit(work, spool, server.port) for _ in range(10)]:
            working.result()

    assert arrived(server) == Counter(readers(300))
    assert send.counts() == {"submitted": 300}


def test_a_worker_that_slept_beyond_its_lease_sends_nothing_more(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(120))
    with SmtpServer(SLOWLY) as server:
        sleeper = process(spool, server.port, seconds=1)
        try:
            await_it(lambda: len(server.taken) > 10)
            sleeper.send_signal(signal.SIGSTOP)
            time.sleep(1.2)
            server.script = Script()
            work(spool, server.port, until=lambda: not send.recipients.unsettled().exists())
            before = len(server.taken)
            sleeper.send_signal(signal.SIGCONT)
            assert sleeper.wait(30) == 0
        finally:
            sleeper.kill()
            sleeper.wait()

        assert before > 100
        assert max(arrived(server).values()) == 1
        unknown = send.counts().get("unknown", 0)
        assert unknown <= 3, "one for each of its connections"
        assert len(arrived(server)) >= 120 - unknown


def test_a_clock_that_jumps_ahead_takes_a_lease_from_a_living_worker_and_does_no_harm(
    send_to: SendTo, spool: Spool
) -> None:
    send = send_to(*readers(90))
    with SmtpServer(SLOWLY) as server:
        at_work = Thread(target=work, args=(spool, server.port), kwargs={"seconds": 20})
        at_work.start()
        await_it(lambda: len(server.taken) > 10)
        journal = next((spool.folder / "journals").iterdir())
        with clock.moved_to(clock.now() + timedelta(days=1)):
            recover(spool)
        assert not journal.exists()
        server.script = Script()
        at_work.join()
        work(spool, server.port)

        unknown = send.counts().get("unknown", 0)
        assert max(arrived(server).values()) == 1
        assert unknown <= 3
        assert send.counts().get("submitted", 0) == 90 - unknown


def test_a_clock_that_is_put_back_lets_a_send_wait_and_lose_nobody(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(20))
    with SmtpServer() as server:
        with clock.moved_to(clock.now() - timedelta(hours=3)):
            work(spool, server.port)
            assert not server.taken
        work(spool, server.port)

    assert arrived(server) == Counter(readers(20))
    assert send.counts() == {"submitted": 20}


def test_without_a_journal_nothing_is_sent(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(5))
    shutil.rmtree(spool.folder / "journals")
    with SmtpServer() as server:
        work(spool, server.port, seconds=1)
        assert not server.taken
        assert send.counts() == {"queued": 5}

        (spool.folder / "journals").mkdir()
        work(spool, server.port)
        assert arrived(server) == Counter(readers(5))


def die_with_a_batch(spool: Spool) -> Path:
    """A worker that leased one, stood before the first dot, and is gone; its journal."""
    with WorkerLock(spool) as lock:
        leased = lease_next(Batch.objects.filter, spool, lock.holder, Throttle({}), MINUTE, set())
        assert leased
        leased.before_dot(next(iter(leased)).pk)
    return leased.journal.path


def test_who_never_stood_before_the_dot_is_sent_to_by_the_next(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(5))
    die_with_a_batch(spool)
    with SmtpServer() as server:
        work(spool, server.port, until=lambda: not send.recipients.unsettled().exists())

    assert send.counts() == {"unknown": 1, "submitted": 4}
    assert len(server.taken) == 4


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("truncated", "The journal is cut short."),
        ("gone", "The journal can’t be opened: No such file or directory."),
    ],
)
def test_a_batch_whose_journal_can_not_be_read_is_held_until_a_person_decides(
    send_to: SendTo, spool: Spool, harm: str, said: str
) -> None:
    send = send_to(*readers(5))
    journal = die_with_a_batch(spool)
    if harm == "truncated":
        os.truncate(journal, 70)
    else:
        journal.unlink()
    with SmtpServer() as server:
        work(spool, server.port, seconds=2)
        assert not server.taken

        batch = send.batches.get()
        assert batch.state == Batch.State.HELD
        assert batch.words == said
        assert send.counts() == {"queued": 5}

        assert batch.give_up() == 5
        assert send.counts() == {"unknown": 5}
        send.refresh_from_db()
        assert send.state == Send.State.DONE
        send.send_unknown_again("Iris")
        work(spool, server.port)
        assert arrived(server) == Counter(readers(5))


def test_a_lease_of_another_host_is_left_to_it(send_to: SendTo, spool: Spool, tmp_path: Path) -> None:
    """Its journal is there, and nobody else can tell who has the message."""
    send = send_to(*readers(5))
    elsewhere = Spool(tmp_path / "elsewhere")
    die_with_a_batch(elsewhere)
    with SmtpServer() as server:
        with clock.moved_to(clock.now() + timedelta(days=1)):
            work(spool, server.port, seconds=2)
        assert not server.taken
        assert send.batches.get().state == Batch.State.LEASED

        work(elsewhere, server.port, until=lambda: not send.recipients.unsettled().exists())
        assert send.counts() == {"unknown": 1, "submitted": 4}


def test_a_database_that_goes_away_in_the_middle_stops_nothing_for_good(
    send_to: SendTo, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's is locked for longer than one waits; PostgreSQL's ends all connections, as at a restart."""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 0.2)
    send = send_to()
    materialise_in_batches_of_ten(send, 300)
    with SmtpServer(Script((Rule("dot", Act(waits=0.01)),))) as server:
        at_work = Thread(
            target=work,
            args=(spool, server.port),
            kwargs={"until": lambda: not send.recipients.unsettled().exists()},
        )
        at_work.start()
        for taken in (20, 120):
            await_it(lambda taken=taken: len(server.taken) >= taken)
            go_away()
        at_work.join(60)

    assert arrived(server) == Counter(readers(300))
    assert send.counts() == {"submitted": 300}


def go_away() -> None:
    if connection.vendor == "sqlite":
        with transaction.atomic():
            time.sleep(1.5)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("after", range(4))
def test_a_lease_that_the_database_goes_away_in_is_given_back_at_once(
    send_to: SendTo, spool: Spool, after: int
) -> None:
    """In whichever statement that is: the row may be leased, and nobody serves it."""
    send_to(*readers(2))
    unserved: set[Lease] = set()
    seen = 0

    def goes_away(execute: Callable[..., object], sql: str, *rest: object) -> object:
        nonlocal seen
        if seen or (sql.startswith("UPDATE") and '"epoch"' in sql):
            seen += 1
            if seen > after:
                raise OperationalError("terminating connection")
        return execute(sql, *rest)

    with WorkerLock(spool) as lock:
        with suppress(OperationalError), connection.execute_wrapper(goes_away):
            leased = lease_next(Batch.objects.filter, spool, lock.holder, Throttle({}), MINUTE, unserved)
            EnvelopeBuilder("letters@meridian.example").fetch(leased.batch)
        assert seen > after
        recover(spool, unserved)
        assert Batch.objects.get().state == Batch.State.QUEUED

        leased = lease_next(Batch.objects.filter, spool, lock.holder, Throttle({}), MINUTE, unserved)
        assert leased
        unserved.clear()
        recover(spool, unserved)
        assert Batch.objects.get().state == Batch.State.LEASED


def test_a_bounce_that_comes_before_the_answer_is_written_stays(send_to: SendTo, spool: Spool) -> None:
    send = send_to("ada@reader.example")
    with WorkerLock(spool) as lock:
        leased = lease_next(Batch.objects.filter, spool, lock.holder, Throttle({}), MINUTE, set())
        assert leased
        ada = next(iter(leased))
        leased.before_dot(ada.pk)
        send.recipients.update(state=Recipient.State.BOUNCED)
        leased.after(ada.pk, ACCEPTED)
        leased.batch.settle(leased.outcomes)

    assert send.counts() == {"bounced": 1}

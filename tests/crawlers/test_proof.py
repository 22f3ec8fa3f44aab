"""Proofs in the background: asked for once, kept for a while, and bounded."""

from datetime import datetime, timedelta
from ipaddress import ip_address

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from broadsheet.crawlers import models, proving
from broadsheet.crawlers.known import KNOWN
from broadsheet.crawlers.models import CrawlerProof
from broadsheet.platform import clock
from broadsheet.platform.processes.scheduler import sweep
from tests.crawlers.agents import ANYBODYS, ANYBODYS_SIX, GOOGLES, GOOGLES_NAME
from tests.name_server import NameServer

GOOGLEBOT = KNOWN["googlebot"]
State = CrawlerProof.State


def is_proven(address: str = GOOGLES) -> bool:
    return proving.is_proven(GOOGLEBOT, ip_address(address))


def only_proof() -> CrawlerProof:
    return CrawlerProof.objects.get()


@pytest.fixture
def by_hand(settings, db: None) -> None:
    """Tasks wait in their table, as in production; nothing carries them out."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def fill(count: int, **fields: object) -> None:
    now = clock.now()
    rows = [
        CrawlerProof(
            address=str(ip_address("2.0.0.0") + n),
            network=str(ip_address("2.0.0.0") + n),
            crawler="googlebot",
            **{"asked_at": now, "due_at": now, **fields},
        )
        for n in range(count)
    ]
    CrawlerProof.objects.bulk_create(rows)


def test_the_first_request_is_unproven_and_the_next_one_is_not(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    assert not is_proven()
    assert is_proven()


def test_a_proof_is_kept_for_a_week_and_asks_nobody(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    is_proven()
    asked = len(name_server.asked)
    with clock.moved_to(clock.now() + timedelta(days=5, hours=23)):
        assert is_proven()
    assert len(name_server.asked) == asked


def test_a_crawler_that_comes_often_never_loses_its_proof(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    start = clock.now()
    is_proven()
    for hours in range(12, 30 * 24, 12):
        with clock.moved_to(start + timedelta(hours=hours)):
            assert is_proven(), hours


def test_an_expired_proof_proves_nothing_until_it_is_found_again(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    is_proven()
    with clock.moved_to(clock.now() + timedelta(days=7, seconds=1)):
        assert not is_proven()
        assert is_proven()


def test_an_address_that_changed_hands_is_refuted(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    is_proven()
    name_server.forget()
    with clock.moved_to(clock.now() + timedelta(days=6, hours=1)):
        assert is_proven()  # until it was looked up again, which this request asked for
        assert not is_proven()
        assert only_proof().state == State.REFUTED


def test_a_false_googlebot_is_refuted_for_a_day(db: None, name_server: NameServer) -> None:
    name_server.names(ANYBODYS, GOOGLES_NAME)
    name_server.leads(GOOGLES_NAME, GOOGLES)
    assert not any(is_proven(ANYBODYS) for _ in range(5))
    assert only_proof().state == State.REFUTED
    asked = len(name_server.asked)
    with clock.moved_to(clock.now() + timedelta(hours=23)):
        assert not is_proven(ANYBODYS)
    assert len(name_server.asked) == asked
    with clock.moved_to(clock.now() + timedelta(hours=25)):
        assert not is_proven(ANYBODYS)
    assert len(name_server.asked) > asked


def test_a_proof_holds_for_one_crawler_alone(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    is_proven()
    bing = KNOWN["bingbot"]
    assert not proving.is_proven(bing, ip_address(GOOGLES))
    assert not proving.is_proven(bing, ip_address(GOOGLES))


def test_no_answer_leaves_it_pending_and_is_asked_again_ever_later(db: None, name_server: NameServer) -> None:
    name_server.fails(GOOGLES)
    at = start = clock.now()
    waits = []
    with clock.moved_to(at):
        is_proven()
    for _ in range(6):
        proof = only_proof()
        assert proof.state == State.PENDING
        waits.append(round((proof.due_at - at).total_seconds() / 60))
        at = proof.due_at
        # Moved beyond it by a second: the clock runs on while the name server is asked.
        with clock.moved_to(at + timedelta(seconds=1)):
            assert CrawlerProof.objects.check_due(10) == 1
    assert waits == [1, 5, 25, 125, 360, 360]  # minutes
    name_server.mend()
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    with clock.moved_to(start + timedelta(hours=23)):
        CrawlerProof.objects.check_due(10)
        assert is_proven()


def test_while_it_waits_a_request_asks_nothing_anew(by_hand: None, name_server: NameServer) -> None:
    for _ in range(10):
        assert not is_proven()
    assert DBTaskResult.objects.count() == 1
    assert name_server.asked == []


def test_the_sweep_finds_what_a_lost_task_left(by_hand: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    assert not is_proven()
    DBTaskResult.objects.all().delete()
    with clock.moved_to(clock.now() + timedelta(minutes=2)):
        sweep()
        assert is_proven()


def test_a_flood_of_false_names_fills_neither_the_table_nor_the_queue(by_hand: None) -> None:
    for n in range(models.MOST_WAITING + 50):
        is_proven(str(ip_address("2.0.0.0") + n))
    assert CrawlerProof.objects.count() == models.MOST_WAITING
    assert DBTaskResult.objects.count() == 1


def test_one_network_without_end_has_no_more_than_its_share(by_hand: None) -> None:
    for n in range(models.MOST_OF_NETWORK + 20):
        is_proven(str(ip_address(ANYBODYS_SIX) + (n << 64)))
    assert CrawlerProof.objects.count() == models.MOST_OF_NETWORK
    is_proven(GOOGLES)
    assert CrawlerProof.objects.filter(address=GOOGLES).exists()


def test_what_nobody_answers_makes_place_for_a_new_claim(by_hand: None) -> None:
    fill(models.MOST_WAITING, tries=1, due_at=clock.now() + timedelta(hours=1))
    is_proven()
    assert CrawlerProof.objects.filter(address=GOOGLES).exists()
    assert CrawlerProof.objects.count() == models.MOST_WAITING


def test_new_claims_are_looked_up_before_those_that_failed(by_hand: None, name_server: NameServer) -> None:
    fill(20, tries=2, due_at=clock.now() - timedelta(hours=1))
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    is_proven()
    CrawlerProof.objects.check_due(1)
    assert is_proven()


def test_refuted_claims_are_bounded(
    db: None, name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MOST_REFUTED", 30)
    now = clock.now()
    for n in range(5):
        fill_refuted(n, now + timedelta(seconds=n))
    for n in range(60):
        is_proven(str(ip_address("3.0.0.0") + n))
    kept = CrawlerProof.objects.filter(state=State.REFUTED)
    assert kept.count() == 30
    assert not kept.filter(address__startswith="2.").exists()  # the oldest go


def fill_refuted(n: int, at: datetime) -> None:
    CrawlerProof.objects.create(
        address=f"2.0.0.{n}",
        network=f"2.0.0.{n}",
        crawler="googlebot",
        state=State.REFUTED,
        asked_at=at,
        checked_at=at - timedelta(hours=1),
        valid_until=at + timedelta(days=1),
    )


def test_once_a_day_what_has_ended_goes(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    name_server.fails(ANYBODYS_SIX)
    is_proven()
    is_proven(ANYBODYS)
    is_proven(ANYBODYS_SIX)
    assert set(CrawlerProof.objects.values_list("state", flat=True)) == set(State.values)
    with clock.moved_to(clock.now() + timedelta(days=2)):
        sweep()
        assert [proof.address for proof in CrawlerProof.objects.all()] == [GOOGLES]
    with clock.moved_to(clock.now() + timedelta(days=9)):
        sweep()
    assert not CrawlerProof.objects.exists()


def test_an_address_is_written_once_for_each_crawler(db: None) -> None:
    fill(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        fill(1)


def test_a_proof_without_an_end_is_refused(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        fill(1, state=State.PROVEN)


def test_what_is_looked_up_twice_at_once_ends_the_same(db: None, name_server: NameServer) -> None:
    name_server.confirms(GOOGLES, GOOGLES_NAME)
    fill(1)
    first, second = only_proof(), only_proof()
    first.settle(True)
    second.settle(True)
    assert only_proof().state == State.PROVEN
    first.delete()
    second.settle(False)
    assert not CrawlerProof.objects.exists()

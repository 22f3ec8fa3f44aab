"""Nobody twice, nobody missed: workers that die, sleep and come back, in any order that can be thought of.

The mailboxes are the ledger of truth: what arrived there is compared with what the rows say at the end.
"""

import os
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from itertools import batched, islice
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from broadsheet.delivery.models import Addressee, Batch, BatchQuerySet, Lane, Recipient, Send
from broadsheet.delivery.models.batch import LEASE
from broadsheet.delivery.recovery import recover
from broadsheet.delivery.smtp import Answer, Result, Sealed
from broadsheet.delivery.spool import Spool, WorkerLock
from broadsheet.delivery.throttle import Throttle
from broadsheet.delivery.worker.leased_batch import LeasedBatch
from broadsheet.delivery.worker.leasing import lease_next
from broadsheet.platform import clock
from tests.delivery.conftest import SendTo, readers
from tests.examples import EXAMPLES

ACCEPTED = Answer(Result.SUBMITTED, 250, "2.0.0", "Ok")
LATER = Answer(Result.DEFERRED, 451, "4.3.0", "Try again later")
NEVER = Answer(Result.REFUSED, 550, "5.1.1", "No such user")
GONE = Answer(Result.UNKNOWN, words="The connection was lost after the dot")
NOT_YET = Answer(Result.UNSENT, words="The connection was lost")

WORKERS = 3
SOME = st.integers(0, 10)
"""Which of the workers, batches, messages there are."""


class Hand:
    """A worker's, and the batches in it: those it still gives out, and whose dot it has sent."""

    def __init__(self, spool: Spool) -> None:
        self.lock = WorkerLock(spool).__enter__()
        self.leased: list[LeasedBatch] = []
        self.on_the_way: list[tuple[LeasedBatch, Recipient]] = []
        self.past_the_dot: list[tuple[LeasedBatch, Recipient, Answer]] = []

    def die(self) -> None:
        """As the system has it after kill -9: its files are closed, and nothing else."""
        for leased in self.leased:
            os.close(leased.journal._file)
            leased.journal._file = -1
        os.close(self.lock._file)


class PostRoom(RuleBasedStateMachine):
    def __init__(self, send: Send, count: int) -> None:
        super().__init__()
        self.send, self.count = send, count
        self.folder = Path(tempfile.mkdtemp(prefix="broadsheet-once-"))
        self.spool = Spool(self.folder)
        self.hands = [Hand(self.spool) for _ in range(WORKERS)]
        self.mailboxes: Counter[int] = Counter()
        self.left_open = 0
        """Messages past their record, without an answer, when their worker died or overslept."""
        self.now = clock.now()

    def teardown(self) -> None:
        self.finish()
        shutil.rmtree(self.folder)

    def one_of(self, number: int, having: str) -> Hand:
        hands = [hand for hand in self.hands if getattr(hand, having)]
        return hands[number % len(hands)]

    @rule(number=SOME, messages=st.integers(0, 3))
    def one_leases_a_batch(self, number: int, messages: int) -> None:
        hand = self.hands[number % WORKERS]
        with clock.moved_to(self.now):
            leased = self.lease(hand)
        if leased:
            hand.leased.append(leased)
            self.begin(hand, leased, messages)

    def begin(self, hand: Hand, leased: LeasedBatch, messages: int) -> None:
        hand.on_the_way += [(leased, recipient) for recipient in islice(leased, messages)]

    def lease(self, hand: Hand) -> LeasedBatch | None:
        return lease_next(self.due, self.spool, hand.lock.holder, Throttle({}), LEASE, set())

    def due(self) -> BatchQuerySet:
        return self.send.batches.due(Lane.ISSUES)

    @precondition(lambda self: any(hand.leased for hand in self.hands))
    @rule(number=SOME, batch=SOME)
    def one_begins_a_message(self, number: int, batch: int) -> None:
        hand = self.one_of(number, "leased")
        self.begin(hand, hand.leased[batch % len(hand.leased)], 1)

    @precondition(lambda self: any(hand.on_the_way for hand in self.hands))
    @rule(number=SOME, message=SOME, answer=st.sampled_from([ACCEPTED, ACCEPTED, LATER, NEVER]))
    def one_sends_a_dot(self, number: int, message: int, answer: Answer) -> None:
        hand = self.one_of(number, "on_the_way")
        leased, recipient = hand.on_the_way.pop(message % len(hand.on_the_way))
        try:
            leased.before_dot(recipient.pk)
        except Sealed:
            return
        # The server decides now, whatever becomes of its answer.
        self.mailboxes[recipient.pk] += answer is ACCEPTED
        hand.past_the_dot.append((leased, recipient, answer))

    @precondition(lambda self: any(hand.on_the_way for hand in self.hands))
    @rule(number=SOME, message=SOME)
    def a_connection_is_lost_before_the_dot(self, number: int, message: int) -> None:
        hand = self.one_of(number, "on_the_way")
        leased, recipient = hand.on_the_way.pop(message % len(hand.on_the_way))
        leased.after(recipient.pk, NOT_YET)

    @precondition(lambda self: any(hand.past_the_dot for hand in self.hands))
    @rule(number=SOME, message=SOME, is_lost=st.booleans())
    def an_answer_comes(self, number: int, message: int, is_lost: bool) -> None:
        hand = self.one_of(number, "past_the_dot")
        leased, recipient, answer = hand.past_the_dot.pop(message % len(hand.past_the_dot))
        self.left_open += is_lost
        leased.after(recipient.pk, GONE if is_lost else answer)

    @rule()
    def all_settle_what_is_over(self) -> None:
        for hand in self.hands:
            for leased in [leased for leased in hand.leased if leased.is_over]:
                hand.leased.remove(leased)
                self.settle(leased)

    def settle(self, leased: LeasedBatch) -> None:
        with clock.moved_to(self.now):
            leased.batch.settle(leased.outcomes)
        leased.journal.discard()

    @rule(number=SOME)
    def one_does_a_whole_batch(self, number: int) -> None:
        with clock.moved_to(self.now):
            leased = self.lease(self.hands[number % WORKERS])
        if leased:
            self.send_all(leased)

    def send_all(self, leased: LeasedBatch) -> None:
        for recipient in leased:
            leased.before_dot(recipient.pk)
            self.mailboxes[recipient.pk] += 1
            leased.after(recipient.pk, ACCEPTED)
        self.settle(leased)

    @rule()
    def all_oversleep_their_leases(self) -> None:
        self.now += 2 * LEASE
        self.somebody_recovers()

    @rule(number=SOME)
    def one_is_killed(self, number: int) -> None:
        """And another begins."""
        self.kill(self.hands.pop(number % WORKERS))
        self.hands.append(Hand(self.spool))

    def kill(self, hand: Hand) -> None:
        self.left_open += len(hand.past_the_dot)
        hand.die()

    @rule(minutes=st.sampled_from([-30, 2, 6, 500]))
    def time_passes(self, minutes: int) -> None:
        """More than a lease, so that everyone has overslept; or the clock is put back."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def somebody_recovers(self) -> None:
        self.left_open += sum(
            leased.batch.leased_until is not None and leased.batch.leased_until <= self.now
            for hand in self.hands
            for leased, _recipient, _answer in hand.past_the_dot
        )
        with clock.moved_to(self.now):
            recover(self.spool)

    @invariant()
    def nobody_has_it_twice(self) -> None:
        assert not [pk for pk, count in self.mailboxes.items() if count > 1]

    def finish(self) -> None:
        """Everyone dies; then a worker comes whom nothing happens to."""
        for hand in self.hands:
            self.kill(hand)
        last = Hand(self.spool)
        for _ in range(400):
            self.now += timedelta(hours=5)
            with clock.moved_to(self.now):
                recover(self.spool)
                leased = self.lease(last)
            if leased is None:
                break
            self.send_all(leased)
        last.die()
        self.compare()

    def compare(self) -> None:
        self.nobody_has_it_twice()
        Send.objects.filter(pk=self.send.pk).finish()
        self.send.refresh_from_db()
        assert self.send.state == Send.State.DONE
        assert not self.send.batches.exclude(state=Batch.State.DONE).exists()
        rows = dict(self.send.recipients.values_list("pk", "state"))
        assert len(rows) == self.count
        for pk, state in rows.items():
            if state == Recipient.State.SUBMITTED:
                assert self.mailboxes[pk] == 1, "who is said to have it has it"
            elif state == Recipient.State.REFUSED:
                assert self.mailboxes[pk] == 0, "who is said not to have it has not"
            else:
                assert state == Recipient.State.UNKNOWN, "and of the others it is said"
        assert self.send.counts().get(Recipient.State.UNKNOWN, 0) <= self.left_open


def test_nobody_gets_it_twice_and_nobody_is_missed(send_to: SendTo) -> None:
    def room() -> PostRoom:
        send = send_to()
        cohort = send.cohorts.get()
        for few in batched(readers(7), 3, strict=False):
            cohort.materialise(Addressee(address, address) for address in few)
        return PostRoom(send, 7)

    run_state_machine_as_test(
        room,
        settings=settings(
            max_examples=max(1, EXAMPLES // 20), stateful_step_count=40, deadline=None, derandomize=True
        ),
    )

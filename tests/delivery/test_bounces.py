"""What follows from what came back: in the ledger, and for the address."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.conf import settings as configured
from pytest_django import Settings

from broadsheet.delivery.intake import Kind, Report, read
from broadsheet.delivery.message import Forged, return_path
from broadsheet.delivery.models import Bounce, Outcome, Recipient, Suppression
from broadsheet.platform import clock
from tests.delivery.envelopes import DOMAIN, became, freeze, path_of, submitted
from tests.delivery.intake import samples
from tests.delivery.reports import came, reason_of

ADA = "ada@reader.example"
State, Reason = Recipient.State, Suppression.Reason

pytestmark = pytest.mark.django_db


def about(raw: bytes, recipient: Recipient) -> bytes:
    return raw.replace(samples.OURS.encode(), path_of(recipient).encode())


# --- Of which message ---------------------------------------------------------------------------------


def test_a_returned_message_is_found_by_its_return_path() -> None:
    other, ada = submitted("bruno@reader.example", "other"), submitted(ADA)
    bounce = Bounce.objects.take_in(read(about(samples.POSTFIX, ada)))
    assert bounce is not None
    assert (bounce.recipient, bounce.kind, bounce.address) == (ada, "hard", ADA)
    ada.refresh_from_db()
    other.refresh_from_db()
    assert (ada.state, other.state) == (State.BOUNCED, State.SUBMITTED)
    assert "User unknown in virtual mailbox table" in ada.words
    assert reason_of(ADA) == Reason.HARD_BOUNCE


def test_a_notification_without_the_original_is_found_too() -> None:
    ada = submitted(ADA)
    Bounce.objects.take_in(read(about(samples.WITHOUT_ORIGINAL, ada)))
    ada.refresh_from_db()
    assert ada.state == State.BOUNCED


@pytest.mark.parametrize("raw", [samples.POSTFIX, samples.COMPLAINT])
def test_a_forged_return_path_is_refused(raw: bytes) -> None:
    ada = submitted(ADA)
    forged = return_path(b"somebody else's", ada.pk, DOMAIN).encode()
    with pytest.raises(Forged):
        Bounce.objects.take_in(read(raw.replace(samples.OURS.encode(), forged)))
    ada.refresh_from_db()
    assert ada.state == State.SUBMITTED
    assert not Bounce.objects.exists()
    assert not Suppression.objects.exists()


def test_a_signature_speaks_for_no_other_message() -> None:
    ada, bruno = submitted(ADA), submitted("bruno@reader.example", "other")
    moved = path_of(ada).replace(f"+{ada.pk}-", f"+{bruno.pk}-")
    with pytest.raises(Forged):
        Bounce.objects.take_in(Report(Kind.HARD, "0" * 64, (moved,), bruno.address))


def test_a_server_that_writes_addresses_in_capitals_is_believed_too() -> None:
    ada = submitted(ADA)
    shouted = samples.POSTFIX.replace(samples.OURS.encode(), path_of(ada).upper().encode())
    assert Bounce.objects.take_in(read(shouted)) is not None
    assert reason_of(ADA) == Reason.HARD_BOUNCE


def test_whom_the_report_names_counts_for_nothing_beside_its_return_path() -> None:
    ada = submitted(ADA)
    lies = Report(Kind.HARD, "0" * 64, (path_of(ada),), "bruno@reader.example")
    Bounce.objects.take_in(lies)
    assert reason_of("bruno@reader.example") is None
    assert reason_of(ADA) == Reason.HARD_BOUNCE


def test_a_key_that_was_changed_still_knows_its_return_paths(settings: Settings) -> None:
    ada = submitted(ADA)
    report = came(ada, Kind.HARD)
    settings.SECRET_KEY_FALLBACKS = [configured.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-came-later" * 2
    assert Bounce.objects.take_in(report) is not None
    assert reason_of(ADA) == Reason.HARD_BOUNCE


def test_of_a_send_that_is_gone_a_report_is_kept_but_believed_of_nobody() -> None:
    ada = submitted(ADA)
    report = came(ada, Kind.HARD)
    ada.send.delete()
    assert Bounce.objects.take_in(report) is not None
    assert not Suppression.objects.exists()


# --- What becomes of the recipient --------------------------------------------------------------------


def test_a_bounce_resolves_an_unknown() -> None:
    send = freeze(ADA)
    became(send, State.UNKNOWN, "The connection died.")
    ada = send.recipients.get()
    Bounce.objects.take_in(came(ada, Kind.SOFT, "552 5.2.2 full"))
    ada.refresh_from_db()
    assert (ada.state, ada.words) == (State.BOUNCED, "552 5.2.2 full")


def test_a_server_that_still_tries_resolves_an_unknown_as_submitted() -> None:
    send = freeze(ADA)
    became(send, State.UNKNOWN)
    ada = send.recipients.get()
    assert Bounce.objects.take_in(read(about(samples.DELAYED, ada))) is None
    ada.refresh_from_db()
    assert ada.state == State.SUBMITTED
    assert not Bounce.objects.exists()


def test_a_bounce_that_overtakes_the_servers_answer_stays() -> None:
    send = freeze(ADA)
    ada = send.recipients.get()
    Bounce.objects.take_in(came(ada, Kind.HARD))
    batch = send.batches.get()
    assert batch.lease("worker", "here")
    batch.settle({ada.pk: Outcome(State.SUBMITTED, "250 OK")})
    ada.refresh_from_db()
    assert ada.state == State.BOUNCED


def test_a_late_bounce_after_unsubscribing_still_counts() -> None:
    ada = submitted(ADA, at=clock.now() - timedelta(days=40))
    later = freeze(ADA, key="2026-12-01")
    became(later, State.SKIPPED, "Unsubscribed.")
    Bounce.objects.take_in(came(ada, Kind.HARD))
    ada.refresh_from_db()
    assert ada.state == State.BOUNCED
    assert later.recipients.get().state == State.SKIPPED
    assert reason_of(ADA) == Reason.HARD_BOUNCE


# --- Again, and in another order ----------------------------------------------------------------------


def test_the_same_report_twice_counts_once() -> None:
    ada = submitted(ADA)
    raw = about(samples.POSTFIX, ada)
    first, second = Bounce.objects.take_in(read(raw)), Bounce.objects.take_in(read(raw))
    assert first == second
    assert Bounce.objects.count() == 1


def test_the_same_report_after_its_suppression_was_lifted_changes_nothing() -> None:
    ada = submitted(ADA)
    report = came(ada, Kind.HARD)
    Bounce.objects.take_in(report)
    Suppression.objects.get().lift()
    Bounce.objects.take_in(report)
    assert reason_of(ADA) is None


def test_in_every_order_reports_end_in_the_same() -> None:
    ends = set()
    kinds = (Kind.SOFT, Kind.HARD, Kind.COMPLAINT, Kind.TAKEN)
    for number, order in enumerate(permutations(kinds)):
        address = f"reader-{number}@reader.example"
        send = freeze(address, key=f"send {number}")
        became(send, State.UNKNOWN)
        ada = send.recipients.get()
        reports = [came(ada, kind, f"words of {kind}") for kind in order]
        for report in [*reports, reports[0]]:
            Bounce.objects.take_in(report)
        ada.refresh_from_db()
        suppression = Suppression.objects.of(address).get()
        ends.add((ada.state, ada.words, suppression.reason, suppression.words, ada.bounces.count()))
    assert ends == {("complained", "words of complaint", "complaint", "words of complaint", 3)}

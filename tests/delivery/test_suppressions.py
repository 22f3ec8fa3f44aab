"""When an address is suppressed, how that ends, and what is kept of somebody who is gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from broadsheet.delivery import keys
from broadsheet.delivery.addresses import fingerprint
from broadsheet.delivery.forgetting import forget
from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.models import Bounce, Recipient, Suppression
from broadsheet.platform import clock
from tests.delivery.envelopes import freeze, submitted
from tests.delivery.reports import came, reason_of

ADA = "ada@reader.example"
State, Reason = Recipient.State, Suppression.Reason

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", [Kind.HARD, Kind.COMPLAINT])
def test_one_is_enough_where_it_speaks_of_the_address(kind: Kind) -> None:
    Bounce.objects.take_in(came(submitted(ADA), kind))
    assert reason_of(ADA) is not None
    # However the next room writes it.
    assert reason_of("ADA@Reader.example") is not None
    assert reason_of("ada+news@reader.example") is None


@pytest.fixture
def issues() -> Callable[..., None]:
    """`issues("rr.r")` sends Ada one each second day, up to today: r was returned, softly, . was not."""

    def issues(outcomes: str, every: timedelta = timedelta(days=2), order: int = 1) -> None:
        began = clock.now() - every * len(outcomes)
        went = [
            (submitted(ADA, f"issue {n}", began + every * n), outcome) for n, outcome in enumerate(outcomes)
        ]
        for recipient, outcome in went[::order]:
            if outcome == "r":
                Bounce.objects.take_in(came(recipient, Kind.SOFT, "552 5.2.2 full"))

    return issues


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("outcomes", "suppressed"),
    [
        ("rrrr", False),
        ("rrrrr", True),
        ("rrrr.rrrr", False),
        ("rr.rrrrr.", True),
        ("r.r.r.r.r.r.r.r", False),
    ],
)
def test_only_message_after_message_returned_softly_suppresses(
    issues: Callable[..., None], outcomes: str, suppressed: bool, order: int
) -> None:
    issues(outcomes, order=order)
    assert (reason_of(ADA) == Reason.SOFT_BOUNCES) is suppressed


def test_a_bad_day_of_a_server_suppresses_nobody(issues: Callable[..., None]) -> None:
    issues("rrrrrrrr", every=timedelta(hours=3))
    assert reason_of(ADA) is None


def test_what_is_long_past_does_not_count(issues: Callable[..., None]) -> None:
    issues("rrrrr", every=timedelta(days=20))
    assert reason_of(ADA) is None


def test_what_comes_back_of_earlier_messages_does_not_bring_a_lifted_one_back() -> None:
    before = submitted(ADA, at=clock.now() - timedelta(days=2))
    Bounce.objects.take_in(came(before, Kind.HARD))
    assert Suppression.objects.get().lift()
    Bounce.objects.take_in(came(before, Kind.COMPLAINT))
    assert reason_of(ADA) is None
    after = submitted(ADA, "next", at=clock.now() + timedelta(hours=1))
    Bounce.objects.take_in(came(after, Kind.HARD))
    assert reason_of(ADA) == Reason.HARD_BOUNCE


def test_soft_ones_before_it_was_lifted_do_not_count(issues: Callable[..., None]) -> None:
    issues("rrrrr")
    Suppression.objects.get().lift()
    after = submitted(ADA, "next", at=clock.now() + timedelta(days=1))
    Bounce.objects.take_in(came(after, Kind.SOFT, "552 5.2.2 full"))
    assert reason_of(ADA) is None


def traces_of(address: str) -> list[str]:
    rows: list[dict[str, object]] = []
    for model in (Recipient, Bounce, Suppression):
        rows += model.objects.values()
    return [str(row) for row in rows if address in str(row)]


def test_a_complaint_of_an_erased_reader_suppresses_by_the_fingerprint_alone() -> None:
    ada = submitted(ADA)
    report = came(ada, Kind.COMPLAINT)
    forget(ADA)
    assert traces_of(ADA) == []
    Bounce.objects.take_in(report)
    suppression = Suppression.objects.get()
    assert (suppression.address, suppression.reason) == ("", Reason.COMPLAINT)
    assert suppression.fingerprint == fingerprint(ADA)
    assert reason_of(ADA) == Reason.COMPLAINT
    assert traces_of(ADA) == []


def test_a_suppression_outlives_its_readers_account() -> None:
    Bounce.objects.take_in(came(submitted(ADA), Kind.HARD, f"550 5.1.1 <{ADA}>: user unknown"))
    forget(ADA)
    assert traces_of(ADA) == []
    assert reason_of(ADA) == Reason.HARD_BOUNCE


def test_what_is_queued_for_an_erased_reader_is_skipped() -> None:
    send = freeze(ADA, "bruno@reader.example")
    forget(ADA)
    assert sorted(send.recipients.values_list("state", flat=True)) == [State.QUEUED, State.SKIPPED]


def test_a_provider_is_believed_about_an_address_without_a_message() -> None:
    report = Report(Kind.COMPLAINT, "1" * 64, (), ADA, "", "Mailgun")
    Bounce.objects.take_in(report, is_vouched_for=True)
    assert reason_of(ADA) == Reason.COMPLAINT


def test_fingerprints_are_keyed() -> None:
    assert len(keys.secrets()) == 1
    assert fingerprint(ADA) == fingerprint("ADA@reader.example") != fingerprint("a.da@reader.example")


def test_an_address_beyond_ascii_is_forgotten_too(db: None) -> None:
    send = freeze("Ärne@reader.example", key="capitals")
    forget("Ärne@reader.example")
    assert "rne" not in send.recipients.get().address


def test_what_comes_back_of_an_erased_reader_does_not_bring_their_address() -> None:
    ada = submitted("Ada@reader.example")
    Recipient.objects.update(words="250 <ADA@Reader.example> queued")
    forget("ada@reader.example")
    Bounce.objects.take_in(came(ada, Kind.HARD, "550 5.1.1 <ada@reader.example>: user unknown"))
    assert traces_of("ada@reader.example") == []
    assert "reader.example" not in Recipient.objects.get(pk=ada.pk).words.lower()

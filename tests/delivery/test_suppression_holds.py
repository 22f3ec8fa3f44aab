"""Many addresses of one provider reported as gone within an hour: first a person decides."""

from datetime import timedelta

import pytest

from broadsheet.delivery.forgetting import forget
from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.models import Bounce, Recipient, Suppression, SuppressionHold
from broadsheet.delivery.models.suppression_hold import MANY
from broadsheet.platform import clock
from tests.delivery.envelopes import became, freeze, path_of

pytestmark = pytest.mark.django_db


def sent(count: int, domain: str = "reader.example", key: str = "morning") -> list[Recipient]:
    """To so many of one provider, all of whom were taken."""
    send = freeze(*(f"reader-{number}@{domain}" for number in range(count)), key=key)
    became(send, Recipient.State.SUBMITTED, "250 2.0.0 OK")
    return list(send.recipients.all())


def return_hard(*recipients: Recipient) -> None:
    for recipient in recipients:
        report = Report(
            Kind.HARD, f"{recipient.pk:064}", (path_of(recipient),), words="550 5.1.1 user unknown"
        )
        Bounce.objects.take_in(report)


def suppressed() -> int:
    return Suppression.objects.active().count()


def test_a_few_dead_mailboxes_are_suppressed_at_once() -> None:
    return_hard(*sent(40)[: MANY - 1])
    assert suppressed() == MANY - 1
    assert not SuppressionHold.objects.exists()


@pytest.mark.parametrize("others", [0, 40])
def test_many_at_once_are_held_with_those_that_came_before_it_was_noticed(others: int) -> None:
    return_hard(*sent(MANY + others)[:MANY])
    assert suppressed() == 0
    hold = SuppressionHold.objects.undecided().get()
    assert (hold.domain, hold.bounces.count()) == ("reader.example", MANY)
    # The ledger tells what came back all the same.
    assert Recipient.objects.filter(state=Recipient.State.BOUNCED).count() == MANY


def test_later_reports_fall_under_the_same_hold() -> None:
    recipients = sent(60)
    return_hard(*recipients[: MANY + 5])
    assert suppressed() == 0
    assert SuppressionHold.objects.get().bounces.count() == MANY + 5


def test_many_of_a_list_so_long_that_as_many_are_likely_are_suppressed() -> None:
    return_hard(*sent(21 * MANY)[:MANY])
    assert suppressed() == MANY
    assert not SuppressionHold.objects.exists()


def test_many_from_many_providers_are_suppressed() -> None:
    for number in range(MANY + 3):
        return_hard(*sent(2, f"reader-{number}.example", key=f"to {number}")[:1])
    assert suppressed() == MANY + 3


def test_many_over_many_hours_are_suppressed() -> None:
    begun = clock.now()
    for hour, recipient in enumerate(sent(60)[: MANY + 3]):
        with clock.moved_to(begun + timedelta(hours=2 * hour)):
            return_hard(recipient)
    assert suppressed() == MANY + 3


def test_the_other_providers_reports_count_as_before() -> None:
    return_hard(*sent(MANY))
    return_hard(sent(3, "halden.example", key="evening")[0])
    assert [row.address for row in Suppression.objects.active()] == ["reader-0@halden.example"]


def test_a_complaint_suppresses_even_while_reports_are_held() -> None:
    recipients = sent(MANY + 1)
    return_hard(*recipients[:MANY])
    Bounce.objects.take_in(Report(Kind.COMPLAINT, "c" * 64, (path_of(recipients[-1]),)))
    assert Suppression.objects.active().get().reason == Suppression.Reason.COMPLAINT


def test_what_the_staff_had_suppressed_before_stays_so() -> None:
    recipients = sent(MANY)
    Suppression.suppress(recipients[0].address, Suppression.Reason.STAFF, "by letter")
    return_hard(*recipients)
    assert Suppression.objects.active().get().reason == Suppression.Reason.STAFF


def test_believed_they_are_all_suppressed_and_so_are_those_that_come_later() -> None:
    recipients = sent(MANY + 1)
    return_hard(*recipients[:MANY])
    forget(recipients[0].address)
    hold = SuppressionHold.objects.get()
    assert hold.suppress("Edith")
    assert suppressed() == MANY
    return_hard(recipients[-1])
    assert suppressed() == MANY + 1
    assert not hold.dismiss("Farid")
    assert (hold.decision, hold.decided_by) == ("suppress", "Edith")


def test_not_believed_nobody_is_suppressed_for_a_day() -> None:
    recipients = sent(MANY + 2)
    return_hard(*recipients[:MANY])
    hold = SuppressionHold.objects.get()
    assert hold.dismiss("Edith")
    return_hard(recipients[MANY])
    assert suppressed() == 0
    with clock.moved_to(clock.now() + timedelta(days=2)):
        return_hard(recipients[MANY + 1])
    assert suppressed() == 1

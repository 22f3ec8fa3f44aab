"""What the demo has sent: believable, and such that its desk has something to show."""

import pytest

from broadsheet.delivery.models import Bounce, Recipient, Send, Suppression
from broadsheet.demo.sends import make_sends
from broadsheet.platform import clock

KNOWN = ["reader@meridian.example", "subscriber@meridian.example"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _made() -> None:
    make_sends(clock.now(), KNOWN)


def test_the_ledger_holds_one_of_each_fate() -> None:
    done = Recipient.objects.filter(send__state=Send.State.DONE)
    fates = set(done.values_list("state", flat=True).order_by())
    assert fates == {"submitted", "refused", "skipped", "unknown", "bounced", "complained"}
    assert not done.filter(answered_at=None).exists()
    assert not done.filter(words="").exists()


def test_what_came_back_has_suppressed_whom_it_should() -> None:
    assert Bounce.objects.filter(recipient=None).count() == 0
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"hard_bounce", "complaint", "staff"}
    now = clock.now()
    assert all(bounce.at < now for bounce in Bounce.objects.all())


def test_one_send_waits_to_be_let_go() -> None:
    (waiting,) = Send.objects.filter(state=Send.State.HELD)
    assert waiting.counts() == {"queued": 60}
    assert waiting.resume(by="Edith Moreau")


def test_the_people_of_the_demo_are_among_its_readers() -> None:
    assert [Recipient.objects.to(address).count() for address in KNOWN] == [1, 3]


def test_who_was_suppressed_by_one_send_is_skipped_by_the_next() -> None:
    (gone, *_others) = Suppression.objects.filter(reason="hard_bounce").order_by("at")
    fates = Recipient.objects.to(gone.address).order_by("send_id").values_list("state", "words")
    assert [state for state, _words in fates] == ["bounced", "skipped", "queued"]
    assert fates[1][1] == "Suppressed: the mailbox does not exist"


def test_it_is_the_same_at_every_seeding() -> None:
    first = list(Recipient.objects.values_list("address", "state", "words").order_by("pk"))
    Send.objects.all().delete()
    Suppression.objects.all().delete()
    Bounce.objects.all().delete()
    make_sends(clock.now(), KNOWN)
    assert list(Recipient.objects.values_list("address", "state", "words").order_by("pk")) == first

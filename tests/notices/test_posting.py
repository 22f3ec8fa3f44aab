"""What must be said to somebody goes out once, whatever becomes of the mail server and of other letters."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.db.models import TextChoices
from django.utils import timezone, translation
from pytest_django import Settings

from broadsheet.membership.models import Withdrawal
from broadsheet.membership.notice_kinds import WithdrawalNotice
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.notices.posting import post_due
from broadsheet.people.letters import Letter
from broadsheet.people.models import Person
from tests.post import LetterBox, free_port


class Told(TextChoices):
    """What a room above has to say."""

    PLAIN = "told_plain", "Plain"
    FAULTY = "told_faulty", "Faulty"
    UNTRUE = "told_untrue", "Untrue"


@pytest.fixture
def told(db: None) -> Iterator[None]:
    def plain(notice: Notice) -> Letter:
        zone = timezone.get_current_timezone_name()
        return Letter(f"About {notice.about}", [f"{translation.get_language()}, {zone}"])

    def faulty(notice: Notice) -> Letter:
        raise ZeroDivisionError

    def untrue(notice: Notice) -> None:
        return None

    kinds.register(
        {Told.PLAIN: plain, Told.FAULTY: faulty, Told.UNTRUE: untrue},
        zone_of=lambda edition: ZoneInfo("Europe/London" if edition == "en-gb" else "America/New_York"),
    )
    yield
    kinds.unregister(*Told)


def set_down(kind: str, about: int, edition: str = "en-us") -> None:
    Notice.objects.set_down(kind, about, edition=edition, email="ada@reader.example")


def test_one_letter_that_cannot_be_written_stops_no_other(told: None, mailoutbox: list[EmailMessage]) -> None:
    set_down(Told.PLAIN, 1)
    set_down(Told.FAULTY, 2)
    set_down(Told.PLAIN, 3)

    with pytest.raises(ExceptionGroup) as raised:
        post_due()

    assert [message.subject for message in mailoutbox] == ["About 1", "About 3"]
    assert [type(fault) for fault in raised.value.exceptions] == [ZeroDivisionError]
    assert Notice.objects.get(sent_at=None).about == 2


def test_a_letter_that_could_not_be_written_is_tried_again(told: None) -> None:
    set_down(Told.FAULTY, 2)

    for __ in range(2):
        with pytest.raises(ExceptionGroup):
            post_due()


def test_what_is_not_true_any_more_is_dropped(told: None, mailoutbox: list[EmailMessage]) -> None:
    set_down(Told.UNTRUE, 1)

    assert [post_due(), post_due()] == [0, 0]
    assert Notice.objects.get().dropped_at
    assert not mailoutbox


def test_a_letter_speaks_the_language_and_the_time_of_its_edition(
    told: None, mailoutbox: list[EmailMessage]
) -> None:
    set_down(Told.PLAIN, 1, "en-us")
    set_down(Told.PLAIN, 2, "en-gb")

    post_due()

    american, british = (message.body for message in mailoutbox)
    assert "en-us, America/New_York" in american
    assert "en-gb, Europe/London" in british


def test_a_kind_that_no_room_registered_is_not_set_down(db: None) -> None:
    with pytest.raises(kinds.UnknownKind):
        set_down("unheard_of", 1)
    with pytest.raises(kinds.UnknownKind):
        Notice(kind="unheard_of", about=1, edition="en-us", email="ada@reader.example").save()
    assert not Notice.objects.exists()


def test_a_notice_bears_the_name_of_its_kind(told: None) -> None:
    set_down(Told.PLAIN, 7)

    assert str(Notice.objects.get()) == "Plain, 7"


def withdraw(email: str) -> None:
    Withdrawal(edition="en-us", name="Ada Brandt", email=email, contract="Digital").receive()


def mail_through(settings: Settings, port: int) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 10},
        }
    }


def test_while_the_mail_server_is_away_letters_wait_and_go_out_once_it_is_back(
    db: None, settings: Settings, smtp: LetterBox
) -> None:
    withdraw("ada@reader.example")
    mail_through(settings, free_port())
    assert post_due() == 0
    assert Notice.objects.get().sent_at is None
    mail_through(settings, smtp.port)
    assert [post_due(), post_due()] == [1, 0]
    assert len(smtp.to("ada@reader.example")) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_notice_set_down_again_is_said_once(ada: Person, count: int, mailoutbox: list[object]) -> None:
    withdraw("ada@reader.example")
    about = Withdrawal.objects.get().pk
    for __ in range(count):
        Notice.objects.set_down(WithdrawalNotice.RECEIVED, about, edition="en-us", email="ada@reader.example")
    assert post_due() == 1
    assert len(mailoutbox) == 1

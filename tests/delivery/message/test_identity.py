"""What a message is known by when something about it comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.delivery.message import Forged, message_id, return_path, returned
from tests.examples import many

SECRET, OLD = b"secret", b"old secret"
DOMAIN = "magazine.example"


@many
@given(st.integers(1, 2**63 - 1))
def test_a_return_path_names_its_row_however_it_is_written(row: int) -> None:
    path = return_path(SECRET, row, DOMAIN)
    assert returned([SECRET], path) == row
    assert returned([SECRET], path.upper()) == row
    assert len(path.partition("@")[0]) <= 64


def test_a_path_made_before_the_secret_changed_still_names_its_row() -> None:
    path = return_path(OLD, 7, DOMAIN)
    assert returned([SECRET, OLD], path) == 7
    with pytest.raises(Forged):
        returned([SECRET], path)


def forgeries() -> list[str]:
    path = return_path(SECRET, 7, DOMAIN)
    return [
        path.replace("+7-", "+8-"),
        path.replace("+7-", "+07-x"),
        path.replace("+7-", "+-7-"),
        path.replace("+7-", "+٧-"),
        path.replace("+7-", f"+{'7' * 5000}-"),
        path.replace("bounces+", ""),
        path.replace("bounces+", "letters+"),
        path[:-20] + f"@{DOMAIN}",
        f"bounces+7-@{DOMAIN}",
        f"bounces+7@{DOMAIN}",
        f"bounces@{DOMAIN}",
        f"bounces+7-{'é' * 16}@{DOMAIN}",
        "",
        "@",
    ]


@pytest.mark.parametrize("path", forgeries())
def test_a_path_that_we_did_not_make_names_nothing(path: str) -> None:
    with pytest.raises(Forged):
        returned([SECRET], path)


def test_a_message_id_is_the_same_whenever_it_is_asked_for() -> None:
    assert message_id(SECRET, "briefing:1", "ada", DOMAIN) == message_id(SECRET, "briefing:1", "ada", DOMAIN)


def test_no_two_messages_share_an_id() -> None:
    ids = {
        message_id(SECRET, send, recipient, DOMAIN)
        for send in ("1", "11", "briefing:1")
        for recipient in ("1", "11", "ada", "ADA")
    }
    assert len(ids) == 12
    assert not [each for each in ids if "ada" in each.lower().partition("@")[0]]


def test_a_message_id_can_not_be_guessed_without_the_secret() -> None:
    assert message_id(SECRET, "1", "1", DOMAIN) != message_id(OLD, "1", "1", DOMAIN)

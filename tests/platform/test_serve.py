import socket

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings


def test_a_port_in_use_is_said_in_one_sentence(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.PORT = taken.getsockname()[1]

        with pytest.raises(
            CommandError, match=r"^Cannot listen on 127\.0\.0\.1:\d+: Address already in use\."
        ):
            call_command("serve")


def test_a_port_that_cannot_be_is_said_in_one_sentence(settings: Settings) -> None:
    settings.PORT = 70_000

    with pytest.raises(CommandError, match=r"^Cannot listen on 127\.0\.0\.1:70000: the last port is 65535"):
        call_command("serve")


def test_a_host_that_is_not_this_one_is_said_in_one_sentence() -> None:
    with pytest.raises(CommandError, match=r"^Cannot listen on 192\.0\.2\.1:"):
        call_command("serve", host="192.0.2.1")


def test_a_port_in_use_where_the_demos_letter_box_would_be_is_said_too(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.LETTERBOX_PORT = taken.getsockname()[1]

        place = rf"127\.0\.0\.1:{settings.LETTERBOX_PORT} for the demo’s mail, 25 above PORT"
        with pytest.raises(CommandError, match=rf"^Cannot listen on {place}: Address already in use"):
            call_command("serve", "--check")


def test_a_free_port_passes_the_check() -> None:
    call_command("serve", "--check")

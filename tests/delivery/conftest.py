"""A send to some readers, and the place where its worker keeps its journals."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from broadsheet.delivery import sources
from broadsheet.delivery.models import Addressee, Lane, Send
from broadsheet.delivery.place import Life, Place

type SendTo = Callable[..., Send]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "post")


@pytest.fixture
def life(place: Place) -> Iterator[Life]:
    with Life(place) as life:
        yield life


@pytest.fixture
def _source() -> None:
    sources.register("tests", sources.as_they_are)


@pytest.fixture
def send_to(db: None, _source: None) -> SendTo:
    """Makes a send to these addresses, begun."""
    numbers = count()

    def make(*addresses: str, source: str = "tests", lane: Lane = Lane.ISSUES, message: bytes = b"") -> Send:
        send, _new = Send.objects.freeze(
            source, f"issue {next(numbers)}", lane=lane, subject="Tuesday’s briefing"
        )
        cohort = send.cohorts.create(message=message)
        cohort.materialise(Addressee(address, address.lower()) for address in addresses)
        send.begin()
        return send

    return make


def readers(count: int) -> list[str]:
    return [f"reader-{number}@reader.example" for number in range(count)]

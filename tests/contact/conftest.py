from typing import Any

import pytest

from broadsheet.contact.models import Conversation
from tests.contact.mail import ADDRESS


@pytest.fixture
def intake(settings: Any, magazine: Any) -> str:
    """The contact address, whose mail comes in."""
    settings.CONTACT_ADDRESS = ADDRESS
    return ADDRESS


@pytest.fixture
def asked(intake: str) -> Conversation:
    """Ada asks, by the form."""
    from broadsheet.platform import clock

    conversation = Conversation.objects.create(
        subject="Something else", email="ada@reader.example", edition="en-us", waiting_since=clock.now()
    )
    conversation.receive("Where is my paper?", email="ada@reader.example")
    return conversation

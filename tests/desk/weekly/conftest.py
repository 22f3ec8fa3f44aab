from datetime import timedelta

import pytest
from django.test import Client

from broadsheet.people.models import Person
from broadsheet.weekly.models import WeeklyIssue
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine
from tests.weekly.issues import make_issue


@pytest.fixture
def client(carla: Person) -> Client:
    """Carla's, who is an editor."""
    return signed_in(carla)


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    """With articles of two sections."""
    magazine.publish("plankton", section="science", at=PRINTED - timedelta(days=2))
    return make_issue(magazine)

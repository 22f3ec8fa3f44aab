import pytest
from django.test import Client

from broadsheet.newsletters.models import Newsletter
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.newsletters.issues import make_newsletter


@pytest.fixture
def client(edith: Person) -> Client:
    """Edith's, who is the audience editor."""
    return signed_in(edith)


@pytest.fixture
def briefing(magazine: Magazine) -> Newsletter:
    return make_newsletter()

"""What is searched for is put into an index by whoever saves it, and by the worker."""

import pytest
from wagtail.search import index
from wagtail.search.models import IndexEntry

from broadsheet.editorial.models import Author
from tests.parallel import let_in

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def test_two_processes_index_the_same_at_once() -> None:
    author = Author.objects.create(name="Ilse Marr", slug="ilse-marr")
    IndexEntry.objects.all().delete()
    # Between the look for an entry and its making.
    with let_in(lambda: index.insert_or_update_object(author), after=IndexEntry._meta.db_table):
        index.insert_or_update_object(author)
    assert IndexEntry.objects.count() == 1

import pytest
from wagtail.models import Page

from broadsheet.editorial.models import Author, Publication
from broadsheet.newsletters.models import Newsletter
from broadsheet.people.models import Person


@pytest.fixture
def nothing(db: None) -> None:
    """A database as `prepare` makes it: Wagtail's welcome, and nobody."""
    Page.objects.filter(depth=2).delete()
    Publication.objects.all().delete()
    Newsletter.objects.all().delete()
    Author.objects.all().delete()
    Person.objects.all().delete()
    Page.get_first_root_node().add_child(
        instance=Page(title="Welcome to your new Wagtail site!", slug="home")
    )

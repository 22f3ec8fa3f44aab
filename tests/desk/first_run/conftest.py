import pytest
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from broadsheet.editorial.models import Author, Publication
from broadsheet.newsletters.models import Newsletter
from broadsheet.people.models import Person


@pytest.fixture
def nothing(db: None) -> None:
    """A database as `prepare` makes it: Wagtail's welcome, and nobody."""
    with disable_reference_index_auto_update():  # of each of these, before all of it goes
        Page.objects.filter(depth=2).delete()
        Publication.objects.all().delete()
        Newsletter.objects.all().delete()
        Author.objects.all().delete()
        Person.objects.all().delete()
    ReferenceIndex.objects.all().delete()
    Page.get_first_root_node().add_child(
        instance=Page(title="Welcome to your new Wagtail site!", slug="home")
    )

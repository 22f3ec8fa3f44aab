import pytest

from broadsheet.membership.models import Market
from broadsheet.platform.edition_field import editions
from broadsheet.platform.edition_name import edition_name
from tests.magazine import Magazine


@pytest.mark.django_db
def test_an_edition_has_one_name_in_fields_lists_and_wagtails_labels(magazine: Magazine) -> None:
    us = magazine.us
    names = [edition_name("en-us"), str(dict(editions())["en-us"]), str(us.locale.get_display_name())]
    assert names == ["US", "US", "US"]
    assert str(Market(edition="en-us")) == "US"
    us.short_name = "America"
    us.save()
    assert str(us.locale.get_display_name()) == "America"


@pytest.mark.django_db
def test_a_tag_without_an_edition_is_called_by_its_language() -> None:
    assert edition_name("fr-be") == "French (Belgium)"


def test_fields_are_checked_without_a_database() -> None:
    assert Market._meta.get_field("edition").check() == []

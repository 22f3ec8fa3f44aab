"""The desk says in which zone its times are, where they are told and where they are chosen."""

import re
from datetime import UTC, datetime

import pytest
from django.utils.timezone import override

from broadsheet.desk.templatetags.dates import this_hour
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine

LATE = datetime(2031, 3, 11, 2, 20, tzinfo=UTC)
"""Still the evening before in New York."""


def test_a_chooser_begins_at_the_hour_of_the_zone() -> None:
    with clock.moved_to(LATE), override("America/New_York"):
        assert this_hour() == '{defaultDate: "2031-03-10 22:00", defaultTime: "22:00"}'


def test_the_editors_chooser_begins_at_the_hour_of_the_edition(magazine: Magazine, carla) -> None:
    almanac, tide = magazine.draft, magazine.write("tide", edition="uk")
    with clock.moved_to(LATE):
        pages = [signed_in(carla).get(f"/desk/pages/{article.pk}/edit/").text for article in (almanac, tide)]

    assert [set(re.findall(r'defaultDate: "([^"]+)"', page)) for page in pages] == [
        {"2031-03-10 22:00"},
        {"2031-03-11 02:00"},
    ]


def test_the_go_live_value_names_its_zone(magazine: Magazine, carla) -> None:
    almanac = magazine.draft
    almanac.go_live_at = LATE
    almanac.save_revision(log_action=False).publish()
    page = signed_in(carla).get(f"/desk/pages/{almanac.pk}/edit/").text

    after = page[page.index("Go-live:") :]
    assert re.match(r"Go-live:.*?10:20 p\.m\..*?New York time", after, re.DOTALL)


@pytest.mark.parametrize("place", ["offers", "experiments", "complimentary"])
def test_a_field_for_a_moment_has_a_chooser_and_names_its_zone(
    magazine: Magazine, edith: Person, farid: Person, place: str
) -> None:
    staff = edith if place == "experiments" else farid
    page = signed_in(staff).get(f"/desk/{place}/new/").text
    moments = re.findall(r'name="(?:starts_at|ends_at)"', page)
    assert len(moments) == page.count("initDateTimeChooser(") == page.count('class="zone-of-field"') == 2

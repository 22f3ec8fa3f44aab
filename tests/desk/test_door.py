"""Who may come in, what half a form is answered, and in whose time the desk speaks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone
from wagtail.users.models import UserProfile

from broadsheet.desk.templatetags.dates import from_now
from broadsheet.editorial.models import Article
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.desk.editor import edit
from tests.magazine import Magazine


@pytest.mark.parametrize(
    "address", ["/desk/", "/desk/pages/", "/desk/login/?next=/desk/", "/desk/nothing/here/"]
)
def test_a_reader_at_the_desk_is_told_so_and_goes_round_in_no_circle(
    magazine: Magazine, ada: Person, address
):
    response = signed_in(ada).get(f"/desk/{address}", follow=True)
    assert len(response.redirect_chain) <= 2
    assert response.status_code == 403
    page = response.content.decode()
    assert "Only the newsroom’s staff may see this page." in page
    assert "To the front page" in page


def test_a_stranger_at_the_desk_signs_in_and_comes_back(magazine: Magazine, client):
    response = client.get("/desk/articles/")
    assert (response.status_code, response["Location"]) == (302, "/account/sign-in/?next=/desk/articles/")


def test_the_page_that_fails_on_purpose_is_gone(magazine: Magazine, greta: Person):
    assert signed_in(greta).get("/desk/failwhale/").status_code == 404


@pytest.mark.parametrize(
    "form", [{}, {"title": "Half"}, {"title": "Half", "slug": "half", "body-count": "1"}]
)
def test_half_a_form_is_a_bad_request(magazine: Magazine, carla: Person, form):
    client = signed_in(carla)
    section = magazine.section("world")
    for address in (
        f"/desk/pages/add/editorial/article/{section.pk}/",
        f"/desk/pages/{magazine.draft.pk}/edit/",
        f"/desk/pages/{magazine.draft.pk}/copy/",
    ):
        response = client.post(address, form)
        assert response.status_code == 400, address
        assert "without some of its fields" in response.content.decode()


def test_a_draft_s_headline_is_kept_from_who_may_not_have_the_page(
    magazine: Magazine, edith: Person, farid: Person
):
    """Whether it is asked for by its own addresses or by those that choose pages."""
    Article.objects.filter(pk=magazine.draft.pk).update(title="Xylophone thieves")
    world = magazine.section("world").pk
    draft = magazine.draft.pk
    for person in (edith, farid):
        client = signed_in(person)
        for address in (
            f"pages/{draft}/move/{world}/confirm/",
            f"pages/{draft}/move/",
            f"pages/{draft}/edit/",
            f"pages/{draft}/history/",
            f"pages/{draft}/delete/",
            f"pages/{draft}/copy/",
        ):
            response = client.get(f"/desk/{address}", follow=True)
            assert "Xylophone" not in response.content.decode(), (person, address)
    for address in (f"choose-page/{world}/", "choose-page/search/?q=xylophone"):
        assert "Xylophone" not in signed_in(farid).get(f"/desk/{address}").content.decode()


def test_a_time_typed_is_the_edition_s_and_the_field_says_so(magazine: Magazine, carla: Person):
    client = signed_in(carla)
    for slug, words in (("us", "New York time"), ("uk", "London time")):
        edition = magazine.edition(slug)
        edition.time_zone = {"us": "America/New_York", "uk": "Europe/London"}[slug]
        edition.save()
        section = magazine.section("world", slug)
        page = client.get(f"/desk/pages/add/editorial/article/{section.pk}/").content.decode()
        assert page.count(words) >= 3
    edit(client, magazine.draft, go_live_at="2031-07-01 09:00")
    saved = magazine.draft.get_latest_revision_as_object()
    assert saved.go_live_at == datetime(2031, 7, 1, 9, tzinfo=ZoneInfo("America/New_York"))


def test_whoever_chose_a_zone_of_their_own_keeps_it(magazine: Magazine, carla: Person):
    UserProfile.objects.create(user=carla, current_time_zone="Asia/Tokyo")
    section = magazine.section("world")
    page = signed_in(carla).get(f"/desk/pages/add/editorial/article/{section.pk}/").content.decode()
    assert "Tokyo time" in page


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=40), "just now"),
        (timedelta(days=21, hours=2), "in 3\xa0weeks"),
        (timedelta(minutes=5, seconds=1), "in 5\xa0minutes"),
        (timedelta(days=-400), "1\xa0year ago"),
        (timedelta(hours=-19, minutes=-48), "19\xa0hours ago"),
    ],
)
def test_an_instant_is_said_right_both_ways(away, words):
    assert from_now(clock.now() + away) == words


def test_a_day_is_said_right_both_ways():
    with timezone.override("America/New_York"):
        today = timezone.localdate(clock.now())
        assert [from_now(today + timedelta(days=n)) for n in (-2, -1, 0, 1, 9)] == [
            "2 days ago",
            "yesterday",
            "today",
            "tomorrow",
            "in 9 days",
        ]


def test_a_list_of_the_desk_says_a_coming_day_so():
    due = Template("{% load wagtailadmin_tags %}{% human_readable_date due %}")
    assert "In 2\xa0weeks" in due.render(Context({"due": clock.now() + timedelta(days=15)}))
    assert "In 9 days" in due.render(Context({"due": timezone.localdate(clock.now()) + timedelta(days=9)}))

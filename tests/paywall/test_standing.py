"""Why a reader meets the wall: on their account page, and on their record at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.holding import HeldGrant
from broadsheet.paywall.models import EditionAllowance, Experiment, Grant, Meter, Variant, merge
from broadsheet.paywall.standing import articles_by_key, current_meter_rules, standing_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import sweep
from tests.cast import signed_in
from tests.magazine import Magazine

NOVEMBER = datetime(2026, 11, 12, 9, tzinfo=UTC)
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _in_november():
    with clock.moved_to(NOVEMBER):
        yield


def read(client, article) -> None:
    client.post(f"/read/{article.uuid}", headers=HERE)


def test_a_reader_with_some_left_is_told_how_many(ada, magazine: Magazine) -> None:
    client = signed_in(ada)
    read(client, magazine.article("reef"))
    page = client.get("/account/").text
    assert "What you opened in November" in page
    assert "You have 4 of 5 articles left." in page
    assert "Reef" in page


def test_an_article_of_both_editions_is_listed_in_the_one_of_the_page(magazine: Magazine) -> None:
    harbour = next(article for article in Article.objects.live() if article.alias_of_id)
    here = harbour.locale.language_code
    Article.objects.filter(pk=harbour.pk).update(title="As the copy has it")
    Article.objects.filter(pk=harbour.alias_of_id).update(title="As the original has it")
    found = {}
    for tag in ("en-us", "en-gb"):
        with translation.override(tag):
            found[tag] = articles_by_key([harbour.uuid])[harbour.uuid].title
    other = next(tag for tag in found if tag != here)
    assert found == {here: "As the copy has it", other: "As the original has it"}


def test_a_reader_with_none_left_is_told_why_and_until_when(ada, magazine: Magazine) -> None:
    client = signed_in(ada)
    for article in magazine.metered()[:5]:
        read(client, article)
    page = client.get("/account/").text
    assert "You have opened the 5 articles that a free account opens a month" in page
    assert "You can open the next one on December 1." in page


def test_what_came_along_at_sign_in_is_listed_as_not_counted(ada, magazine: Magazine) -> None:
    meter_rules = current_meter_rules()
    merge(
        ada,
        [
            HeldGrant(
                magazine.article("reef").uuid, meter_rules.period.key, NOVEMBER, meter_rules.period.ends_at
            )
        ],
        meter_rules,
    )
    page = " ".join(signed_in(ada).get("/account/").text.split())
    assert "before you signed in: not counted" in page
    assert "You have 5 of 5 articles left" in page


def test_a_withdrawn_article_is_listed_without_its_name(ada, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    client = signed_in(ada)
    read(client, reef)
    reef.unpublish()
    page = " ".join(client.get("/account/").text.split())
    assert "An article that is no longer published" in page


def test_rolling_days_give_the_next_one_when_the_oldest_ends(ada, magazine: Magazine) -> None:
    meter = Meter.load()
    meter.span, meter.days, meter.readers = "rolling", 10, 1
    meter.save()
    read(signed_in(ada), magazine.article("reef"))
    with clock.moved_to(NOVEMBER + timedelta(days=4)):
        standing = standing_of(ada, current_meter_rules())
        assert standing.renews_at - NOVEMBER - timedelta(days=10) < timedelta(minutes=1)
        assert "You can open the next one on November 22." in standing.why


def test_the_desk_sees_on_the_record_what_the_reader_is_told(ada, farid, magazine: Magazine) -> None:
    for article in magazine.metered()[:5]:
        read(signed_in(ada), article)
    desk = signed_in(farid)
    assert f'href="/desk/readers/{ada.pk}/"' in desk.get("/desk/readers/").text
    record = desk.get(f"/desk/readers/{ada.pk}/").text
    assert "You have opened the 5 articles" in record
    assert "Harbour" in record
    assert ada.email in record


def test_the_record_of_a_subscriber_says_that_there_is_no_wall(bruno, farid) -> None:
    record = signed_in(farid).get(f"/desk/readers/{bruno.pk}/").text
    assert "No wall: this reader has a subscription" in record
    assert "Won the Christmas quiz" in record


@pytest.mark.parametrize("who", ["carla", "dev", "edith", "ada"])
def test_nobody_else_sees_a_readers_record(ada, who, request) -> None:
    person = request.getfixturevalue(who)
    assert signed_in(person).get(f"/desk/readers/{ada.pk}/").status_code in {302, 403, 404}


def test_there_is_no_record_of_those_who_work_here(farid, carla) -> None:
    assert signed_in(farid).get(f"/desk/readers/{carla.pk}/").status_code == 404


def test_the_account_page_asks_as_often_for_five_articles_as_for_one(
    ada, magazine: Magazine, django_assert_num_queries
) -> None:
    client = signed_in(ada)
    read(client, magazine.metered()[0])
    client.get("/account/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/account/")
    for_one = len(asked)
    for article in magazine.metered()[1:5]:
        read(client, article)
    with django_assert_num_queries(for_one):
        client.get("/account/")


def test_a_grant_is_forgotten_a_quarter_of_a_year_after_its_end(ada, magazine: Magazine) -> None:
    read(signed_in(ada), magazine.article("reef"))
    ends = Grant.objects.get().open_until
    for after, left in ((timedelta(days=89), 1), (timedelta(days=91), 0)):
        Lease.objects.all().delete()
        with clock.moved_to(ends + after):
            sweep()
        assert Grant.objects.count() == left


def test_a_subscriber_whose_subscription_ended_is_told_what_a_free_account_opens(bruno) -> None:
    Entitlement.objects.filter(person=bruno).delete()
    assert "You have 5 of 5 articles left" in signed_in(bruno).get("/account/").text


def test_the_desk_sees_the_variant_of_the_reader_and_not_of_whoever_looks(
    ada: Person, farid: Person, magazine: Magazine
) -> None:
    experiment = Experiment.objects.create(name="Fewer", starts_at=NOVEMBER - timedelta(days=1))
    Variant.objects.create(experiment=experiment, name="Two", weight=1, readers=2)
    read(signed_in(ada), magazine.article("reef"))
    assert "You have 1 of 2 articles left" in signed_in(ada).get("/account/").text
    assert "You have 1 of 2 articles left" in signed_in(farid).get(f"/desk/readers/{ada.pk}/").text


def test_an_edition_with_a_number_of_its_own_is_told_of_too(
    ada: Person, farid: Person, magazine: Magazine
) -> None:
    EditionAllowance.objects.create(meter=Meter.load(), edition=magazine.uk, strangers=1, readers=1)
    client = signed_in(ada)
    read(client, magazine.article("reef"))
    for page in (client.get("/account/").text, signed_in(farid).get(f"/desk/readers/{ada.pk}/").text):
        said = " ".join(page.split())
        assert "You have 4 of 5 articles left." in said
        assert "In The Meridian UK: " in said
        assert "You have opened the one article that a free account opens a month" in said

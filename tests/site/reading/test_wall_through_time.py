"""What changes in the middle of a period: the meter’s rules, the article, the reader's right and means."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from broadsheet.editorial.models import Article, Publication
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import AccessRule, EditionAllowance, Meter
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine, marks_in

AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
HERE = {"Sec-Fetch-Site": "same-origin"}
NOON = datetime(2026, 11, 12, 12, tzinfo=UTC)


def read(client: Client, article: Article) -> str:
    return client.post(f"/read/{article.uuid}", headers=AS_SCRIPT).json()["verdict"]


def get(client: Client, article: Article) -> str:
    return client.get(article.get_url()).headers["Broadsheet-Verdict"]


def set_meter(**fields: object) -> Meter:
    meter = Meter.load()
    for name, value in fields.items():
        setattr(meter, name, value)
    meter.save()
    return meter


# --- The meter --------------------------------------------------------------------------------------


def test_an_allowance_raised_in_the_middle_of_a_month_opens_more_at_once(ada, magazine: Magazine) -> None:
    client, articles = signed_in(ada), magazine.metered()
    set_meter(readers=1)
    assert [read(client, article) for article in articles[:2]] == ["meter", "subscribe"]
    set_meter(readers=2)
    assert read(client, articles[1]) == "meter"


def test_an_allowance_lowered_in_the_middle_of_a_month_closes_nothing(ada, magazine: Magazine) -> None:
    client, articles = signed_in(ada), magazine.metered()
    for article in articles[:3]:
        read(client, article)
    set_meter(readers=2)
    assert {get(client, article) for article in articles[:3]} == {"granted"}
    assert read(client, articles[3]) == "subscribe"


def test_an_edition_has_an_allowance_of_its_own_and_the_count_is_one(ada, magazine: Magazine) -> None:
    EditionAllowance.objects.create(meter=set_meter(readers=3), edition=magazine.uk, strangers=1, readers=1)
    client, foundry = signed_in(ada), magazine.article("foundry", "uk")
    assert read(client, magazine.article("reef")) == "meter"
    british = client.post(f"/uk/read/{foundry.uuid}", headers=AS_SCRIPT).json()
    assert (british["verdict"], british["allowance"]) == ("subscribe", 1)
    assert read(client, magazine.article("orchard")) == "meter"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata"])
def test_a_change_of_the_time_zone_neither_closes_nor_charges_anything(ada, magazine, zone: str) -> None:
    client, stranger = signed_in(ada), Client()
    reef, orchard = magazine.article("reef"), magazine.article("orchard")
    with clock.moved_to(NOON):
        assert (read(client, reef), read(stranger, reef)) == ("meter", "meter")
        publication = Publication.load()
        publication.time_zone = zone
        publication.save()
        assert (get(client, reef), get(stranger, reef)) == ("granted", "granted")
        answer = client.post(f"/read/{orchard.uuid}", headers=AS_SCRIPT).json()
        assert (answer["verdict"], answer["left"]) == ("meter", 3)
        assert read(stranger, orchard) == "register"


@pytest.mark.parametrize("span", ["week", "rolling", "lifetime"])
def test_a_change_of_the_span_closes_nothing_that_is_open(ada, magazine: Magazine, span: str) -> None:
    client, stranger, reef = signed_in(ada), Client(), magazine.article("reef")
    with clock.moved_to(NOON):
        assert (read(client, reef), read(stranger, reef)) == ("meter", "meter")
        set_meter(span=span)
        assert (get(client, reef), get(stranger, reef)) == ("granted", "granted")


def test_a_week_counts_from_monday(ada, magazine: Magazine) -> None:
    set_meter(span="week", readers=1)
    client, (first, second, *_) = signed_in(ada), magazine.metered()
    sunday = datetime(2026, 11, 15, 23, 59, tzinfo=UTC)
    with clock.stopped_at(sunday):
        assert (read(client, first), read(client, second)) == ("meter", "subscribe")
    with clock.moved_to(sunday + timedelta(minutes=2)):
        assert read(client, second) == "meter"


def test_a_lifetime_allowance_is_had_once(magazine: Magazine) -> None:
    set_meter(span="lifetime")
    stranger, (first, second, *_) = Client(), magazine.metered()
    with clock.moved_to(NOON):
        assert (read(stranger, first), read(stranger, second)) == ("meter", "register")
    with clock.moved_to(NOON + timedelta(days=300)):
        assert (get(stranger, first), read(stranger, second)) == ("granted", "register")


# --- The article ------------------------------------------------------------------------------------


def test_an_article_that_becomes_subscribers_only_stays_open_to_whoever_opened_it(ada, magazine) -> None:
    reef, reader, stranger = magazine.article("reef"), signed_in(ada), Client()
    assert (read(reader, reef), read(stranger, reef)) == ("meter", "meter")
    AccessRule.objects.create(section=magazine.section("world"), access="subscribers")
    assert (get(reader, reef), get(stranger, reef)) == ("granted", "granted")
    assert get(Client(), reef) == "subscribe"
    assert get(signed_in(ada), magazine.article("orchard")) == "subscribe"


def test_a_rule_closes_the_archive_to_the_second(client: Client, magazine: Magazine) -> None:
    AccessRule.objects.create(older_than=30, access="subscribers")
    reef = magazine.article("reef")
    closes = reef.first_published_at + timedelta(days=30)
    with clock.stopped_at(closes - timedelta(seconds=2)):
        assert get(client, reef) == "meter"
    with clock.moved_to(closes):
        assert get(client, reef) == "subscribe"
        assert read(client, reef) == "subscribe"


def test_a_rule_that_frees_an_article_shows_all_of_it_to_everyone(client: Client, magazine: Magazine) -> None:
    AccessRule.objects.create(section=magazine.section("world"), access="free")
    response = client.get(magazine.article("reef").get_url())
    assert response.headers["Broadsheet-Verdict"] == "free"
    assert len(marks_in(response.text, "reef")) == 8
    assert '"isAccessibleForFree": true' in response.text


# --- The right --------------------------------------------------------------------------------------


def test_a_subscription_that_ends_in_the_middle_of_reading_leaves_the_meter(bruno, magazine) -> None:
    client, reef = signed_in(bruno), magazine.article("reef")
    assert get(client, reef) == "subscription"
    ends = Entitlement.objects.get(person=bruno).ends_at
    with clock.stopped_at(ends - timedelta(seconds=2)):
        assert get(client, reef) == "subscription"
    with clock.moved_to(ends):
        assert get(client, reef) == "meter"
        assert (read(client, reef), get(client, reef)) == ("meter", "granted")


def test_a_subscription_taken_back_ends_at_once(bruno, magazine: Magazine) -> None:
    client, reef = signed_in(bruno), magazine.article("reef")
    assert get(client, reef) == "subscription"
    Entitlement.objects.get(person=bruno).delete()
    assert get(client, reef) == "meter"


# --- The visitor's means ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "agent",
    [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Twitterbot/1.0",
        "WhatsApp/2.23",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    ],
)
def test_a_link_unfurler_gets_the_public_rendition_and_spends_nothing(agent, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    unfurler = Client(headers={"User-Agent": agent})
    response = unfurler.get(reef.get_url())
    assert response.headers["Broadsheet-Rendition"] == "public"
    assert 'property="og:title"' in response.text
    assert response.content == Client().get(reef.get_url()).content
    unfurler.head(reef.get_url())
    assert not response.cookies


def test_without_cookies_a_script_reads_on_all_the_same(magazine: Magazine) -> None:
    for article in magazine.metered()[:3]:
        assert read(Client(), article) == "meter"


def test_without_cookies_and_script_one_sentence_says_what_is_needed(magazine: Magazine) -> None:
    reef = magazine.article("reef")
    posted = Client().post(f"/read/{reef.uuid}", headers=HERE)
    assert posted.headers["Location"] == reef.get_url() + "#read-on"
    page = Client().get(reef.get_url()).text
    assert page.count('id="read-on"') == 1
    assert "Your browser kept no cookie" in page


def test_with_a_cookie_the_same_address_leads_to_where_the_rest_begins(magazine: Magazine) -> None:
    client, reef = Client(), magazine.article("reef")
    client.post(f"/read/{reef.uuid}", headers=HERE)
    page = client.get(reef.get_url()).text
    assert page.count('id="read-on"') == 1
    assert page.index("reef-03") < page.index('id="read-on"') < page.index("reef-04")
    assert "Your browser kept no cookie" not in page


def test_no_shared_cache_may_keep_what_an_entitled_visitor_gets(ada, bruno, dev, magazine) -> None:
    reef, stranger = magazine.article("reef"), Client()
    read(stranger, reef)
    read(signed_in(ada), reef)
    for client in (stranger, signed_in(ada), signed_in(bruno), signed_in(dev)):
        response = client.get(reef.get_url())
        assert response.headers["Broadsheet-Rendition"] == "full"
        assert response.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in response.headers

"""Institutions, crawlers and crowds: who comes from where."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.test import Client

from broadsheet.crawlers.known import KNOWN, Treatment
from broadsheet.crawlers.models import CrawlerPolicy, CrawlerProof
from broadsheet.editorial.models import Article
from broadsheet.membership.models import Institution, InstitutionDomain, InstitutionNetwork
from broadsheet.paywall.models import Meter
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.magazine import marks_in

AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2; +https://openai.com/gptbot"
OF_GOOGLE = "66.249.66.1"


def get(client: Client, article: Article, **from_where: str):
    return client.get(article.get_url(), **from_where)


def read(client: Client, article: Article, **from_where: str):
    return client.post(f"/read/{article.uuid}", headers=AS_SCRIPT, **from_where)


def verdict(response) -> tuple[str, str | None]:
    return response.headers["Broadsheet-Verdict"], response.headers.get("Broadsheet-Rendition")


@pytest.fixture
def library(db: None) -> Institution:
    found = Institution.objects.create(name="Halden University Library")
    for network in ("192.0.2.0/24", "2001:db8:4a1d::/48"):
        InstitutionNetwork.objects.create(institution=found, cidr=network)
    InstitutionDomain.objects.create(institution=found, domain="halden.example")
    return found


# --- Institutions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["192.0.2.0", "192.0.2.255", "::ffff:192.0.2.7", "2001:db8:4a1d::1", "2001:db8:4a1d:ffff::9"]
)
def test_an_address_of_an_institution_reads_everything(magazine, library, client: Client, address) -> None:
    for article in (magazine.article("reef"), magazine.for_subscribers):
        response = get(client, article, REMOTE_ADDR=address)
        assert verdict(response) == ("institution", "full")
        assert response.headers["Cache-Control"] == "private, no-store"
        assert not response.cookies


@pytest.mark.parametrize("address", ["192.0.1.255", "192.0.3.0", "2001:db8:4a1e::1", "::1", "nonsense", ""])
def test_an_address_beside_it_does_not(magazine, library, client: Client, address: str) -> None:
    assert verdict(get(client, magazine.article("reef"), REMOTE_ADDR=address)) == ("meter", "public")


def test_a_spoofed_x_forwarded_for_is_not_believed(magazine, library, client: Client) -> None:
    reef = magazine.article("reef")
    lies = {"X-Forwarded-For": "192.0.2.7"}
    assert verdict(client.get(reef.get_url(), headers=lies)) == ("meter", "public")
    assert verdict(client.post(f"/read/{reef.uuid}", headers=lies)) == ("meter", None)


def test_behind_a_trusted_proxy_the_readers_own_address_counts(magazine, library, client, settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    reef = magazine.article("reef")

    def through_proxy(forwarded: str):
        headers = {"X-Forwarded-For": forwarded}
        return client.get(reef.get_url(), headers=headers, REMOTE_ADDR="10.1.2.3")

    assert verdict(through_proxy("192.0.2.7")) == ("institution", "full")
    # What stands left of the reader's own address, the reader wrote.
    assert verdict(through_proxy("192.0.2.7, 203.0.113.5")) == ("meter", "public")


def test_behind_a_cdn_a_post_from_there_opens_the_next_pages_too(magazine, library, client: Client) -> None:
    reef, orchard = magazine.article("reef"), magazine.article("orchard")
    answer = read(client, reef, REMOTE_ADDR="192.0.2.7")
    assert answer.json()["verdict"] == "institution"
    assert len(marks_in(answer.json()["html"], "reef")) == 5
    # The CDN fetches in its own name, but passes the cookie on.
    assert verdict(get(client, orchard, REMOTE_ADDR="203.0.113.5")) == ("institution", "full")
    with clock.moved_to(clock.now() + timedelta(hours=12)):
        assert verdict(get(client, orchard, REMOTE_ADDR="203.0.113.5")) == ("meter", "public")


def test_an_admission_is_given_by_the_address_alone(magazine, library, client: Client) -> None:
    read(client, magazine.article("reef"), REMOTE_ADDR="192.0.2.7")
    # Away from there it lasts its twelve hours, and renews nothing.
    with clock.moved_to(clock.now() + timedelta(hours=11)):
        again = read(client, magazine.article("orchard"), REMOTE_ADDR="203.0.113.5")
        assert (verdict(again)[0], list(again.cookies)) == ("institution", [])
    # Whoever is known by a mailbox leaves nothing behind for the next person at the computer.
    scholar = signed_in(introduce("Sol Berg", "sol@halden.example"))
    assert "broadsheet_admission" not in read(scholar, magazine.article("reef")).cookies


def test_an_admission_ends_at_sign_out(magazine, library, ada) -> None:
    client, reef = signed_in(ada), magazine.article("reef")
    read(client, reef, REMOTE_ADDR="192.0.2.7")
    assert verdict(get(client, reef)) == ("institution", "full")
    client.post("/account/sign-out/")
    assert verdict(get(client, reef)) == ("meter", "public")


def test_the_contract_ends_to_the_second_for_every_way_in(magazine, library, client: Client) -> None:
    scholar = signed_in(introduce("Sol Berg", "sol@halden.example"))
    reef = magazine.article("reef")
    read(client, reef, REMOTE_ADDR="192.0.2.7")
    library.ends_at = clock.now() + timedelta(hours=1)
    library.save()
    for seconds, expected in ((-2, "institution"), (0, "meter")):
        with clock.stopped_at(library.ends_at + timedelta(seconds=seconds)):
            assert verdict(get(client, reef))[0] == expected
            assert verdict(get(Client(), reef, REMOTE_ADDR="192.0.2.7"))[0] == expected
            assert verdict(get(scholar, reef))[0] == expected


def test_a_mailbox_at_its_domain_reads_from_anywhere(magazine, library) -> None:
    scholar = signed_in(introduce("Sol Berg", "sol@halden.example"))
    assert verdict(get(scholar, magazine.for_subscribers)) == ("institution", "full")
    pretender = signed_in(introduce("Max Berg", "max@not-halden.example"))
    assert verdict(get(pretender, magazine.for_subscribers)) == ("subscribe", "public")


def test_nothing_is_spent_by_right(magazine, library) -> None:
    person = introduce("Sol Berg", "sol@halden.example")
    scholar = signed_in(person)
    for article in magazine.metered():
        assert read(scholar, article).json()["verdict"] == "institution"
    assert not person.grants.exists()


# --- Crawlers -----------------------------------------------------------------------------------------


@pytest.fixture
def proven(db: None) -> CrawlerProof:
    """Googlebot's address, as name servers have confirmed it."""
    return CrawlerProof.objects.create(
        crawler="googlebot",
        address=OF_GOOGLE,
        state=CrawlerProof.State.PROVEN,
        asked_at=clock.now(),
        checked_at=clock.now(),
        valid_until=clock.now() + timedelta(days=7),
    )


def test_a_proven_crawler_reads_all_and_no_cache_may_keep_it(magazine, proven, client: Client) -> None:
    google = {"headers": {"User-Agent": GOOGLEBOT}, "REMOTE_ADDR": OF_GOOGLE}
    response = client.get(magazine.for_subscribers.get_url(), **google)
    assert verdict(response) == ("crawler", "full")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '"isAccessibleForFree": false' in response.text
    assert not response.cookies


def test_a_false_googlebot_gets_what_every_stranger_gets(magazine, proven) -> None:
    reef = magazine.article("reef")
    false = Client(headers={"User-Agent": GOOGLEBOT}, REMOTE_ADDR="93.184.216.34")
    assert verdict(get(false, reef)) == ("meter", "public")
    assert get(false, reef).content == get(Client(), reef).content


def test_the_address_without_the_name_is_nobody_either(magazine, proven) -> None:
    assert verdict(get(Client(REMOTE_ADDR=OF_GOOGLE), magazine.article("reef"))) == ("meter", "public")


@pytest.mark.parametrize("agent", [GOOGLEBOT, GPTBOT])
def test_a_declared_robot_gets_no_free_article(magazine, agent: str) -> None:
    robot = Client(headers={"User-Agent": agent}, REMOTE_ADDR="93.184.216.34")
    answer = read(robot, magazine.article("reef")).json()
    assert (answer["verdict"], answer["opened"]) == ("register", False)


def test_a_robot_that_gets_nothing_is_told_so(magazine) -> None:
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.NOTHING)
    robot, reef = Client(headers={"User-Agent": GPTBOT}), magazine.article("reef")
    for response in (get(robot, reef), read(robot, reef), robot.get(f"/read/{reef.uuid}")):
        assert response.status_code == 403
        assert response.headers["Cache-Control"] == "private, no-store"
        assert not marks_in(response.text, "reef")
    assert "User-agent: GPTBot" in Client().get("/robots.txt").text
    assert verdict(get(Client(), reef)) == ("meter", "public")


# --- Crowds: the limit on first grants of a network ----------------------------------------------------


@pytest.fixture
def two_an_hour(db: None) -> None:
    meter = Meter.load()
    meter.first_grants = 2
    meter.save()


def test_beyond_the_limit_a_network_is_asked_to_register(magazine, two_an_hour) -> None:
    reef = magazine.article("reef")
    answers = [read(Client(), reef) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [a.json()["verdict"] for a in answers] == ["meter", "meter", "register", "register"]
    assert not marks_in(answers[2].text, "reef")
    assert "Register" in answers[2].json()["html"]


def test_without_script_the_same_leads_to_the_wall(magazine, two_an_hour) -> None:
    reef = magazine.article("reef")
    for _ in range(2):
        read(Client(), reef)
    walled = Client().post(f"/read/{reef.uuid}", headers={"Sec-Fetch-Site": "same-origin"}, follow=True)
    assert verdict(walled) == ("register", "public")
    assert not marks_in(walled.text, "reef") - {"reef-01", "reef-02", "reef-03"}
    assert "register" in walled.text.lower()


def test_another_network_has_its_own(magazine, two_an_hour) -> None:
    reef = magazine.article("reef")
    for _ in range(3):
        read(Client(), reef)
    assert read(Client(REMOTE_ADDR="203.0.113.5"), reef).json()["verdict"] == "meter"


def test_addresses_of_one_ipv6_household_are_one_network(magazine, two_an_hour) -> None:
    reef = magazine.article("reef")
    found = [
        read(Client(REMOTE_ADDR=f"2001:db8:1:{n:x}::1"), reef).json()["verdict"] for n in (0x10, 0x20, 0xFF)
    ]
    assert found == ["meter", "meter", "register"]
    assert read(Client(REMOTE_ADDR="2001:db8:1:100::1"), reef).json()["verdict"] == "meter"


def test_whoever_has_a_grant_or_an_account_is_not_of_the_crowd(magazine, two_an_hour, ada) -> None:
    meter = Meter.load()
    meter.strangers = 3
    meter.save()
    known, (first, second, third, *_) = Client(), magazine.metered()
    read(known, first)
    read(Client(), first)
    assert read(Client(), first).json()["verdict"] == "register"
    assert read(known, second).json()["verdict"] == "meter"
    assert read(signed_in(ada), third).json()["verdict"] == "meter"


def test_one_grant_shown_again_and_again_copies_no_magazine(magazine, two_an_hour) -> None:
    meter = Meter.load()
    meter.strangers = 3
    meter.save()
    first, *others = magazine.metered()
    robot = Client()
    cookies = {name: morsel.value for name, morsel in read(robot, first).cookies.items()}
    found = []
    for article in others:
        robot.cookies.clear()
        robot.cookies.load(cookies)
        found.append(read(robot, article).json()["verdict"])
    # As many as two visitors may open after their first.
    assert found == ["meter"] * 4 + ["register"] * 3
    assert read(Client(), first).json()["verdict"] == "meter"


def test_an_hour_later_there_is_room_again(magazine, two_an_hour) -> None:
    reef = magazine.article("reef")
    for _ in range(3):
        read(Client(), reef)
    with clock.moved_to(clock.now() + timedelta(minutes=66)):
        assert read(Client(), reef).json()["verdict"] == "meter"


def test_a_retry_with_the_grant_in_hand_takes_nothing(magazine, two_an_hour) -> None:
    client, reef = Client(), magazine.article("reef")
    for _ in range(5):
        read(client, reef)
    assert read(Client(), reef).json()["verdict"] == "meter"

"""The wall's contract over HTTP: reading never spends, posting spends."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import EditionAllowance, Grant, Meter
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine, marks_in

AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
OPENING = {"-01", "-02", "-03"}


def read_address(article: Article) -> str:
    return f"/read/{article.uuid}"


def verdict_of(response) -> tuple[str, str | None]:
    return response.headers["Broadsheet-Verdict"], response.headers.get("Broadsheet-Rendition")


def opening_of(article: Article) -> set[str]:
    return {f"{article.slug}{end}" for end in OPENING}


# --- GET never spends ------------------------------------------------------------------------------


def test_a_stranger_gets_the_public_rendition_without_a_cookie(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    response = client.get(reef.get_url())
    assert verdict_of(response) == ("meter", "public")
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"].startswith("public")
    assert marks_in(response.text, "reef") == opening_of(reef)


def test_every_visitor_without_a_cookie_gets_the_same_bytes(magazine: Magazine) -> None:
    address = magazine.article("reef").get_url()
    plain = Client().get(address)
    dressed = Client(REMOTE_ADDR="203.0.113.9").get(
        address,
        headers={"User-Agent": "Googlebot", "Accept-Language": "en-GB", "Referer": "https://x.example/"},
    )
    assert plain.content == dressed.content


def test_reading_the_page_often_spends_nothing(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    for _ in range(3):
        client.get(reef.get_url())
        client.head(reef.get_url())
        client.get(read_address(reef))
        client.head(read_address(reef))
    assert client.post(read_address(reef), headers=AS_SCRIPT).json()["verdict"] == "meter"


def test_a_free_article_is_whole_for_everyone_and_cacheable(client: Client, magazine: Magazine) -> None:
    response = client.get(magazine.free.get_url())
    assert verdict_of(response) == ("free", "public")
    assert len(marks_in(response.text, "swifts")) == 8
    assert response.headers["Cache-Control"].startswith("public")


def test_a_subscribers_article_is_walled_from_the_start(client: Client, magazine: Magazine) -> None:
    index = magazine.for_subscribers
    assert verdict_of(client.get(index.get_url())) == ("subscribe", "public")
    answer = client.post(read_address(index), headers=AS_SCRIPT)
    assert answer.json()["verdict"] == "subscribe"
    assert not marks_in(answer.text, "index")
    assert not [name for name in answer.cookies if name.startswith("broadsheet_read_")]


# --- POST spends -----------------------------------------------------------------------------------


def test_a_stranger_reads_one_article_and_meets_the_wall_at_the_second(
    client: Client, magazine: Magazine
) -> None:
    reef, orchard = magazine.article("reef"), magazine.article("orchard")
    response = client.post(read_address(reef))
    assert (response.status_code, response.headers["Location"]) == (303, reef.get_url() + "#read-on")
    opened = client.get(reef.get_url())
    assert verdict_of(opened) == ("granted", "full")
    assert opened.headers["Cache-Control"] == "private, no-store"
    assert len(marks_in(opened.text, "reef")) == 8

    assert verdict_of(client.get(orchard.get_url())) == ("register", "public")
    walled = client.post(read_address(orchard), follow=True)
    assert verdict_of(walled) == ("register", "public")
    assert marks_in(walled.text, "orchard") == opening_of(orchard)
    assert "register" in walled.text.lower()


def test_the_script_gets_the_rest_of_the_article_and_nothing_twice(
    client: Client, magazine: Magazine
) -> None:
    answer = client.post(read_address(magazine.article("reef")), headers=AS_SCRIPT)
    body = answer.json()
    assert (body["verdict"], body["opened"], body["left"], body["allowance"]) == ("meter", True, 0, 1)
    assert marks_in(body["html"], "reef") == {f"reef-0{n}" for n in range(4, 9)}
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_double_click_and_a_retry_spend_once(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    reasons = [client.post(read_address(reef), headers=AS_SCRIPT).json()["verdict"] for _ in range(3)]
    assert reasons == ["meter", "granted", "granted"]


def test_a_re_read_at_the_limit_is_free(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    client.post(read_address(reef))
    client.post(read_address(magazine.article("orchard")))
    assert verdict_of(client.get(reef.get_url())) == ("granted", "full")


def test_a_registered_reader_opens_five_and_then_meets_the_wall(ada: Person, magazine: Magazine) -> None:
    client = signed_in(ada)
    articles = magazine.metered()
    for left, article in zip([4, 3, 2, 1, 0], articles, strict=False):
        assert client.post(read_address(article), headers=AS_SCRIPT).json()["left"] == left
        assert verdict_of(client.get(article.get_url())) == ("granted", "full")
    sixth = client.post(read_address(articles[5]), headers=AS_SCRIPT).json()
    assert (sixth["verdict"], sixth["opened"]) == ("subscribe", False)
    assert not marks_in(sixth["html"], articles[5].slug)


def test_the_count_follows_the_account_to_a_second_device(ada: Person, magazine: Magazine) -> None:
    phone, laptop = signed_in(ada), signed_in(ada)
    reef = magazine.article("reef")
    phone.post(read_address(reef))
    assert verdict_of(laptop.get(reef.get_url())) == ("granted", "full")
    assert laptop.post(read_address(magazine.article("orchard")), headers=AS_SCRIPT).json()["left"] == 3


def test_an_article_in_both_editions_is_one_on_the_meter(ada: Person, magazine: Magazine) -> None:
    client = signed_in(ada)
    here, there = magazine.article("harbour"), magazine.article("harbour", "uk")
    response = client.post("/uk" + read_address(there))
    assert response.headers["Location"] == there.get_url() + "#read-on" == "/uk/world/harbour/#read-on"
    assert verdict_of(client.get(here.get_url())) == ("granted", "full")
    assert Grant.objects.filter(reader=ada).count() == 1


def test_the_remaining_count_is_in_a_cookie_that_script_may_read(client: Client, magazine: Magazine) -> None:
    response = client.post(read_address(magazine.article("reef")))
    cookie = response.cookies["broadsheet_left"]
    assert (cookie.value, cookie["httponly"]) == ("0.1.month", "")


def test_the_remaining_count_is_renewed_where_the_article_is_open_already(
    ada: Person, magazine: Magazine
) -> None:
    here, elsewhere = signed_in(ada), signed_in(ada)
    reef, orchard = magazine.article("reef"), magazine.article("orchard")
    assert here.post(read_address(reef)).cookies["broadsheet_left"].value == "4.5.month"
    elsewhere.post(read_address(orchard))
    assert here.get(reef.get_url()).cookies["broadsheet_left"].value == "3.5.month"


def test_who_reads_without_limit_is_shown_no_count(bruno: Person, magazine: Magazine) -> None:
    page = signed_in(bruno).get(magazine.article("reef").get_url())
    assert 'id="count"' not in page.text
    assert "broadsheet_left" not in page.cookies


def test_an_article_for_subscribers_shows_no_count(client: Client, ada: Person, magazine: Magazine) -> None:
    address = magazine.for_subscribers.get_url()
    assert 'id="count"' not in client.get(address).text
    assert 'id="count"' not in signed_in(ada).get(address).text


def test_a_lie_in_the_display_cookie_changes_nothing(client: Client, magazine: Magazine) -> None:
    client.post(read_address(magazine.article("reef")))
    client.cookies["broadsheet_left"] = "99.99"
    walled = client.post(read_address(magazine.article("orchard")), headers=AS_SCRIPT)
    assert walled.json()["verdict"] == "register"


# --- Subscribers and staff --------------------------------------------------------------------------


def test_a_subscriber_gets_the_whole_in_the_first_response(bruno: Person, magazine: Magazine) -> None:
    response = signed_in(bruno).get(magazine.for_subscribers.get_url())
    assert verdict_of(response) == ("subscription", "full")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert len(marks_in(response.text, "index")) == 8


def test_staff_read_everything(dev: Person, magazine: Magazine) -> None:
    assert verdict_of(signed_in(dev).get(magazine.for_subscribers.get_url())) == ("staff", "full")


def test_a_complimentary_subscription_ends_to_the_second(ada: Person, magazine: Magazine) -> None:
    Entitlement.objects.create(person=ada, starts_at=JUNE - timedelta(days=1), ends_at=JUNE, reason="A prize")
    address = magazine.for_subscribers.get_url()
    client = signed_in(ada)
    with clock.stopped_at(JUNE - timedelta(seconds=5)):
        assert verdict_of(client.get(address)) == ("subscription", "full")
    with clock.moved_to(JUNE):
        assert verdict_of(client.get(address)) == ("subscribe", "public")


# --- Periods ---------------------------------------------------------------------------------------


def test_three_reads_at_the_end_of_january_do_not_lock_february(ada: Person, magazine: Magazine) -> None:
    client = signed_in(ada)
    articles = magazine.metered()
    for day, article in zip((29, 30, 31), articles, strict=False):
        with clock.moved_to(datetime(2027, 1, day, 18, tzinfo=UTC)):
            client.post(read_address(article))
    with clock.moved_to(datetime(2027, 2, 1, 18, tzinfo=UTC)):
        assert client.post(read_address(articles[3]), headers=AS_SCRIPT).json()["left"] == 4


def test_a_strangers_grant_ends_with_the_month_whatever_the_browsers_clock_says(
    client: Client, magazine: Magazine
) -> None:
    reef = magazine.article("reef")
    with clock.moved_to(JUNE):
        client.post(read_address(reef))
        assert verdict_of(client.get(reef.get_url())) == ("granted", "full")
    with clock.moved_to(JUNE + timedelta(days=31)):
        # The test client never drops a cookie, like a browser whose clock stands still.
        assert verdict_of(client.get(reef.get_url())) == ("meter", "public")


def test_a_grant_survives_a_move_to_another_section_and_slug(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    client.post(read_address(reef))
    reef.slug = "the-reef"
    reef.save()
    reef.move(magazine.section("science"), pos="last-child")
    reef = Article.objects.get(pk=reef.pk)
    assert verdict_of(client.get(reef.get_url())) == ("granted", "full")


def test_an_article_that_becomes_free_and_metered_again_keeps_its_grants(
    client: Client, magazine: Magazine
) -> None:
    reef, orchard = magazine.article("reef"), magazine.article("orchard")
    client.post(read_address(reef))
    for access, expected in (("free", "free"), ("", "granted"), ("subscribers", "granted")):
        Article.objects.filter(pk=reef.pk).update(access=access)
        assert client.get(reef.get_url()).headers["Broadsheet-Verdict"] == expected
    Article.objects.filter(pk=orchard.pk).update(access="free")
    assert client.get(orchard.get_url()).headers["Broadsheet-Verdict"] == "free"


# --- Signing in and out ------------------------------------------------------------------------------


def sign_in_with_password(client: Client, person: Person, landing: str):
    from tests.cast import PASSWORD

    return client.post(
        f"/account/sign-in/password/?next={landing}",
        {"login": person.email, "password": PASSWORD, "next": landing},
    )


def test_sign_out_ends_the_strangers_cookies(ada: Person, magazine: Magazine) -> None:
    client = Client()
    client.post(read_address(magazine.article("reef")))
    client.force_login(ada)
    response = client.post("/account/sign-out/")
    ended = [name for name, cookie in response.cookies.items() if cookie["max-age"] == 0]
    assert any(name.startswith("broadsheet_read_") for name in ended)
    assert "broadsheet_left" in ended
    assert verdict_of(client.get(magazine.article("orchard").get_url())) == ("meter", "public")


def test_sign_out_with_a_cookie_whose_name_is_odd_is_no_fault(ada: Person, magazine: Magazine) -> None:
    client = Client()
    client.force_login(ada)
    session = client.cookies["broadsheet_session"].value
    for name in ("broadsheet_read_[1]", "broadsheet_gift_(x)", "broadsheet_pass_a/b"):
        response = Client().post(
            "/account/sign-out/", headers={"Cookie": f"broadsheet_session={session}; {name}=1"}
        )
        assert response.status_code < 400


# --- What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"])
def test_a_prefetch_is_refused_and_spends_nothing(client: Client, magazine: Magazine, purpose: str) -> None:
    reef = magazine.article("reef")
    response = client.post(read_address(reef), headers=AS_SCRIPT | {"Sec-Purpose": purpose})
    assert response.status_code == 403
    assert not response.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_post_that_another_site_caused_is_refused(
    client: Client, magazine: Magazine, headers: dict
) -> None:
    response = client.post(read_address(magazine.article("reef")), headers=headers)
    assert response.status_code == 403
    assert not response.cookies


def test_a_post_that_says_nothing_of_its_origin_is_let_in(client: Client, magazine: Magazine) -> None:
    assert client.post(read_address(magazine.article("reef"))).status_code == 303


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client: Client, magazine: Magazine, method: str) -> None:
    response = getattr(client, method)(read_address(magazine.article("reef")))
    assert response.status_code == 405
    assert not response.cookies


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("uuid", ["nonsense", "0" * 32, "a" * 3000, "7d5e6c1e-0000-4000-8000-00000000beef"])
def test_an_unknown_or_malformed_article_is_not_found(
    client: Client, magazine: Magazine, method: str, uuid: str
) -> None:
    response = getattr(client, method)(f"/read/{uuid}", headers=AS_SCRIPT)
    assert response.status_code == 404
    assert json.loads(response.text)["error"]


def test_a_draft_cannot_be_opened(client: Client, magazine: Magazine) -> None:
    assert client.post(read_address(magazine.draft)).status_code == 404


def test_an_article_is_counted_by_the_terms_of_its_own_edition(client: Client, magazine: Magazine) -> None:
    foundry = magazine.article("foundry", "uk")
    EditionAllowance.objects.create(meter=Meter.load(), edition=magazine.uk, strangers=0, readers=0)
    response = client.post(read_address(foundry))
    assert (response.status_code, response.headers["Location"]) == (307, f"/uk/read/{foundry.uuid}")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert not response.cookies
    assert verdict_of(client.post(response.headers["Location"]))[0] == "register"


def test_an_article_of_an_unpublished_edition_cannot_be_opened(client: Client, magazine: Magazine) -> None:
    alone, shared = (magazine.article(slug, "uk").uuid for slug in ("foundry", "harbour"))
    magazine.uk.unpublish()
    for address in (f"/read/{alone}", f"/uk/read/{alone}"):
        assert client.post(address, headers=AS_SCRIPT).status_code == 404
        assert client.get(address).status_code == 404
    assert client.post(f"/uk/read/{shared}").headers["Location"] == f"/read/{shared}"


def test_forged_grants_open_nothing(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    client.cookies[f"broadsheet_read_{reef.uuid.hex}"] = "2026-06:forged"
    client.cookies["broadsheet_session"] = "x" * 4000
    response = client.get(reef.get_url())
    assert verdict_of(response) == ("meter", "public")
    assert response.headers["Cache-Control"] == "private, no-store"


# --- The page that says how many are left ---------------------------------------------------------------


def test_without_script_a_small_page_says_how_many_are_left(ada: Person, magazine: Magazine) -> None:
    client = signed_in(ada)
    client.post(read_address(magazine.article("reef")))
    response = client.get(read_address(magazine.article("orchard")))
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "4 of 5" in response.text


def test_the_wall_page_of_an_open_article_leads_to_the_article(client: Client, magazine: Magazine) -> None:
    reef = magazine.article("reef")
    client.post(read_address(reef))
    assert client.get(read_address(reef)).headers["Location"] == reef.get_url()

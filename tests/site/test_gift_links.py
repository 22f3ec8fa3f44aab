"""A subscriber gives an article away, and whoever has the link opens it."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import GiftLink, Grant, Meter
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine, marks_in
from tests.site.test_leaks import withheld_marks

HERE = {"Sec-Fetch-Site": "same-origin"}
AS_SCRIPT = HERE | {"Accept": "application/json"}
UNFURLERS = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "WhatsApp/2.23.20.0",
]


@pytest.fixture
def reef(magazine: Magazine) -> Article:
    return magazine.article("reef")


@pytest.fixture
def link(bruno: Person, reef: Article) -> GiftLink:
    return GiftLink.objects.give(bruno, reef.uuid)


def at(link: GiftLink) -> str:
    return f"/g/{link.token}"


def press(client: Client, link: GiftLink, **data: str):
    return client.post(at(link), data, headers=HERE)


def opens_of(link: GiftLink) -> int:
    return GiftLink.objects.get(pk=link.pk).opens


def words_of(response) -> str:
    """The page without its line breaks."""
    return " ".join(response.text.split())


def verdict(client: Client, article: Article) -> str:
    return client.get(article.get_url()).headers["Broadsheet-Verdict"]


def allow(**numbers: int) -> None:
    meter = Meter.load()
    for name, number in numbers.items():
        setattr(meter, name, number)
    meter.save()


# --- The button ------------------------------------------------------------------------------------


def test_a_subscriber_is_offered_to_give_what_they_read(bruno: Person, reef: Article) -> None:
    page = signed_in(bruno).get(reef.get_url())
    assert page.headers["Cache-Control"] == "private, no-store"
    assert f'href="/give/{reef.uuid}"' in page.text


def test_a_subscriber_known_by_their_cookie_alone_is_offered_it_too(bruno: Person, reef: Article) -> None:
    client = signed_in(bruno)
    client.get(reef.get_url())
    assert "broadsheet_entitlement" in client.cookies
    assert f'href="/give/{reef.uuid}"' in client.get(reef.get_url()).text


def test_nobody_else_is_offered_it(magazine: Magazine, ada: Person, carla: Person, reef: Article) -> None:
    for client in (Client(), signed_in(ada), signed_in(carla)):
        client.post(f"/read/{reef.uuid}", headers=HERE)
        assert "/give/" not in client.get(reef.get_url()).text


def test_a_free_article_is_not_offered(bruno: Person, magazine: Magazine) -> None:
    assert "/give/" not in signed_in(bruno).get(magazine.free.get_url()).text


def test_with_no_gifts_a_month_there_is_neither_button_nor_page(bruno: Person, reef: Article) -> None:
    allow(gift_links=0)
    client = signed_in(bruno)
    assert "/give/" not in client.get(reef.get_url()).text
    assert client.get(f"/give/{reef.uuid}").status_code == 404
    assert client.post(f"/give/{reef.uuid}").status_code == 404
    assert "Articles you gave" not in client.get("/account/").text
    assert not GiftLink.objects.exists()


# --- Giving ----------------------------------------------------------------------------------------


def test_giving_shows_the_link_and_what_it_is_worth(bruno: Person, reef: Article) -> None:
    client = signed_in(bruno)
    page = client.get(f"/give/{reef.uuid}")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "You have 10 of 10 articles left to give" in words_of(page)
    assert not GiftLink.objects.exists()
    posted = client.post(f"/give/{reef.uuid}")
    assert (posted.status_code, posted.headers["Location"]) == (303, f"/give/{reef.uuid}")
    link = GiftLink.objects.get()
    page = client.get(f"/give/{reef.uuid}")
    assert f'value="http://localhost:8000/g/{link.token}"' in page.text
    assert f"http://localhost:8000/g/{link.token}" in unquote(page.text.split('href="mailto:')[1])
    assert "0 of 10 times" in page.text


def test_giving_twice_makes_one_link(bruno: Person, reef: Article) -> None:
    client = signed_in(bruno)
    client.post(f"/give/{reef.uuid}")
    client.post(f"/give/{reef.uuid}")
    assert GiftLink.objects.count() == 1


def test_giving_needs_the_forms_token(bruno: Person, reef: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bruno)
    assert client.post(f"/give/{reef.uuid}").status_code == 403
    assert not GiftLink.objects.exists()


def test_with_none_left_the_page_says_from_when_there_are_more(bruno: Person, magazine: Magazine) -> None:
    allow(gift_links=1)
    client = signed_in(bruno)
    with clock.moved_to(clock.now().replace(year=2027, month=3, day=10)):
        Entitlement.objects.update(ends_at=clock.now() + timedelta(days=9))
        client.post(f"/give/{magazine.article('reef').uuid}")
        posted = client.post(f"/give/{magazine.article('orchard').uuid}", follow=True)
        assert "You have given away all your articles in March." in words_of(posted)
        assert "You get new ones from April 1." in words_of(posted)
        assert "Make the link" not in posted.text
    assert GiftLink.objects.count() == 1


def test_a_stranger_signs_in_and_comes_back(client: Client, reef: Article) -> None:
    for response in (client.get(f"/give/{reef.uuid}"), client.post(f"/give/{reef.uuid}")):
        assert response.status_code == 302
        assert response.headers["Location"] == f"/account/sign-in/?next=/give/{reef.uuid}"
        assert not response.cookies


def test_a_reader_without_a_subscription_is_told_who_may_give(ada: Person, reef: Article) -> None:
    client = signed_in(ada)
    for response in (client.get(f"/give/{reef.uuid}"), client.post(f"/give/{reef.uuid}")):
        assert response.status_code == 403
        assert "Only subscribers can give articles away" in response.text
    assert not GiftLink.objects.exists()


def test_a_subscription_that_ended_gives_no_more(bruno: Person, reef: Article) -> None:
    client = signed_in(bruno)
    client.get(reef.get_url())  # an entitlement cookie is left, which says otherwise for five minutes
    Entitlement.objects.update(ends_at=clock.now())
    assert client.post(f"/give/{reef.uuid}").status_code == 403


def test_a_free_article_needs_no_link(bruno: Person, ada: Person, magazine: Magazine) -> None:
    for person in (bruno, ada):
        client = signed_in(person)
        page = client.get(f"/give/{magazine.free.uuid}")
        assert page.status_code == 200
        assert 'value="http://localhost:8000/good-news/swifts/"' in page.text
        assert client.post(f"/give/{magazine.free.uuid}").status_code == 200
    assert not GiftLink.objects.exists()


@pytest.mark.parametrize("uuid", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_article_is_not_given(bruno: Person, uuid: str) -> None:
    assert signed_in(bruno).get(f"/give/{uuid}").status_code == 404


def test_a_draft_is_not_given(bruno: Person, magazine: Magazine) -> None:
    assert signed_in(bruno).post(f"/give/{magazine.draft.uuid}").status_code == 404


def test_a_british_article_is_given_at_british_addresses(bruno: Person, magazine: Magazine) -> None:
    foundry = magazine.article("foundry", "uk")
    client = signed_in(bruno)
    assert f'href="/uk/give/{foundry.uuid}"' in client.get(foundry.get_url()).text
    client.post(f"/uk/give/{foundry.uuid}")
    page = client.get(f"/uk/give/{foundry.uuid}").text
    link = GiftLink.objects.get()
    assert f'value="http://localhost:8000/uk/g/{link.token}"' in page
    # An address of the other edition leads to the same article.
    friend = Client()
    assert press(friend, link).headers["Location"] == foundry.get_url() + "#gift"
    assert verdict(friend, foundry) == "gift-link"


def test_an_article_in_two_editions_is_opened_in_both(bruno: Person, magazine: Magazine) -> None:
    link = GiftLink.objects.give(bruno, magazine.article("harbour").uuid)
    friend = Client()
    press(friend, link)
    assert verdict(friend, magazine.article("harbour", "uk")) == "gift-link"


# --- Taking it back --------------------------------------------------------------------------------


def test_taken_back_the_link_opens_to_nobody_else(bruno: Person, link: GiftLink, reef: Article) -> None:
    first, second = Client(), Client()
    press(first, link)
    response = signed_in(bruno).post(f"/give/{link.pk}/revoke", {"next": f"/give/{reef.uuid}"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/give/{reef.uuid}")
    refused = press(second, link)
    assert (refused.status_code, opens_of(link)) == (410, 1)
    assert "has withdrawn the link" in refused.text
    # What was opened stays open, by the link as well.
    assert verdict(first, reef) == "gift-link"
    assert first.get(at(link)).headers["Location"] == reef.get_url()


def test_nobody_takes_back_what_another_gave(ada: Person, link: GiftLink) -> None:
    assert signed_in(ada).post(f"/give/{link.pk}/revoke").status_code == 404
    assert Client().post(f"/give/{link.pk}/revoke").status_code == 302
    assert GiftLink.objects.live().count() == 1


def test_taking_back_is_never_a_get_and_leads_nowhere_else(bruno: Person, link: GiftLink) -> None:
    client = signed_in(bruno)
    assert client.get(f"/give/{link.pk}/revoke").status_code == 405
    assert GiftLink.objects.live().exists()
    response = client.post(f"/give/{link.pk}/revoke", {"next": "https://evil.example/"})
    assert response.headers["Location"] == "/account/"


# --- Opening ---------------------------------------------------------------------------------------


def test_one_press_opens_the_article_whole_and_counts_one(link: GiftLink, reef: Article) -> None:
    friend = Client()
    assert verdict(friend, reef) == "meter"
    response = press(friend, link)
    assert (response.status_code, response.headers["Location"]) == (303, reef.get_url() + "#gift")
    page = friend.get(reef.get_url())
    assert page.headers["Broadsheet-Verdict"] == "gift-link"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert len(marks_in(page.text, "reef")) == 8
    assert 'id="gift"' not in page.text  # so that it is read from the top
    assert opens_of(link) == 1


def test_a_gift_takes_nothing_of_the_allowance(link: GiftLink, reef: Article, ada: Person) -> None:
    for client in (Client(), signed_in(ada)):
        press(client, link)
        answer = client.post(f"/read/{reef.uuid}", headers=AS_SCRIPT)
        assert answer.json()["verdict"] == "gift-link"
        assert "broadsheet_left" not in client.cookies
    assert not Grant.objects.exists()


def test_a_gift_opens_an_article_for_subscribers(bruno: Person, magazine: Magazine) -> None:
    link = GiftLink.objects.give(bruno, magazine.for_subscribers.uuid)
    friend = Client()
    press(friend, link)
    assert verdict(friend, magazine.for_subscribers) == "gift-link"


def test_a_gift_for_another_article_opens_nothing(link: GiftLink, magazine: Magazine) -> None:
    friend = Client()
    press(friend, link)
    assert verdict(friend, magazine.for_subscribers) == "subscribe"
    assert verdict(friend, magazine.article("orchard")) == "meter"


def test_the_cookie_is_the_browsers_own_and_ends_with_the_link(link: GiftLink, reef: Article) -> None:
    friend = Client()
    cookie = press(friend, link).cookies[f"broadsheet_gift_{reef.uuid.hex}"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    with clock.stopped_at(link.expires_at - timedelta(seconds=2)):
        assert verdict(friend, reef) == "gift-link"
    with clock.moved_to(link.expires_at):
        assert verdict(friend, reef) == "meter"


def test_an_expired_link_opens_nothing_and_leads_to_the_article(link: GiftLink, reef: Article) -> None:
    with clock.moved_to(link.expires_at):
        for response in (Client().get(at(link)), press(Client(), link)):
            assert response.status_code == 410
            assert "link has expired" in response.text
            assert f'href="{reef.get_url()}"' in response.text
            assert "<form" not in response.text.split("<main")[1].split("</main>")[0]
            assert not response.cookies
    assert opens_of(link) == 0


def test_a_link_over_its_limit_opens_nothing_more(link: GiftLink, reef: Article) -> None:
    GiftLink.objects.update(opens_allowed=2)
    friends = [Client() for _ in range(3)]
    assert [press(friend, link).status_code for friend in friends] == [303, 303, 410]
    refused = friends[2].get(at(link))
    assert (refused.status_code, opens_of(link)) == (410, 2)
    assert "has been used up" in refused.text
    assert verdict(friends[2], reef) == "meter"
    assert friends[0].get(at(link)).headers["Location"] == reef.get_url()


def test_an_unknown_link_is_not_found(magazine: Magazine, client: Client) -> None:
    for token in ("x", "A" * 32, "A" * 5000, "%C3%BC", "%F0%9F%8E%81"):
        assert client.get(f"/g/{token}").status_code == 404
        assert client.post(f"/g/{token}", headers=HERE).status_code == 404


def test_a_link_to_a_withdrawn_article_says_so(link: GiftLink, reef: Article) -> None:
    reef.unpublish()
    for response in (Client().get(at(link)), press(Client(), link)):
        assert response.status_code == 410
        assert "This article has been withdrawn." in response.text
    assert opens_of(link) == 0


# --- What counts nothing ---------------------------------------------------------------------------


@pytest.mark.parametrize("agent", UNFURLERS)
def test_an_unfurler_gets_a_card_and_burns_nothing(link: GiftLink, reef: Article, agent: str) -> None:
    unfurler = Client(headers={"User-Agent": agent})
    for page in (unfurler.get(at(link)), unfurler.get(at(link))):
        assert page.status_code == 200
        assert f'<meta property="og:title" content="{reef.headline}">' in page.text
        assert f'<meta property="og:description" content="{reef.standfirst}">' in page.text
        # Not the article's: who shares the preview on would share the wall.
        assert f'<meta property="og:url" content="http://localhost:8000{at(link)}">' in page.text
    assert opens_of(link) == 0


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "GPTBot/1.2", "Twitterbot/1.0"])
def test_a_declared_robot_that_presses_opens_nothing(link: GiftLink, agent: str) -> None:
    response = Client(headers={"User-Agent": agent}).post(at(link), headers=HERE)
    assert (response.status_code, opens_of(link)) == (403, 0)
    assert not response.cookies


def test_the_card_has_the_articles_picture(bruno: Person, magazine: Magazine) -> None:
    link = GiftLink.objects.give(bruno, magazine.article("harbour").uuid)
    page = Client().get(at(link)).text
    assert '<meta property="og:image" content="http://localhost:8000/pictures/' in page
    assert "A plain view of harbour at low water" in page
    assert "(Image credit: Ilse Marr / The Meridian)" in page


def test_looking_at_the_link_leaves_no_trace_and_is_kept_nowhere(link: GiftLink) -> None:
    page = Client().get(at(link))
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert not page.cookies
    assert "Cookie" not in page.headers.get("Vary", "")
    assert "A subscriber of The Meridian gives you this article." in page.text


@pytest.mark.parametrize("method", ["head", "options", "put", "delete"])
def test_other_methods_open_nothing(link: GiftLink, method: str) -> None:
    response = getattr(Client(), method)(at(link), headers=HERE)
    assert not response.cookies
    assert opens_of(link) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {},
        HERE | {"Sec-Purpose": "prefetch"},
        HERE | {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_a_post_that_nobody_here_made_opens_nothing(link: GiftLink, headers: dict[str, str]) -> None:
    response = Client().post(at(link), headers=headers)
    assert response.status_code == 403
    assert not response.cookies
    assert opens_of(link) == 0


def test_an_older_browser_is_known_by_its_origin(link: GiftLink) -> None:
    assert Client().post(at(link), headers={"Origin": "http://localhost:8000"}).status_code == 303


def test_a_double_click_counts_once_and_lands_in_the_open_article(link: GiftLink) -> None:
    GiftLink.objects.update(opens_allowed=1)
    form = Client().get(at(link)).context["press"]
    # The browser sends the second before it has the first one's cookie, and shows what that is answered.
    answers = [press(Client(), link, press=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert all(answer.cookies for answer in answers)
    assert opens_of(link) == 1


def test_taken_back_it_opens_to_nobody_by_a_press_that_was_counted(link: GiftLink) -> None:
    press(Client(), link, press="shared")
    link.revoke()
    assert press(Client(), link, press="shared").status_code == 410


def test_a_press_that_no_form_of_ours_made_is_no_fault(link: GiftLink) -> None:
    assert press(Client(), link, press="\0").status_code == 303
    assert opens_of(link) == 1


def test_two_forms_are_two_presses(link: GiftLink) -> None:
    forms = {Client().get(at(link)).context["press"] for _ in range(2)}
    for form in forms:
        press(Client(), link, press=form)
    assert opens_of(link) == 2


def test_who_has_opened_it_already_comes_back_for_nothing(link: GiftLink, reef: Article) -> None:
    friend = Client()
    press(friend, link)
    assert press(friend, link).headers["Location"] == reef.get_url()
    assert friend.get(at(link)).headers["Location"] == reef.get_url()
    assert opens_of(link) == 1


def test_who_reads_it_by_right_counts_nothing(
    bruno: Person, carla: Person, ada: Person, link: GiftLink, reef: Article
) -> None:
    reader = signed_in(ada)
    reader.post(f"/read/{reef.uuid}", headers=HERE)
    for client in (signed_in(bruno), signed_in(carla), reader):
        response = press(client, link)
        assert (response.status_code, response.headers["Location"]) == (303, reef.get_url())
        assert not any(name.startswith("broadsheet_gift_") for name in response.cookies)
    assert opens_of(link) == 0


def test_an_article_that_became_free_counts_nothing(link: GiftLink, reef: Article) -> None:
    reef.access = "free"
    reef.save()
    assert press(Client(), link).headers["Location"] == reef.get_url()
    assert opens_of(link) == 0


# --- What nobody learns ----------------------------------------------------------------------------


def test_the_page_of_a_link_holds_nothing_that_is_withheld(bruno: Person, magazine: Magazine) -> None:
    for slug in ("reef", "index", "observatory"):
        article = magazine.article(slug)
        link = GiftLink.objects.give(bruno, article.uuid)
        withheld = withheld_marks(article)
        assert withheld
        for response in (
            Client().get(at(link)),
            Client().post(at(link), headers={"Sec-Fetch-Site": "cross-site"}),
            Client().get(at(link), headers={"Accept": "application/json"}),
        ):
            assert not marks_in(response.text, slug) & withheld
        GiftLink.objects.update(opens=10)
        assert not marks_in(press(Client(), link).text, slug) & withheld


def test_the_page_of_a_link_does_not_say_who_gives(bruno: Person, link: GiftLink) -> None:
    page = Client().get(at(link)).text
    for word in ("Bruno", "Keller", bruno.email):
        assert word not in page


def test_the_token_is_left_behind(link: GiftLink, reef: Article) -> None:
    friend = Client()
    page, posted = friend.get(at(link)), press(friend, link)
    for response in (page, posted):
        assert response.headers["Referrer-Policy"] == "strict-origin"
    assert link.token not in posted.headers["Location"]
    article = friend.get(reef.get_url())
    assert link.token not in article.text
    assert article.headers["Referrer-Policy"] == "same-origin"
    assert all(link.token not in cookie.value for cookie in friend.cookies.values())


def test_a_browser_that_keeps_no_cookie_is_told_so(link: GiftLink, reef: Article) -> None:
    landed = press(Client(), link).headers["Location"]
    page = Client().get(landed.partition("#")[0])
    assert page.headers["Broadsheet-Rendition"] == "public"
    assert f'id="{landed.partition("#")[2]}"' in page.text


def test_the_next_person_at_a_shared_computer_starts_anew(ada: Person, link: GiftLink, reef: Article) -> None:
    client = signed_in(ada)
    press(client, link)
    client.post("/account/sign-out/")
    assert verdict(client, reef) == "meter"


# --- The giver's account ---------------------------------------------------------------------------


def test_the_account_lists_what_was_given(bruno: Person, link: GiftLink) -> None:
    press(Client(), link)
    page = words_of(signed_in(bruno).get("/account/"))
    assert "Articles you gave" in page
    assert "You have 9 of 10 articles left to give" in page
    assert "Opened 1 of 10 times" in page
    assert f'action="/give/{link.pk}/revoke"' in page
    assert f'href="/give/{link.article}"' in page


def test_the_account_says_how_a_link_ended(bruno: Person, magazine: Magazine) -> None:
    links = [GiftLink.objects.give(bruno, article.uuid) for article in magazine.metered()[:2]]
    for link in links:
        press(Client(), link)
    links[0].revoke()
    GiftLink.objects.filter(pk=links[1].pk).update(opens=10)
    page = signed_in(bruno).get("/account/").text
    assert "Taken back:" in page
    assert "Used up:" in page
    assert "/revoke" not in page


def test_the_account_of_a_reader_who_never_gave_says_nothing_of_it(ada: Person, magazine: Magazine) -> None:
    assert "Articles you gave" not in signed_in(ada).get("/account/").text


def test_links_outlive_the_subscription_and_can_still_be_taken_back(bruno: Person, link: GiftLink) -> None:
    Entitlement.objects.update(ends_at=clock.now())
    client = signed_in(bruno)
    page = client.get("/account/").text
    assert f'action="/give/{link.pk}/revoke"' in page
    assert "left to give" not in page
    assert press(Client(), link).status_code == 303


def test_an_article_that_is_gone_is_listed_without_its_name(
    bruno: Person, link: GiftLink, reef: Article
) -> None:
    reef.unpublish()
    page = signed_in(bruno).get("/account/").text
    assert "An article that is no longer published" in " ".join(page.split())
    assert "Reef" not in page
    assert f'action="/give/{link.pk}/revoke"' in page


def test_the_account_asks_no_more_for_more_links(bruno: Person, magazine: Magazine) -> None:
    client = signed_in(bruno)

    def queries() -> int:
        client.get("/account/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/account/")
        return len(asked)

    GiftLink.objects.give(bruno, magazine.article("reef").uuid)
    few = queries()
    for article in magazine.metered():
        GiftLink.objects.give(bruno, article.uuid)
    assert queries() == few


def test_what_was_given_is_in_the_export(bruno: Person, link: GiftLink) -> None:
    [given] = everything_about(bruno)["articles_given"]
    assert (given["article"], given["token"], given["opens"]) == (str(link.article), link.token, 0)


def test_a_press_is_one_whatever_networks_its_browser_goes_through(link: GiftLink) -> None:
    GiftLink.objects.update(opens_allowed=1)
    form = Client().get(at(link)).context["press"]
    addresses = ("192.0.2.7", "198.51.100.7", "2001:db8::7")
    pressed = [press(Client(REMOTE_ADDR=address), link, press=form) for address in addresses]
    assert [answer.status_code for answer in pressed] == [303, 303, 303]
    assert opens_of(link) == 1


def test_browsers_that_share_a_network_press_for_themselves(link: GiftLink) -> None:
    friends = [Client(REMOTE_ADDR="192.0.2.7") for _ in range(3)]
    for friend in friends:
        press(friend, link, press=friend.get(at(link)).context["press"])
    assert opens_of(link) == 3


def test_a_press_that_is_passed_on_to_others_is_theirs(link: GiftLink) -> None:
    GiftLink.objects.update(opens_allowed=1)
    browsers = [{"User-Agent": f"Mozilla/5.0 {name}"} for name in ("Firefox", "Chrome", "Safari")]
    pressed = [Client().post(at(link), {"press": "shared"}, headers=HERE | own) for own in browsers]
    assert [answer.status_code for answer in pressed] == [303, 410, 410]
    with clock.moved_to(clock.now() + timedelta(minutes=2)):
        assert press(Client(headers=browsers[0]), link, press="shared").status_code == 410


def test_a_press_comes_again_for_a_minute(link: GiftLink) -> None:
    GiftLink.objects.update(opens_allowed=1)
    found = []
    for seconds in (0, 59, 61):
        with clock.stopped_at(link.created_at + timedelta(seconds=seconds)):
            found.append(press(Client(), link, press="slow").status_code)
    assert found == [303, 303, 410]

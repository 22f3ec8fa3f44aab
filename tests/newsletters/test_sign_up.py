"""Signing up: asked by a form, confirmed by whoever reads the mailbox, and by nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.delivery.models import Suppression
from broadsheet.newsletters import asking
from broadsheet.newsletters.forms import pace_mark
from broadsheet.newsletters.models import Consent, Mailbox, Newsletter, SignUp
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.conftest import SIGN_UP, code_in, link_in, reader, receives, sign_up
from tests.people.conftest import new_browser, page, text_of

pytestmark = pytest.mark.django_db
ADA = "ada@reader.example"


@pytest.fixture(autouse=True)
def _two(magazine: Magazine, briefing: Newsletter, weekly: Newsletter) -> None:
    """Every test here needs them."""


def test_the_code_of_the_message_confirms(browser: Client, mailoutbox: list[Any]) -> None:
    answer = sign_up(browser, ADA, "briefing")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/newsletters/code/")
    assert receives(ADA) == set()

    answer = browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])}, follow=True)

    assert "You are signed up" in page(answer)
    assert receives(ADA) == {"briefing"}
    assert len(mailoutbox) == 1


def test_the_link_confirms_by_its_button_in_any_browser(browser: Client, mailoutbox: list[Any]) -> None:
    sign_up(browser, ADA, "briefing", "week")
    scanner, phone = new_browser(), new_browser()
    path = link_in(mailoutbox[-1])

    for _ in range(2):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    assert receives(ADA) == set()
    shown = page(phone.get(path))
    assert "Morning Briefing" in shown
    assert "The Week" in shown
    assert ADA not in shown

    phone.post(path)
    assert receives(ADA) == {"briefing", "week"}
    assert phone.post(path).status_code == 400


def test_the_link_is_good_for_a_week(browser: Client, mailoutbox: list[Any]) -> None:
    sign_up(browser, ADA, "briefing")
    path = link_in(mailoutbox[-1])
    with clock.moved_to(clock.now() + timedelta(days=8)):
        assert browser.post(path).status_code == 400
    with clock.moved_to(clock.now() + timedelta(days=6)):
        assert browser.post(path).status_code == 303
    assert receives(ADA) == {"briefing"}


def test_choosing_none_means_none(browser: Client, mailoutbox: list[Any]) -> None:
    answer = sign_up(browser, ADA)
    assert answer.status_code == 400
    assert "Choose at least one newsletter" in page(answer)
    assert (mailoutbox, Mailbox.objects.count()) == ([], 0)


def test_a_newsletter_of_another_edition_or_one_not_offered_is_not_taken(browser: Client) -> None:
    Newsletter.objects.create(edition="en-gb", slug="london", name="London")
    Newsletter.objects.filter(slug="week").update(is_active=False)
    for slug in ("london", "week", "' OR 1=1"):
        assert sign_up(browser, ADA, slug).status_code == 400
    assert Mailbox.objects.count() == 0


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "ada@reader.example\r\nBcc: all@reader.example", "a" * 300 + "@b.example"]
)
def test_what_is_no_address_is_shown_again_as_it_was_typed(browser: Client, typed: str) -> None:
    answer = sign_up(browser, typed, "briefing")
    assert answer.status_code == 400
    assert 'value="briefing"\n                  checked' in page(answer)


@pytest.mark.parametrize(
    ("typed", "kept", "is_adas"),
    [
        ("Ada@Reader.EXAMPLE", "ada@reader.example", True),
        (" ada@reader.example ", "ada@reader.example", True),
        ("ada+news@reader.example", "ada+news@reader.example", False),
        ("a.da@reader.example", "a.da@reader.example", False),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", False),
    ],
)
def test_one_mailbox_is_one_however_its_address_is_written(
    browser: Client, mailoutbox: list[Any], typed: str, kept: str, is_adas: bool
) -> None:
    reader(ADA)
    sign_up(browser, typed, "briefing")
    assert Mailbox.objects.filter(address=kept).exists()
    assert Mailbox.objects.count() == (1 if is_adas else 2)


def test_the_answer_does_not_tell_who_is_known(mailoutbox: list[Any], briefing: Newsletter) -> None:
    reader("known@reader.example", briefing)
    Person.objects.create_user("account@reader.example")
    answers = []
    for address in ("known@reader.example", "account@reader.example", "new@reader.example"):
        client = new_browser()
        answer = sign_up(client, address, "briefing")
        shown = page(client.get("/newsletters/code/")).replace(address, "…")
        answers.append((answer.status_code, answer.headers["Location"], shown.partition("csrf")[0]))
    assert answers[0] == answers[1] == answers[2]
    assert [len(text_of(letter).splitlines()) for letter in mailoutbox[1:]] == [
        len(text_of(mailoutbox[0]).splitlines())
    ] * 2


def test_somebody_else_who_asks_changes_nothing_of_a_reader(
    browser: Client, mailoutbox: list[Any], briefing: Newsletter
) -> None:
    mailbox = reader(ADA, briefing, time_zone="Europe/Berlin")
    left = SignUp.objects.get(mailbox=mailbox)
    left.leave("preferences")
    sign_up(browser, ADA, "briefing", zone="Asia/Tokyo")
    mailbox.refresh_from_db()
    left.refresh_from_db()
    assert (mailbox.time_zone, left.state) == ("Europe/Berlin", "left")

    browser.post(link_in(mailoutbox[-1]))
    mailbox.refresh_from_db()
    assert (mailbox.time_zone, receives(ADA)) == ("Europe/Berlin", {"briefing"})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Pacific/Kiritimati", "Pacific/Kiritimati"),
        ("Mars/Olympus", ""),
        ("", ""),
        ("../../etc/passwd", ""),
        ("europe/berlin", ""),
    ],
)
def test_the_browsers_time_zone_is_kept_if_there_is_such_a_one(
    browser: Client, mailoutbox: list[Any], said: str, kept: str
) -> None:
    sign_up(browser, ADA, "briefing", zone=said)
    assert Mailbox.objects.get().time_zone == ""
    browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])})
    mailbox = Mailbox.objects.get()
    assert mailbox.time_zone == kept
    assert mailbox.zone.key == kept or mailbox.zone.key == "America/New_York"


def test_the_record_says_which_words_when_where_and_from_which_network(
    browser: Client, mailoutbox: list[Any], magazine: Magazine
) -> None:
    article = magazine.article("reef").get_url()
    shown = page(browser.get(article))
    sign_up(browser, ADA, "briefing", place="article", page=article)
    consent = Consent.objects.get()
    assert consent.words in shown
    assert (consent.place, consent.page, consent.network_address) == ("article", article, "127.0.0.1")
    assert consent.confirmed_at is None
    browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])})
    consent.refresh_from_db()
    assert consent.confirmed_at
    assert consent.confirmed_at >= consent.given_at


def test_a_forged_place_or_page_is_not_believed(browser: Client) -> None:
    sign_up(browser, ADA, "briefing", place="staff", page="https://elsewhere.example/")
    consent = Consent.objects.get()
    assert (consent.place, consent.page) == ("page", "")


def test_a_reader_who_is_signed_in_needs_no_message(mailoutbox: list[Any], ada: Person) -> None:
    client = new_browser()
    client.force_login(ada)
    answer = client.post(SIGN_UP, {"newsletter": ["briefing"], "place": "account"})
    assert answer.status_code == 303
    assert (receives(ada.email), mailoutbox) == ({"briefing"}, [])
    assert Mailbox.objects.get().person == ada


def test_a_reader_who_is_signed_in_needs_one_for_another_address(mailoutbox: list[Any], ada: Person) -> None:
    client = new_browser()
    client.force_login(ada)
    sign_up(client, "other@reader.example", "briefing")
    assert receives("other@reader.example") == set()
    assert len(mailoutbox) == 1


def test_what_fills_in_every_field_is_told_so_and_gets_nothing(
    browser: Client, mailoutbox: list[Any]
) -> None:
    answer = sign_up(browser, ADA, "briefing", nothing="https://spam.example/")
    assert (answer.status_code, mailoutbox, Mailbox.objects.count()) == (400, [], 0)
    assert "must stay empty" in page(answer)


def test_without_script_the_form_is_shown_once_more_with_all_that_was_typed(
    browser: Client, mailoutbox: list[Any]
) -> None:
    answer = browser.post(SIGN_UP, {"email": ADA, "newsletter": ["briefing"], "place": "front"})
    shown = page(answer)
    assert (answer.status_code, mailoutbox) == (200, [])
    assert "press the button again" in shown
    assert f'value="{ADA}"' in shown
    assert 'name="pace"' in shown


def test_who_is_quicker_than_people_is_asked_to_press_once_more(
    browser: Client, mailoutbox: list[Any]
) -> None:
    mark = pace_mark()
    data = {"email": ADA, "newsletter": ["briefing"], "pace": mark}
    answer = browser.post(SIGN_UP, data)
    assert (answer.status_code, mailoutbox) == (400, [])
    assert f'value="{mark}"' in page(answer)
    with clock.moved_to(clock.now() + timedelta(seconds=5)):
        assert browser.post(SIGN_UP, data).status_code == 303


def test_a_forged_or_old_mark_of_when_it_began_is_asked_for_again(browser: Client) -> None:
    old = pace_mark()
    forged = {"email": ADA, "newsletter": ["briefing"], "pace": "1:abc"}
    assert browser.post(SIGN_UP, forged).status_code == 200
    with clock.moved_to(clock.now() + timedelta(days=2)):
        assert browser.post(SIGN_UP, forged | {"pace": old}).status_code == 200
    assert Mailbox.objects.count() == 0


def test_a_form_of_another_site_is_refused() -> None:
    answer = Client(headers={"Sec-Fetch-Site": "cross-site"}).post(
        SIGN_UP, {"email": ADA, "newsletter": ["briefing"], "pace": pace_mark()}
    )
    assert answer.status_code == 403


def test_one_address_is_not_flooded(mailoutbox: list[Any]) -> None:
    answers = [sign_up(new_browser(), ADA, "briefing").status_code for _ in range(7)]
    assert answers[:5] == [303] * 5
    assert answers[5:] == [429] * 2
    assert len(mailoutbox) == 5


def test_a_domain_with_many_unconfirmed_addresses_waits(
    browser: Client, monkeypatch: pytest.MonkeyPatch, briefing: Newsletter, mailoutbox: list[Any]
) -> None:
    monkeypatch.setattr(asking, "UNCONFIRMED_A_DAY", 3)
    for number in range(3):
        mailbox = Mailbox.objects.create(address=f"r{number}@spam.example", edition="en-us")
        SignUp.objects.create(newsletter=briefing, mailbox=mailbox, place="page")
    answer = sign_up(browser, "r4@spam.example", "briefing")
    assert (answer.status_code, mailoutbox) == (429, [])
    assert sign_up(browser, "r4@notspam.example", "briefing").status_code == 303
    # A large provider has many of both.
    reader("real@spam.example", briefing)
    assert sign_up(browser, "r4@spam.example", "briefing").status_code == 303


def test_whoever_asks_anew_for_what_they_called_spam_gets_it_again(
    browser: Client, mailoutbox: list[Any]
) -> None:
    Suppression.suppress(ADA, Suppression.Reason.COMPLAINT)
    Suppression.suppress("bea@reader.example", Suppression.Reason.STAFF)
    for address in (ADA, "bea@reader.example"):
        sign_up(browser, address, "briefing")
        browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])})
    active = Suppression.objects.active()
    assert not active.of(ADA).exists()
    assert active.of("bea@reader.example").exists()


def test_names_of_newsletters_stay_text_in_the_letter_and_on_pages(
    browser: Client, mailoutbox: list[Any], briefing: Newsletter
) -> None:
    name = "\u202eLetter <b>&amp;</b> {{ code }} 🗞"
    Newsletter.objects.filter(pk=briefing.pk).update(name=name)
    sign_up(browser, ADA, "briefing")
    assert name in text_of(mailoutbox[-1])
    assert "<b>&amp;</b>" not in page(browser.get("/newsletters/"))


def test_the_page_tells_of_each_how_often_and_by_whom(browser: Client, briefing: Newsletter) -> None:
    Newsletter.objects.filter(pk=briefing.pk).update(written_by="Eleanor Vance", subscribers_only=True)
    shown = page(browser.get("/newsletters/"))
    assert "Monday to Friday at 7 a.m., where you are" in shown
    assert "Every Saturday" in shown
    assert "Eleanor Vance" in shown
    assert "For subscribers" in shown
    assert "checked" not in shown


def test_an_article_offers_the_newsletter_about_its_section(
    browser: Client, magazine: Magazine, weekly: Newsletter
) -> None:
    article = magazine.article("reef")
    assert "Morning Briefing" in page(browser.get(article.get_url()))
    weekly.sections.add(article.section)
    assert "The Week" in page(browser.get(article.get_url()))


def test_the_front_has_the_form_in_its_edition_alone(browser: Client, magazine: Magazine) -> None:
    assert 'action="/newsletters/sign-up/"' in page(browser.get("/"))
    assert "newsletter_sign_up" not in page(browser.get("/uk/"))
    assert "Morning Briefing" not in page(browser.get("/uk/"))


def test_nobody_is_offered_what_they_get(ada: Person, briefing: Newsletter, magazine: Magazine) -> None:
    reader(ada.email, briefing, person=ada)
    client = new_browser()
    client.force_login(ada)
    shown = page(client.get("/"))
    assert "Morning Briefing" not in shown
    assert "The Week" in shown

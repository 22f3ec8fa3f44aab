"""The form by which a visitor writes to the publication, up to the letter in its mailbox."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.template import Context, Template
from django.test import Client, RequestFactory

from broadsheet.contact.models import Conversation
from broadsheet.editorial.models import Publication, StandingPage
from broadsheet.platform import clock
from harness.ports import free_port
from tests.cast import STRANGER, signed_in
from tests.magazine import Magazine
from tests.parallel import at_once
from tests.post import LetterBox

DESK = "desk@magazine.example"
HERE = {"Sec-Fetch-Site": "same-origin"}
LETTER = {"email": STRANGER, "topic": "other", "message": "Your crossword was\r\nwrong – again."}


@pytest.fixture(autouse=True)
def _fresh_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def contact(magazine: Magazine) -> StandingPage:
    uk = magazine.uk
    body = [{"type": "text", "value": "<p>We read all.</p>"}]
    page = StandingPage(title="Contact", slug="contact", body=body, locale=uk.locale, has_contact_form=True)
    uk.add_child(instance=page)
    return page


@pytest.fixture
def browser(magazine: Magazine) -> Client:
    return Client(headers=HERE)


def send(browser: Client, page: StandingPage, **changes: Any) -> Any:
    return browser.post(f"/uk/write/{page.pk}", LETTER | changes)


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")


# --- The page ----------------------------------------------------------------------------------------


def test_the_page_is_the_same_for_all_and_holds_no_token(contact: StandingPage, client: Client) -> None:
    response = client.get("/uk/contact/")
    assert "We read all." in response.text
    assert f'action="/uk/write/{contact.pk}"' in response.text
    assert "csrf" not in response.text
    assert response.headers["Cache-Control"].startswith("public")
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "X-Robots-Tag" not in response.headers


def test_a_page_without_the_mark_has_no_form(magazine: Magazine, client: Client) -> None:
    assert "/write/" not in client.get("/uk/about/").text


def test_without_an_address_of_the_publication_there_is_no_form(
    contact: StandingPage, client: Client
) -> None:
    Publication.objects.update(contact_email="")
    assert "/write/" not in client.get("/uk/contact/").text
    response = send(Client(headers=HERE), contact)
    assert (response.status_code, response.headers["Location"]) == (302, "/uk/contact/")


def test_a_readers_address_is_filled_in_for_them_alone(contact: StandingPage, ada) -> None:
    response = signed_in(ada).get("/uk/contact/")
    assert f'value="{ada.email}"' in response.text
    assert response.headers["Cache-Control"] == "private, no-store"


def test_from_a_wall_the_article_comes_along(contact: StandingPage, client: Client, magazine) -> None:
    uuid = magazine.article("reef").uuid
    page = client.get(f"/uk/contact/?article={uuid}").text
    assert re.search(rf'name="article"[^>]*value="{uuid}"|value="{uuid}"[^>]*name="article"', page)
    assert '<option value="subscription" selected>' in page
    plain = client.get("/uk/contact/").text
    assert client.get("/uk/contact/?article=%22%3E%3Cscript%3E").text == plain
    assert '<option value="" selected>' in plain


def test_a_new_page_can_be_previewed_before_it_is_saved(magazine: Magazine, carla) -> None:
    page = StandingPage(title="Contact", slug="contact", locale=magazine.us.locale, has_contact_form=True)
    request = RequestFactory().get("/")
    request.user = carla
    html = Template("{% include 'contact/form.html' %}").render(
        Context({"page": page, "publication": Publication.load(), "request": request})
    )
    assert "<form" not in html


# --- Sending -----------------------------------------------------------------------------------------


def test_a_letter_reaches_the_publication(
    contact: StandingPage, browser: Client, magazine: Magazine, mail_by_smtp: LetterBox
) -> None:
    harbour = magazine.article("harbour", "uk")
    response = send(browser, contact, article=str(harbour.uuid))
    assert (response.status_code, response.headers["Location"]) == (303, f"/uk/write/{contact.pk}/sent")
    assert response.headers["Cache-Control"] == "private, no-store"
    letter = mail_by_smtp.await_message(DESK)
    assert letter["To"] == DESK
    assert letter["Reply-To"] == STRANGER
    assert letter["Subject"] == "Contact form: Something else"
    text = text_of(letter)
    assert text.startswith("Your crossword was\nwrong – again.\n\n-- \n")
    assert f"From {STRANGER}, by the contact form of The Meridian UK." in text
    assert "“Harbour”" in text
    assert "/uk/world/harbour/" in text
    page = browser.get(response.headers["Location"])
    assert "Your message was sent" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.django_db(transaction=True)
def test_a_message_that_is_sent_twice_is_one(contact: StandingPage, mailoutbox: list[Any]) -> None:
    answers = at_once(*[lambda: send(Client(headers=HERE), contact).status_code] * 4)
    assert answers == [303] * 4
    assert len(mailoutbox) == Conversation.objects.count() == 1
    with clock.moved_to(clock.now() + timedelta(hours=2)):
        send(Client(headers=HERE), contact)
    assert Conversation.objects.count() == 2


@pytest.mark.parametrize("article", ["", "no-uuid", "\0", "00000000-0000-0000-0000-000000000000"])
def test_an_article_that_is_none_is_not_named(
    contact: StandingPage, browser: Client, mailoutbox: list[Any], article: str
) -> None:
    assert send(browser, contact, article=article).status_code == 303
    assert "They came from" not in mailoutbox[0].body


@pytest.mark.parametrize(
    "email",
    [
        "a@b.example\r\nBcc: all@b.example",
        "a@b.example, c@d.example",
        "a",
        "",
        "<a@b.example>",
        "a@localhost",
        "ada@☕.ws",
    ],
)
def test_an_address_that_is_none_is_refused(
    contact: StandingPage, browser: Client, mailoutbox: list[Any], email: str
) -> None:
    assert send(browser, contact, email=email).status_code == 400
    assert mailoutbox == []


def test_what_is_written_stays_in_the_letters_body(
    contact: StandingPage, browser: Client, mail_by_smtp: LetterBox
) -> None:
    message = "Bcc: all@b.example\n\n.\nSubject: <b>x</b> {{ 7|add:7 }} &amp;"
    send(browser, contact, message=message)
    letter = mail_by_smtp.await_message(DESK)
    assert text_of(letter).startswith(message)
    assert letter["Bcc"] is None


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    contact: StandingPage, browser: Client, mailoutbox: list[Any]
) -> None:
    response = send(browser, contact, email="nobody", topic="", message="Kept <b>as it is</b>")
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "private, no-store"
    page = response.text
    assert "does not look like an e-mail address" in page
    assert "Choose what it is about." in page
    assert 'value="nobody"' in page
    assert "Kept &lt;b&gt;as it is&lt;/b&gt;" in page
    assert 'href="#letter-email"' in page
    assert 'id="letter-email"' in page
    assert re.search(r'role="alert"\s+tabindex="-1"\s+autofocus', page)
    assert mailoutbox == []


@pytest.mark.parametrize(("length", "status"), [(5_000, 303), (5_001, 400)])
def test_a_new_line_counts_as_one_character(
    contact: StandingPage, browser: Client, mailoutbox: list[Any], length: int, status: int
) -> None:
    message = "a" + "\r\n" * (length - 2) + "b"
    assert send(browser, contact, message=message).status_code == status


def test_what_fills_in_the_hidden_field_sends_nothing_and_a_person_may_send_again(
    contact: StandingPage, browser: Client, mailoutbox: list[Any]
) -> None:
    response = send(browser, contact, nothing="https://pills.example")
    assert response.status_code == 400
    assert "must stay empty" in response.text
    assert "pills" not in response.text
    assert "again." in response.text
    assert mailoutbox == []


def test_the_hidden_field_is_there_and_named_for_who_cannot_see(
    contact: StandingPage, client: Client
) -> None:
    page = client.get("/uk/contact/").text
    assert "Leave this field empty" in page
    assert re.search(r'name="nothing"[^>]*tabindex="-1"', page)


# --- What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {}], ids=str)
def test_a_letter_from_another_site_is_refused(
    contact: StandingPage, client: Client, mailoutbox: list[Any], headers: dict[str, str]
) -> None:
    assert client.post(f"/uk/write/{contact.pk}", LETTER, headers=headers).status_code == 403
    assert mailoutbox == []


def test_only_a_page_with_a_form_in_this_edition_takes_letters(
    contact: StandingPage, browser: Client, magazine: Magazine, mailoutbox: list[Any]
) -> None:
    about = StandingPage.objects.child_of(magazine.uk).get(slug="about")
    for address in (f"/uk/write/{about.pk}", f"/write/{contact.pk}", "/uk/write/999999"):
        assert browser.post(address, LETTER).status_code == 404
    contact.unpublish()
    assert send(browser, contact).status_code == 404
    assert mailoutbox == []


def test_after_five_letters_it_says_so_and_keeps_what_was_typed(
    contact: StandingPage, browser: Client, mailoutbox: list[Any]
) -> None:
    letters = [f"Letter {number}: wrong – again." for number in range(6)]
    answers = [send(browser, contact, message=letter) for letter in letters]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "wait a few minutes" in answers[-1].text
    assert "wrong – again." in answers[-1].text
    assert len(mailoutbox) == 5


def test_a_network_has_a_limit_of_its_own(
    contact: StandingPage, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"contact_by_network": "2/m/key"}
    answers = [send(Client(headers=HERE, REMOTE_ADDR=f"198.51.100.{n}"), contact) for n in range(1, 4)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]


def test_bad_input_is_not_counted(contact: StandingPage, browser: Client, mailoutbox: list[Any]) -> None:
    for _ in range(8):
        send(browser, contact, message="")
    assert send(browser, contact).status_code == 303


def test_when_the_mail_server_is_away_it_says_so_and_keeps_what_was_typed(
    contact: StandingPage, browser: Client, settings: Any
) -> None:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    response = send(browser, contact)
    assert response.status_code == 503
    assert "We could not send your message" in response.text
    assert "wrong – again." in response.text
    assert STRANGER in response.text


# --- The way to it -----------------------------------------------------------------------------------


def way(magazine: Magazine, edition: str) -> str:
    context = {"edition": magazine.edition(edition), "publication": Publication.load()}
    context["article"] = magazine.article("harbour", edition)
    template = Template("{% load contact_tags %}{% contact_address article %}")
    return template.render(Context(context))


def test_the_wall_leads_to_the_editions_form_else_to_the_mailbox_else_nowhere(
    contact: StandingPage, magazine: Magazine
) -> None:
    uuid = magazine.article("harbour").uuid
    assert way(magazine, "uk") == f"/uk/contact/?article={uuid}#letter"
    assert way(magazine, "us") == f"mailto:{DESK}"
    Publication.objects.update(contact_email="")
    assert way(magazine, "us") == ""

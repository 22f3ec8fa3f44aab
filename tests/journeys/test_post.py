"""The post room at the desk: a send is let go and watched, the ledger asked, a suppression lifted."""

from email.message import EmailMessage

from django.db import transaction
from playwright.sync_api import Page, expect

from broadsheet.delivery import keys
from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.message import Segments, return_path
from broadsheet.delivery.models import Addressee, Bounce, Send, Suppression
from broadsheet.demo.sends import SOURCE
from broadsheet.platform import clock
from tests.journeys.conftest import look_at_desk, sign_in
from tests.post import LetterBox

AUDIENCE = "audience@meridian.example"
READERS = 40


def write(subject: str, mailbox: str) -> Send:
    """A send that is held, to forty readers, one of whom is suppressed."""
    message = EmailMessage()
    message["From"], message["Subject"] = "The Meridian <letters@meridian.example>", subject
    message.set_content("Good morning.")
    send, _new = Send.objects.freeze(SOURCE, subject, subject=subject, sender="letters@meridian.example")
    cohort = send.cohorts.create(message=Segments.compile(message, [], clock.now()).frozen())
    addresses = [f"{mailbox}-{number}@reader.example" for number in range(READERS)]
    cohort.materialise(Addressee(address, address) for address in addresses)
    Suppression.suppress(addresses[-1], Suppression.Reason.STAFF, "Asked by letter")
    # At once, or the post room that runs beside the test takes the first of them.
    with transaction.atomic():
        send.begin()
        send.hold()
    return send


def test_a_send_is_let_go_watched_and_answered_for(page: Page, rows: None, smtp: LetterBox) -> None:
    mailbox = f"watched-{page.viewport_size['width']}" if page.viewport_size else "watched"
    subject = f"Good morning, {mailbox}"
    send = write(subject, mailbox)
    sign_in(page, AUDIENCE)
    page.goto("/desk/sends/")
    look_at_desk(page)
    page.get_by_role("link", name=subject).click()
    expect(page.get_by_text("0 of 40 done")).to_be_visible()
    look_at_desk(page)

    page.get_by_role("button", name="Resume").click()
    # Without anybody loading the page again.
    expect(page.get_by_text("40 of 40 done")).to_be_visible()
    expect(page.get_by_role("button", name="Hold")).to_have_count(0)
    expect(page.get_by_role("link", name="39 submitted")).to_be_visible()
    smtp.await_message(f"{mailbox}-0@reader.example")
    assert len([message for message in smtp.messages if mailbox in str(message["To"])]) == READERS - 1

    page.get_by_role("link", name="1 skipped").click()
    expect(page.get_by_text("Suppressed: by the staff")).to_be_visible()
    look_at_desk(page)
    send.refresh_from_db()
    assert send.state == Send.State.DONE


def test_a_send_is_stopped_after_a_second_look(desktop: Page, rows: None) -> None:
    send = write("Never mind", "stopped")
    sign_in(desktop, AUDIENCE)
    desktop.goto(f"/desk/sends/{send.pk}/")
    desktop.get_by_role("link", name="Stop…").click()
    expect(desktop.get_by_text("40 readers are, and won’t.")).to_be_visible()
    look_at_desk(desktop)
    desktop.get_by_role("button", name="Yes, stop it").click()
    expect(desktop.get_by_text("It is stopped.")).to_be_visible()


def test_did_she_get_it_and_why_not(page: Page, rows: None) -> None:
    mailbox = f"gone-{page.viewport_size['width']}" if page.viewport_size else "gone"
    send = write(f"Good night, {mailbox}", mailbox)
    gone = send.recipients.get(address=f"{mailbox}-0@reader.example")
    words = "550 5.1.1 no such user"
    path = return_path(keys.secret(), gone.pk, "meridian.example")
    Bounce.objects.take_in(
        Report(Kind.HARD, mailbox.ljust(64, "0"), (path,), gone.address, words, "mx.example")
    )

    sign_in(page, AUDIENCE)
    page.goto("/desk/ledger/")
    look_at_desk(page)
    page.locator("#main input[name=q]").fill(gone.address)
    expect(page.get_by_text(f"No issue goes to {gone.address}")).to_be_visible()
    expect(page.get_by_role("cell", name=words)).to_be_visible()
    look_at_desk(page)

    page.get_by_role("link", name="See why, or lift it…").click()
    expect(page.get_by_role("heading", name="Lift it")).to_be_visible()
    look_at_desk(page)
    page.get_by_label("Why it may be written to again").fill("She called: moved house")
    page.get_by_role("button", name="Lift the suppression").click()
    expect(page.get_by_text("Issues go to this address again.")).to_be_visible()
    expect(page.get_by_text("Edith Moreau: Lift a suppression. She called: moved house")).to_be_visible()
    assert not Suppression.objects.active().of(gone.address).exists()

    for address in ("/desk/bounces/", "/desk/suppressions/", "/desk/suppressions/new/"):
        page.goto(address)
        look_at_desk(page)


def test_without_script_the_list_of_sends_is_there_and_a_send_can_be_let_go(
    no_script: Page, rows: None, smtp: LetterBox
) -> None:
    send = write("Plainly", "plain")
    no_script.goto("/account/sign-in/")
    no_script.get_by_text("Use a password").click()
    form = no_script.locator("details", has_text="Use a password")
    form.get_by_label("E-mail address").fill(AUDIENCE)
    form.get_by_label("Password").fill("press-card-in-hatband")
    form.get_by_role("button", name="Sign in").click()
    no_script.goto(f"/desk/sends/{send.pk}/")
    no_script.get_by_role("button", name="Resume").click()
    smtp.await_message("plain-0@reader.example")
    expect(no_script.get_by_text("It is no longer on hold.")).to_be_attached()

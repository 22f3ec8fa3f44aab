"""The weekly issue at the address of an e-reader: proven by a code, sent once, while the right lasts."""

import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from broadsheet.delivery import sources
from broadsheet.delivery.models import Lane, Recipient, Send, Suppression
from broadsheet.delivery.signals import complained, unsubscribed
from broadsheet.delivery.sizes import fits_mail
from broadsheet.delivery.sources import Held, Skip
from broadsheet.delivery.spool import Spool
from broadsheet.membership.models import Actor, Entitlement, Price
from broadsheet.newsletters.chosen.sending import addressees
from broadsheet.newsletters.e_reader import attaching, sending
from broadsheet.newsletters.e_reader.renewal import renew
from broadsheet.newsletters.forgetting import forget_unconfirmed
from broadsheet.newsletters.models import EReader, Mailbox, Newsletter, WeeklyLetter
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.notices.models import Notice
from broadsheet.notices.posting import post_due
from broadsheet.people.account import everything_about
from broadsheet.people.models import MailedCode, Person, Purpose
from broadsheet.platform import clock
from broadsheet.weekly.epub import MAKER, stamp
from broadsheet.weekly.files import makers
from broadsheet.weekly.files.making import find_due
from broadsheet.weekly.models import IssueFile, ReaderNumber, WeeklyIssue
from harness.smtp_server import SmtpServer
from tests.cast import introduce, signed_in
from tests.delivery.worker_process import work
from tests.magazine import Magazine, make_picture
from tests.post import LetterBox
from tests.shop import subscribe
from tests.weekly.files.made import issue_of, with_files

HERE = {"Sec-Fetch-Site": "same-origin"}
KINDLE = "bruno_42@kindle.example"
PAGE = "/newsletters/e-reader/"


@pytest.fixture(autouse=True)
def epub_alone() -> Iterator[None]:
    """The other files take their time."""
    others = dict(makers._makers)
    makers._makers.clear()
    makers.register(MAKER)
    yield
    makers._makers.clear()
    makers._makers.update(others)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "post")


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    return with_files(magazine, "harbour", cover=make_picture("Harbour"), cover_lines="Harbour towns")


def post(client: Client, do: str, **fields: str):
    return client.post(PAGE, {"do": do, **fields}, headers=HERE)


def code_in(box: LetterBox, address: str = KINDLE) -> str:
    (book,) = box.to(address)[-1].iter_attachments()
    assert book.get_content_type() == "application/epub+zip"
    with zipfile.ZipFile(io.BytesIO(book.get_content())) as opened:
        said = opened.read("EPUB/note.xhtml").decode()
    return re.search(r"<h1>([0-9]{6}) ", said)[1]


def proven(person: Person, address: str = KINDLE, edition: str = "en-us") -> EReader:
    return EReader.objects.create(
        mailbox=Mailbox.objects.made_for(person, edition),
        edition=edition,
        address=address,
        proven_at=clock.now(),
    )


def due(later: timedelta = timedelta()) -> list[Send]:
    sending.send_due(clock.now() + later)
    return list(Send.objects.filter(source="e-reader").order_by("pk"))


def renewed(send: Send) -> dict | Skip:
    recipient = send.recipients.get()
    return renew(send, [recipient])[recipient.key]


# --- Set up, by a code in a book -----------------------------------------------------------------


def test_a_code_in_a_small_book_proves_the_address(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    client = signed_in(bruno)
    assert "Set up your e-reader" in client.get("/account/").text
    assert "letters@" in client.get(PAGE).text
    assert post(client, "ask", email=" Bruno_42@Kindle.example ").status_code == 303
    assert "Enter the code" in client.get("/account/").text
    assert not EReader.objects.receiving("en-us").exists()
    code = code_in(mail_by_smtp)
    wrong = post(client, "prove", code="000000" if code != "000000" else "000001")
    assert (wrong.status_code, "not the code we sent" in wrong.text) == (400, True)
    answer = post(client, "prove", code=code)
    assert (answer.status_code, answer["Location"]) == (303, "/account/#e-reader")
    assert [one.address for one in EReader.objects.receiving("en-us")] == [KINDLE]
    assert KINDLE in client.get("/account/").text
    # Pressed twice, or with the back button: it is set up, so that nothing is wrong.
    again = post(client, "prove", code=code)
    assert (again.status_code, again["Location"]) == (303, "/account/#e-reader")


def test_what_is_no_address_is_said_and_stays(issue: WeeklyIssue, bruno: Person) -> None:
    answer = post(signed_in(bruno), "ask", email="bruno at kindle")
    assert (answer.status_code, "bruno at kindle" in answer.text) == (400, True)
    assert not EReader.objects.exists()


def test_what_is_no_address_is_said_in_another_tab_while_a_code_is_waited_for(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    client = signed_in(bruno)
    post(client, "ask", email=KINDLE)
    answer = post(client, "ask", email="bruno at kindle")
    assert (answer.status_code, "bruno at kindle" in answer.text) == (400, True)
    assert "does not look like an e-mail address" in answer.text
    assert EReader.objects.get().asked == KINDLE


def test_a_browser_does_not_fill_in_the_readers_own_address(issue: WeeklyIssue, bruno: Person) -> None:
    field = re.search(r'<input[^>]+name="email"[^>]*>', signed_in(bruno).get(PAGE).text)[0]
    assert 'autocomplete="off"' in field


def test_it_is_for_whoever_may_have_files(issue: WeeklyIssue, ada: Person, smtp: LetterBox) -> None:
    client = signed_in(ada)
    assert "e-reader" not in client.get("/account/").text
    answer = post(client, "ask", email=KINDLE)
    assert (answer.status_code, "for subscribers" in answer.text) == (403, True)
    assert not smtp.messages
    stranger = Client().post(PAGE, {"do": "ask", "email": KINDLE}, headers=HERE)
    assert stranger["Location"].startswith("/account/sign-in/")
    elsewhere = signed_in(ada).post(PAGE, {"do": "stop"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403


def test_codes_are_few_and_tries_too(issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox) -> None:
    client = signed_in(bruno)
    for number in range(6):
        assert post(client, "ask", email=f"reader{number}@kindle.example").status_code == 303
    assert post(client, "ask", email="reader7@kindle.example").status_code == 429
    assert len(mail_by_smtp.messages) == 6
    code = code_in(mail_by_smtp, "reader5@")
    for _time in range(5):
        post(client, "prove", code="999999" if code != "999999" else "999998")
    answer = post(client, "prove", code=code)
    assert (answer.status_code, answer.text.count("Too many tries")) == (400, 1)
    # Looked at again, it says so too, and has no field for a code that can't count.
    page = client.get(PAGE).text
    assert "Too many tries" in page
    assert 'value="prove"' not in page
    assert "Send a new code" in page


def test_where_the_right_ends_before_the_code_is_typed_its_page_says_so(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    client = signed_in(bruno)
    post(client, "ask", email=KINDLE)
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    answer = post(client, "ask", email=KINDLE)
    assert (answer.status_code, "is for subscribers" in answer.text) == (403, True)
    assert "Send a new code" not in answer.text
    assert len(mail_by_smtp.messages) == 1


def test_only_the_newest_code_counts(issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox) -> None:
    client = signed_in(bruno)
    post(client, "ask", email="old@kindle.example")
    old = code_in(mail_by_smtp, "old@")
    signed_in(bruno).post(PAGE, {"do": "ask", "email": KINDLE}, headers=HERE)
    if old != code_in(mail_by_smtp):
        assert post(client, "prove", code=old).status_code == 400
    assert not EReader.objects.receiving("en-us").exists()


def test_until_another_address_is_proven_the_first_one_stays(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    proven(bruno)
    client = signed_in(bruno)
    post(client, "ask", email="new@kindle.example")
    assert EReader.objects.get().address == KINDLE
    post(client, "back")
    assert (EReader.objects.get().asked, EReader.objects.get().address) == ("", KINDLE)
    post(client, "ask", email="new@kindle.example")
    post(client, "prove", code=code_in(mail_by_smtp, "new@"))
    assert EReader.objects.get().address == "new@kindle.example"


def test_of_two_accounts_the_last_to_prove_an_address_has_it(
    issue: WeeklyIssue, bruno: Person, carla: Person, mail_by_smtp: LetterBox
) -> None:
    proven(carla)
    client = signed_in(bruno)
    post(client, "ask", email=KINDLE)
    assert EReader.objects.get(mailbox__person=carla).address == KINDLE
    post(client, "prove", code=code_in(mail_by_smtp))
    assert [one.mailbox.person for one in EReader.objects.all()] == [bruno]


@pytest.mark.django_db(transaction=True)
def test_of_accounts_that_prove_an_address_at_the_same_moment_one_has_it(issue: WeeklyIssue) -> None:
    rows, codes = [], []
    for number in range(4):
        person = introduce(f"Reader {number}", f"reader{number}@reader.example")
        codes.append(MailedCode.objects.issue(Purpose.E_READER, KINDLE, person=person))
        EReader.objects.ask(Mailbox.objects.made_for(person, "en-us"), "en-us", codes[-1])
        rows.append(EReader.objects.get(code=codes[-1]))
    together = Barrier(len(rows))

    def prove(row: EReader, code: MailedCode) -> None:
        try:
            together.wait(30)
            row.prove(code, "en-us")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(rows)) as pool:
        for done in [pool.submit(prove, row, code) for row, code in zip(rows, codes, strict=True)]:
            done.result()
    assert EReader.objects.get().address == KINDLE


def test_an_address_is_one_accounts_whatever_becomes_of_the_code(
    issue: WeeklyIssue, bruno: Person, carla: Person
) -> None:
    proven(carla)
    with pytest.raises(IntegrityError, match=r"e_reader_once_for_an_address|address"), transaction.atomic():
        proven(bruno)


def test_a_code_that_nobody_typed_is_forgotten(
    issue: WeeklyIssue, bruno: Person, carla: Person, mail_by_smtp: LetterBox
) -> None:
    proven(carla, "carla@kindle.example")
    post(signed_in(bruno), "ask", email=KINDLE)
    post(signed_in(carla), "ask", email="other@kindle.example")
    MailedCode.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert "Set up your e-reader" in signed_in(bruno).get(PAGE).text
    forget_unconfirmed(clock.now())
    assert [(one.address, one.asked) for one in EReader.objects.all()] == [("carla@kindle.example", "")]


# --- Sent, once, to whoever may have it ------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_each_gets_the_issue_with_their_own_number(
    issue: WeeklyIssue, bruno: Person, carla: Person, spool: Spool
) -> None:
    proven(bruno)
    proven(carla, "carla@pocketbook.example")
    (send,) = due()
    assert (send.state, send.lane) == (Send.State.SENDING, Lane.HEAVY)
    with SmtpServer() as server:
        work(spool, server.port, Lane.HEAVY, connections=2)
    file = issue.files.get(kind="epub")
    kept = Path(default_storage.path(str(file.file.name)))
    for address, person in ((KINDLE, bruno), ("carla@pocketbook.example", carla)):
        (taken,) = server.to(address)
        (book,) = taken.message.iter_attachments()
        assert (book.get_content_type(), book.get_filename()) == (
            "application/epub+zip",
            "the-meridian-1.epub",
        )
        number = str(ReaderNumber.objects.get(person=person))
        assert book.get_content() == b"".join(stamp(kept, number))
        assert taken.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        text = taken.message.get_body(("plain",)).get_content()
        assert "/newsletters/e-reader/leave/" in text
    send.refresh_from_db()
    assert (send.state, send.counts()) == (Send.State.DONE, {"submitted": 2})
    assert "Sent last: “Harbour towns (No. 1)”" in signed_in(bruno).get("/account/").text
    assert due(timedelta(hours=1)) == [send]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_being_made_anew_is_waited_for(
    issue: WeeklyIssue, bruno: Person, spool: Spool
) -> None:
    proven(bruno)
    (send,) = due()
    IssueFile.objects.filter(issue=issue).take_back()
    with SmtpServer() as server:
        work(spool, server.port, Lane.HEAVY, connections=2)
    assert not server.taken
    assert send.counts() == {"deferred": 1}
    assert "is on its way" in signed_in(bruno).get("/account/").text


def test_it_waits_for_the_file_and_not_for_ever(magazine: Magazine, bruno: Person) -> None:
    issue_of(magazine, "harbour")
    proven(bruno)
    assert due() == []
    find_due(clock.now())
    assert due(timedelta(hours=25)) == []
    assert len(due()) == 1


def test_while_nobody_has_one_nothing_is_begun(issue: WeeklyIssue, bruno: Person) -> None:
    assert due() == []
    proven(bruno, edition="en-gb")
    assert due() == []


def test_what_was_cut_short_is_gone_on_with(issue: WeeklyIssue, bruno: Person, carla: Person) -> None:
    proven(bruno)
    begun, _new = Send.objects.freeze("e-reader", str(issue.pk), lane=Lane.HEAVY)
    cohort = begun.cohorts.create(message=b"{}")
    readers = EReader.objects.all()
    cohort.materialise(addressees(readers, readers.receiving("en-us"), "address"))
    proven(carla, "carla@pocketbook.example")
    (send,) = due()
    assert (send.pk, send.state) == (begun.pk, Send.State.SENDING)
    assert sorted(send.recipients.values_list("address", flat=True)) == [KINDLE, "carla@pocketbook.example"]


@pytest.mark.parametrize("why", ["right", "stopped", "paused", "closed", "changed"])
def test_whoever_is_not_to_have_it_any_more_is_skipped(issue: WeeklyIssue, bruno: Person, why: str) -> None:
    e_reader = proven(bruno)
    (send,) = due()
    assert set(renewed(send)) == {"preferences", "leave", "issue"}
    if why == "right":
        Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() - timedelta(seconds=1))
    elif why == "stopped":
        assert post(signed_in(bruno), "stop")["Location"] == "/account/#e-reader"
    elif why == "paused":
        e_reader.mailbox.pause(1)
    elif why == "closed":
        bruno.is_active = False
        bruno.save()
    else:
        EReader.objects.update(address="new@kindle.example")
    assert isinstance(renewed(send), Skip)


def test_a_withdrawn_issue_is_held(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    (send,) = due()
    issue.withdraw()
    with pytest.raises(Held):
        renewed(send)


class Bucket(Storage):
    """Files that are none of this machine’s."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def exists(self, name: str) -> bool:
        return name in self.kept

    def delete(self, name: str) -> None:
        del self.kept[name]

    def _save(self, name: str, content: File) -> str:
        self.kept[name] = content.read()
        return name

    def _open(self, name: str, mode: str = "rb") -> File:
        if name not in self.kept:
            raise FileNotFoundError(name)
        return ContentFile(self.kept[name])


def test_from_a_bucket_a_file_is_fetched_once_and_forgotten_after_others(settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Bucket"}}
    names = [f"weekly/{letter}.epub" for letter in "abcde"]
    for name in names:
        default_storage.save(name, ContentFile(name.encode()))
    kept = attaching.LocalFiles()
    first, *others = [kept.path_of(name) for name in names[: attaching.MOST_KEPT]]
    assert first.read_bytes() == b"weekly/a.epub"
    default_storage.delete("weekly/a.epub")
    assert kept.path_of("weekly/a.epub") == first
    # The one that was asked for longest ago goes.
    assert kept.path_of("weekly/e.epub").read_bytes() == b"weekly/e.epub"
    assert first.exists()
    assert not others[0].exists()
    for name in names[1:]:
        kept.path_of(name)
    assert not first.exists()
    with pytest.raises(OSError, match=r"a\.epub"):
        kept.path_of("weekly/a.epub")
    attaching.hold("weekly/none.epub")


def test_a_file_that_was_lost_holds_up_nobody_else() -> None:
    with pytest.raises(sources.SourceFailed):
        sources.file_of("e-reader", attaching.token_of("weekly/none.epub", "0123456789"))


def test_after_thirty_days_nobody_knows_where_an_issue_went(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    (send,) = due()
    Send.objects.filter(pk=send.pk).update(state="done", ended_at=clock.now())
    sending.forget_old(clock.now() + timedelta(days=31))
    assert not Recipient.objects.filter(send__source="e-reader").exists()
    assert due(timedelta(days=31)) == []


def test_held_or_never_begun_it_is_forgotten_as_soon(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    (send,) = due()
    send.hold(words="The issue was withdrawn.")
    sending.forget_old(clock.now() + timedelta(days=29))
    assert Recipient.objects.filter(send=send).exists()
    with clock.moved_to(clock.now() + timedelta(days=2)):
        sending.forget_old(clock.now() + timedelta(days=29))
    assert not Send.objects.filter(source="e-reader").exists()


def test_more_readers_take_no_more_queries(issue: WeeklyIssue, bruno: Person, farid: Person) -> None:
    people = [bruno, *(Person.objects.create_user(f"reader{number}@reader.example") for number in range(5))]
    for number, person in enumerate(people):
        proven(person, f"reader{number}@kindle.example")
        ReaderNumber.objects.of(person)
        Entitlement.objects.get_or_create(
            person=person,
            defaults={
                "starts_at": clock.now(),
                "ends_at": clock.now() + timedelta(days=1),
                "reason": "A friend",
                "given_by": farid,
            },
        )
    (send,) = due()
    recipients = list(send.recipients.all())

    def asked() -> list[int]:
        counts = []
        for some in (recipients[:1], recipients):
            with CaptureQueriesContext(connection) as queries:
                renew(send, some)
            counts.append(len(queries))
        return counts

    few, many = asked()
    assert few == many
    # Nor do those whose right has ended, or comes from an institution.
    Entitlement.objects.update(ends_at=clock.now())
    few, many = asked()
    assert few == many


# --- Too large -------------------------------------------------------------------------------------


def test_one_that_no_mail_server_takes_is_told_to_the_readers_own_mailbox(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox, settings: Settings
) -> None:
    proven(bruno)
    IssueFile.objects.filter(issue=issue).update(size=20_000_000)
    for _time in range(2):
        (send,) = due()
    assert (send.state, send.recipients.count(), Notice.objects.count()) == (Send.State.STOPPED, 0, 1)
    post_due()
    (message,) = mail_by_smtp.to(bruno.email)
    assert message["Subject"] == "No. 1 is too large for your e-reader’s mail"
    assert "/issues/1/#files" in message.get_body(("plain",)).get_content()


def test_nobody_is_told_who_has_lost_the_right(issue: WeeklyIssue, bruno: Person, smtp: LetterBox) -> None:
    proven(bruno)
    IssueFile.objects.filter(issue=issue).update(size=20_000_000)
    due()
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    assert post_due() == 0


def test_what_the_server_takes_is_a_setting(settings: Settings) -> None:
    assert fits_mail(14_500_000)
    assert not fits_mail(15_000_000)
    settings.MAIL_MEGABYTES = 10
    assert not fits_mail(7_500_000)
    assert fits_mail(7_200_000)


# --- Left, forgotten, and what came back --------------------------------------------------------------


def test_leaving_takes_one_click(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    (send,) = due()
    page = f"/newsletters/e-reader/leave/{renewed(send)['leave']}/"
    assert "Stop sending issues" in Client().get(page).text
    assert EReader.objects.exists()
    assert Client().post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not EReader.objects.exists()
    assert "You have left" in Client().get(page).text


@pytest.mark.parametrize("said", [complained, unsubscribed])
def test_a_complaint_and_a_providers_own_button_stop_it(
    issue: WeeklyIssue, bruno: Person, said: Signal
) -> None:
    proven(bruno)
    (send,) = due()
    said.send(Recipient, recipient=send.recipients.get())
    assert not EReader.objects.exists()


@pytest.mark.parametrize("do", ["e_reader", "leave"])
def test_the_page_of_preferences_can_stop_it(issue: WeeklyIssue, bruno: Person, do: str) -> None:
    page = preferences_path(proven(bruno).mailbox)
    assert "on your e-reader" in Client().get(page).text
    assert KINDLE not in Client().get(page).text
    assert Client().post(page, {"do": do}, headers=HERE).status_code == 303
    assert not EReader.objects.exists()


def test_mail_that_came_back_is_said_and_stopped_until_a_new_code(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    proven(bruno)
    Suppression.suppress(KINDLE, Suppression.Reason.HARD_BOUNCE, "550 5.1.1")
    client = signed_in(bruno)
    assert "Nothing goes there at the moment" in client.get("/account/").text
    post(client, "ask", email=KINDLE)
    post(client, "prove", code=code_in(mail_by_smtp))
    assert "Nothing goes there" not in client.get("/account/").text


def test_where_the_staff_stopped_it_no_new_code_is_promised_to_help(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    proven(bruno)
    Suppression.suppress(KINDLE, Suppression.Reason.STAFF)
    client = signed_in(bruno)
    for page in ("/account/", PAGE):
        said = client.get(page).text
        assert "we have stopped all issues to this address" in said
        assert "have a new code sent" not in said
    post(client, "ask", email=KINDLE)
    answer = client.post(PAGE, {"do": "prove", "code": code_in(mail_by_smtp)}, headers=HERE, follow=True)
    assert "we have stopped all issues to this address" in answer.text


def test_every_edition_says_of_which_one_the_issues_are(
    issue: WeeklyIssue, bruno: Person, mail_by_smtp: LetterBox
) -> None:
    proven(bruno)
    WeeklyLetter.objects.choose(Mailbox.objects.get(person=bruno), "en-us")
    client = signed_in(bruno)
    for prefix in ("", "/uk"):
        said = " ".join(client.get(f"{prefix}/account/").text.split())
        assert "Each issue of the US edition goes to" in said
        assert "When an issue of the US edition comes out" in said
    assert "Once you enter the code" not in client.get(PAGE).text
    assert "issues of the UK edition go there instead" in " ".join(client.get(f"/uk{PAGE}").text.split())
    client.post(f"/uk{PAGE}", {"do": "ask", "email": KINDLE}, headers=HERE)
    said = " ".join(client.get("/account/").text.split())
    assert "goes to" in said
    assert "We have sent a code to" in said
    client.post(f"/uk{PAGE}", {"do": "prove", "code": code_in(mail_by_smtp)}, headers=HERE)
    assert "Each issue of the UK edition goes to" in " ".join(client.get("/account/").text.split())


def test_the_last_one_that_was_refused_is_said(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    (send,) = due()
    Recipient.objects.filter(send=send).update(state="bounced", words="550 not allowed")
    assert "came back" in signed_in(bruno).get("/account/").text


def test_without_the_right_its_page_says_how_it_goes_on(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    said = signed_in(bruno).get("/account/").text
    assert "it goes on with the next issue" in " ".join(said.split())
    # Nor does it lead to a form that is not there.
    assert "Change the address" not in said


def test_during_a_pause_nobody_is_told_to_subscribe(
    issue: WeeklyIssue, ada: Person, yearly: Price, weekly: Newsletter
) -> None:
    subscription = subscribe(ada, yearly)
    mailbox = proven(ada).mailbox
    Newsletter.objects.update(subscribers_only=True)
    now = clock.now()
    weekly.sign_ups.create(mailbox=mailbox, place="page", state="confirmed", confirmed_at=now)
    subscription.pause_until(clock.now() + timedelta(weeks=3), Actor.reader(ada))
    client = signed_in(ada)
    for address in ("/account/", "/newsletters/e-reader/"):
        said = " ".join(client.get(address).text.split())
        assert "Nothing goes there while your subscription is paused." in said
        assert "Subscribe</a>, and it goes on" not in said
    account = " ".join(client.get("/account/").text.split())
    assert "once your pause is over" in account
    assert "once you subscribe" not in account


def test_it_is_in_ones_data_and_goes_with_the_account(issue: WeeklyIssue, bruno: Person) -> None:
    proven(bruno)
    due()
    assert everything_about(bruno)["newsletters"]["e_reader"]["address"] == KINDLE
    bruno.erase()
    assert not EReader.objects.exists()
    assert not Recipient.objects.filter(address__icontains="kindle").exists()


def test_it_follows_its_mailbox_to_another_address(issue: WeeklyIssue, bruno: Person) -> None:
    e_reader = proven(bruno)
    other = Mailbox.objects.create(address="bruno@elsewhere.example", edition="en-us")
    e_reader.mailbox.move_to(other.address)
    assert EReader.objects.get().mailbox == other

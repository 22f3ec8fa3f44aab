"""What came back, whom not to write to, and what is decided of many reports at once."""

from django.test import Client
from wagtail.models import ModelLogEntry

from broadsheet.delivery.forgetting import forget
from broadsheet.delivery.models import Send, Suppression, SuppressionHold
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.delivery.envelopes import became, freeze, submitted
from tests.desk.mail.conftest import ADA, BRUNO, State, returned, text


def test_bounces_are_listed_with_what_was_sent_and_the_servers_words(client: Client, morning: Send) -> None:
    returned(morning.recipients.get(address=ADA))
    page = text(client, "/desk/bounces/")
    assert all(words in page for words in (ADA, "hard", "The Morning Meridian", "no such user", "mx.example"))
    assert "no such user" not in text(client, "/desk/bounces/?kind=soft")


def test_a_suppression_is_lifted_with_a_note_which_the_history_keeps(client: Client, morning: Send) -> None:
    returned(morning.recipients.get(address=ADA))
    suppression = Suppression.objects.get()
    page = f"/desk/suppressions/{suppression.pk}/"
    assert page in text(client, "/desk/suppressions/")
    assert "550 5.1.1 no such user" in text(client, page)

    assert "This field is required" in client.post(page, {"note": ""}, follow=True).text
    assert Suppression.objects.active().exists()

    answer = client.post(page, {"note": "She called: moved house"}, follow=True)
    assert "Issues go to this address again." in answer.text
    assert not Suppression.objects.active().exists()
    logged = ModelLogEntry.objects.get(action="delivery.lift")
    assert (logged.user.email, logged.data["note"]) == ("edith@magazine.example", "She called: moved house")
    shown = text(client, page)
    assert "Edith Moreau: Lift a suppression. She called: moved house" in shown
    assert page not in text(client, "/desk/suppressions/")


def test_staff_suppress_an_address_and_say_why(client: Client) -> None:
    assert "Suppress an address" in text(client, "/desk/suppressions/")
    bad = client.post("/desk/suppressions/new/", {"address": "nonsense", "note": "Asked by letter"})
    assert "does not look like an e-mail address" in bad.text
    assert "Asked by letter" in bad.text
    client.post("/desk/suppressions/new/", {"address": ADA, "note": "Asked by letter"})
    assert Suppression.objects.among([ADA])[ADA].reason == Suppression.Reason.STAFF
    assert ModelLogEntry.objects.get(action="delivery.suppress").data["note"] == "Asked by letter"


def test_staff_suppress_a_mailbox_however_they_write_its_address(client: Client) -> None:
    for written in ("bea@münchen.example", "Bea@xn--mnchen-3ya.example\u200b"):
        client.post("/desk/suppressions/new/", {"address": written, "note": "Asked by letter"})
    assert Suppression.objects.get().address == "bea@xn--mnchen-3ya.example"
    assert (
        "bea@münchen.example"
        in text(client, "/desk/suppressions/?q=bea@münchen.example").partition("listing-results")[2]
    )


def test_an_erased_readers_suppression_is_found_by_who_knows_the_address(client: Client) -> None:
    returned(submitted(ADA))
    Suppression.suppress(BRUNO, Suppression.Reason.STAFF)
    forget(ADA)
    assert ADA not in text(client, "/desk/suppressions/")
    found = text(client, f"/desk/suppressions/?q={ADA}").partition("listing-results")[2]
    assert "erased account" in found
    assert BRUNO not in found
    assert "erased account" in text(client, "/desk/bounces/")


def test_the_history_of_a_suppression_does_not_keep_the_address(client: Client) -> None:
    client.post("/desk/suppressions/new/", {"address": ADA, "note": "She asked"})
    forget(ADA)
    assert ADA not in str(list(ModelLogEntry.objects.values()))


def test_many_reports_from_one_provider_at_once_are_shown_and_decided(client: Client, db: None) -> None:
    send = freeze(*(f"reader-{number}@reader.example" for number in range(12)), key="many")
    became(send, State.SUBMITTED, "250 2.0.0 OK")
    for number, recipient in enumerate(send.recipients.all()[:10]):
        returned(recipient, number)
    hold = SuppressionHold.objects.get()
    page = f"/desk/suppressions/held/{hold.pk}/"
    for index in ("/desk/bounces/", "/desk/suppressions/"):
        assert page in text(client, index)
    assert "10 messages to reader.example" in text(client, page)

    answer = client.post(page, {"suppress": ""}, follow=True)
    assert "No issue goes to these addresses any more." in answer.text
    assert Suppression.objects.active().count() == 10
    assert "they are suppressed" in text(client, page)
    assert page not in text(client, "/desk/bounces/")
    assert "somebody else has decided" in client.post(page, {"dismiss": ""}, follow=True).text


def test_who_may_not_lift_may_not_decide_of_many_reports(dev: Person) -> None:
    hold = SuppressionHold.objects.create(domain="reader.example")
    answer = signed_in(dev).post(f"/desk/suppressions/held/{hold.pk}/", {"suppress": ""})
    assert answer.status_code in {302, 403}
    hold.refresh_from_db()
    assert hold.decision == ""

"""Lists of readers, of each system that exports them."""

from pathlib import Path

import pytest

from broadsheet.delivery.models import Suppression
from broadsheet.importers.carrying.carrying import carry_out
from broadsheet.importers.models import Import
from broadsheet.importers.planning.plan import make_plan
from broadsheet.importers.records import NotReadable
from broadsheet.membership.models import Entitlement
from broadsheet.newsletters.models import Consent, Issue, Leaving, Mailbox, Newsletter, Place, SignUp
from broadsheet.newsletters.sending.welcoming import due_sign_ups
from broadsheet.platform import clock
from tests.importers.conftest import Bring


@pytest.fixture
def newsletter(db: None) -> Newsletter:
    return Newsletter.objects.create(edition="en-us", slug="first-light", name="First Light")


def table(folder: Path, text: str, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def sign_up_of(address: str) -> SignUp:
    return SignUp.objects.get(mailbox__address=address)


def test_mailchimp_subscribed(bring: Bring, newsletter: Newsletter) -> None:
    bring("readers", "members/mailchimp-subscribed.csv")
    one = sign_up_of("s2@example.com")
    assert one.is_confirmed
    assert (one.newsletter, one.place, f"{one.confirmed_at:%Y-%m-%d}") == (
        newsletter,
        Place.IMPORT,
        "2018-02-12",
    )
    assert [found.label.name for found in one.mailbox.labellings.all()] == ["Lorem Editors"]


def test_mailchimp_unsubscribed_is_an_ended_sign_up_and_no_suppression(
    bring: Bring, newsletter: Newsletter
) -> None:
    bring("readers", "members/mailchimp-unsubscribed.csv")
    one = sign_up_of("u1@example.com")
    assert (one.state, one.leaving, f"{one.left_at:%Y-%m-%d}") == ("left", Leaving.BEFORE, "2018-07-23")
    assert not Suppression.objects.exists()


def test_mailchimp_cleaned_is_suppressed_as_bounced(bring: Bring, newsletter: Newsletter) -> None:
    bring("readers", "members/mailchimp-cleaned.csv")
    assert Suppression.objects.of("c1@example.com").get().reason == Suppression.Reason.HARD_BOUNCE


def test_beehiiv(bring: Bring, newsletter: Newsletter) -> None:
    bring("readers", "members/beehiiv-members.csv")
    assert sign_up_of("lorem@example.com").is_confirmed
    assert sign_up_of("dolor@example.com").state == "left"
    assert Entitlement.objects.filter(person__email="ipsum@example.com").exists()
    assert not Entitlement.objects.filter(person__email="lorem@example.com").exists()


def test_substack_lists(bring: Bring, newsletter: Newsletter) -> None:
    bring("readers", "members/fixtures_signup_emails.csv", "members/fixtures_subscriber_emails.csv")
    assert sign_up_of("reader-2c7c4aa4@example.com").state == "left"
    assert sign_up_of("reader-c7f7178b@example.com").is_confirmed
    given = Entitlement.objects.get(person__email="reader-ab9c8476@example.com")
    assert f"{given.ends_at:%Y}" == "2118"


@pytest.mark.parametrize(
    ("text", "states"),
    [
        # Buttondown
        ("email,notes,subscriber_type,tags,creation_date\na@x.example,,regular,,2024-01-01\n"
         "b@x.example,,unsubscribed,,\n"
         "c@x.example,,unactivated,,\nd@x.example,,undeliverable,,\n",
         {"a": "confirmed", "b": "left", "d": "confirmed"}),
        # Kit
        ("first_name,email,created_at,status\nA,a@x.example,2024-01-01,active\nB,b@x.example,2024-01-01,cancelled\n"
         "C,c@x.example,2024-01-01,bounced\n", {"a": "confirmed", "b": "left", "c": "confirmed"}),
        # listmonk
        ('uuid,email,name,attributes,status,created_at,updated_at\n1,a@x.example,A,"{}",enabled,2024-01-01,\n'
         '2,b@x.example,B,"{}",blocklisted,2024-01-01,\n', {"a": "confirmed", "b": "left"}),
        # semicolons, capitals, a byte order mark
        ("\ufeffE-Mail;Name\nA@X.example;Ann\n", {"a": "confirmed"}),
    ],
)  # fmt: skip
def test_other_systems(
    bring: Bring, newsletter: Newsletter, tmp_path: Path, text: str, states: dict[str, str]
) -> None:
    bring("readers", table(tmp_path, text))
    found = {one.mailbox.address[0]: one.state for one in SignUp.objects.filter(place=Place.IMPORT)}
    assert found == states


def test_any_table_by_its_columns(bring: Bring, newsletter: Newsletter, tmp_path: Path) -> None:
    file = table(tmp_path, "Kontakt,Wer,Gruppe\nann@x.example,Ann Lee,Gold\n")
    moving = Import.objects.create(source="readers", files=[str(file)])
    assert not make_plan(moving)
    assert "Say which of these it is: Kontakt, Wer, Gruppe." in moving.words
    bring("readers", file, columns={"address": "Kontakt", "name": "Wer", "labels": "Gruppe"})
    assert [one.label.name for one in Mailbox.objects.get(address="ann@x.example").labellings.all()] == [
        "Gold"
    ]


def test_two_ways_to_write_one_mailbox_are_one_reader(
    bring: Bring, newsletter: Newsletter, tmp_path: Path
) -> None:
    moving = bring(
        "readers", table(tmp_path, "email\nAnn@X.example\n ann@x.example \nann@x.example\nnobody\n@x\n")
    )
    assert Mailbox.objects.filter(address__endswith="x.example").count() == 1
    assert (moving.readers["merged"], moving.readers["bad"]) == (2, 2)
    assert "Line 5: “nobody” is no e-mail address." in [str(one) for one in moving.findings.all()]


def test_who_left_here_stays_away(bring: Bring, newsletter: Newsletter, tmp_path: Path) -> None:
    box = Mailbox.objects.create(address="ann@x.example", edition="en-us")
    mine = SignUp.objects.create(newsletter=newsletter, mailbox=box, place=Place.PAGE)
    mine.leave(Leaving.PREFERENCES)
    bring("readers", table(tmp_path, "email\nann@x.example\n"))
    mine.refresh_from_db()
    assert (mine.state, mine.leaving) == ("left", Leaving.PREFERENCES)


def test_who_was_forgotten_here_is_not_brought_back(
    bring: Bring, newsletter: Newsletter, tmp_path: Path
) -> None:
    Mailbox.objects.create(address="ann@x.example", edition="en-us").erase()
    bring("readers", table(tmp_path, "email\nann@x.example\n"))
    assert not Mailbox.objects.at("ann@x.example").exists()


def test_nothing_begins_before_somebody_declares_how_readers_agreed(
    bring: Bring, newsletter: Newsletter, tmp_path: Path
) -> None:
    moving = bring("readers", table(tmp_path, "email\nann@x.example\n"), only_plan=True, declaration="")
    moving.refresh_from_db()
    with pytest.raises(NotReadable, match="does not say how they agreed"):
        carry_out(moving)
    assert not Mailbox.objects.filter(address="ann@x.example").exists()


def test_the_files_own_proof_is_kept(bring: Bring, newsletter: Newsletter, tmp_path: Path) -> None:
    text = "Email Address,OPTIN_TIME,CONFIRM_TIME,CONFIRM_IP\n"
    text += "ann@x.example,2020-01-02 03:04:05,2020-01-02 03:05:00,192.0.2.7\n"
    bring("readers", table(tmp_path, text), declaration="")
    consent = Consent.objects.get(sign_up__mailbox__address="ann@x.example")
    assert "confirmed 2020-01-02 03:05:00 from 192.0.2.7" in consent.words
    assert consent.network_address == "192.0.2.7"


def test_the_series_for_new_readers_is_not_for_them(
    bring: Bring, newsletter: Newsletter, tmp_path: Path
) -> None:
    bring("readers", table(tmp_path, "email\nann@x.example\n"))
    issue = Issue(kind=Issue.Kind.WELCOME, newsletter=newsletter, welcome_day=0)
    assert SignUp.objects.confirmed().filter(newsletter=newsletter).exists()
    assert not due_sign_ups(issue, clock.now())


def test_a_file_without_addresses_says_what_is_there(bring: Bring, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="There is no column of e-mail addresses"):
        bring("readers", table(tmp_path, "one,two\n1,2\n"))

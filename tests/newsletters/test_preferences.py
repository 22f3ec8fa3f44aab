"""What a signed link lets its reader set, and what it does not let somebody else do."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.delivery.models import Cohort, Lane, Recipient, Send
from broadsheet.delivery.signals import complained, unsubscribed
from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Consent, Label, Labelling, Leaving, Mailbox, Newsletter, SignUp
from broadsheet.newsletters.models.mailbox import month_of
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.newsletters.reader_token import NotOurs, ReaderToken
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from tests.newsletters.conftest import code_in, link_in, reader, receives, sign_up
from tests.newsletters.issues import leave_path
from tests.people.conftest import new_browser, page, text_of

pytestmark = pytest.mark.django_db
ADA = "ada@reader.example"


@pytest.fixture
def mailbox(briefing: Newsletter) -> Mailbox:
    return reader(ADA, briefing)


def do(client: Client, mailbox: Mailbox, what: str, **more: Any) -> Any:
    return client.post(preferences_path(mailbox), {"do": what, **more}, follow=True)


# --- The link --------------------------------------------------------------------------------------


def test_a_token_says_what_it_was_made_for_and_nothing_to_others() -> None:
    keys = signing_keys()
    token = ReaderToken(12, 7).sealed(keys)
    assert ReaderToken.read(token, keys) == ReaderToken(12, 7)
    largest = ReaderToken(2**63 - 1, None)
    assert ReaderToken.read(largest.sealed(keys), keys) == largest
    assert ReaderToken(12, 7).sealed(keys) == token
    sealed = base64.urlsafe_b64decode(token)
    assert (12).to_bytes(8) not in sealed


@pytest.mark.parametrize("position", [0, 20, 47])
def test_a_changed_cut_or_lengthened_token_is_none(position: int, client: Client) -> None:
    token = ReaderToken(12, 7).sealed(signing_keys())
    letter = "A" if token[position] != "A" else "B"
    changed = f"{token[:position]}{letter}{token[position + 1 :]}"
    for wrong in (changed, token[:-1], f"{token}A", "A" * 48):
        with pytest.raises(NotOurs):
            ReaderToken.read(wrong, signing_keys())
        assert client.get(f"/newsletters/preferences/{wrong}/").status_code == 404


def test_a_link_made_with_an_earlier_key_is_good(mailbox: Mailbox, settings: Any, browser: Client) -> None:
    path = preferences_path(mailbox)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 6
    assert browser.get(path).status_code == 200


def test_the_page_is_nobody_elses_and_named_in_no_referer(mailbox: Mailbox, browser: Client) -> None:
    answer = browser.get(preferences_path(mailbox))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_opening_the_link_changes_nothing(mailbox: Mailbox, browser: Client) -> None:
    before = Mailbox.objects.values().get(), list(SignUp.objects.values())
    for path in (preferences_path(mailbox), f"{preferences_path(mailbox)}address/"):
        browser.get(path)
        browser.head(path)
    assert before == (Mailbox.objects.values().get(), list(SignUp.objects.values()))


# --- What one gets ---------------------------------------------------------------------------------


def test_one_gets_what_is_ticked(mailbox: Mailbox, browser: Client) -> None:
    do(browser, mailbox, "choose", newsletter=["week"])
    assert receives(ADA) == {"week"}
    consent = Consent.objects.get()
    assert (consent.place, bool(consent.confirmed_at)) == ("preferences", True)
    do(browser, mailbox, "choose", newsletter=["week", "briefing"])
    assert receives(ADA) == {"week", "briefing"}


def test_nothing_ticked_means_none(mailbox: Mailbox, browser: Client) -> None:
    shown = page(do(browser, mailbox, "choose"))
    assert receives(ADA) == set()
    assert "You have left" in shown
    assert "Why are you leaving?" in shown


def test_fewer_is_the_weekly_in_place_of_the_daily(mailbox: Mailbox, browser: Client) -> None:
    assert "Get fewer" in page(browser.get(preferences_path(mailbox)))
    do(browser, mailbox, "fewer", newsletter="briefing")
    assert receives(ADA) == {"week"}
    assert SignUp.objects.get(newsletter__slug="briefing").reason == "too_often"
    do(browser, mailbox, "fewer", newsletter="week")
    assert receives(ADA) == {"week"}


def test_a_pause_ends_by_itself(mailbox: Mailbox, browser: Client) -> None:
    do(browser, mailbox, "pause", weeks="2")
    assert receives(ADA) == set()
    with clock.moved_to(clock.now() + timedelta(days=13)):
        assert receives(ADA) == set()
    with clock.moved_to(clock.now() + timedelta(days=15)):
        assert receives(ADA) == {"briefing"}
    do(browser, mailbox, "resume")
    assert receives(ADA) == {"briefing"}


@pytest.mark.parametrize("weeks", ["", "0", "-1", "99999999999", "two", "1.5"])
def test_a_pause_of_no_such_length_is_refused(mailbox: Mailbox, browser: Client, weeks: str) -> None:
    answer = do(browser, mailbox, "pause", weeks=weeks)
    assert (answer.status_code, receives(ADA)) == (400, {"briefing"})


def test_a_time_zone_is_one_that_there_is(mailbox: Mailbox, browser: Client) -> None:
    for name in ("Pacific/Kiritimati", "Etc/GMT+12", "Australia/Lord_Howe", ""):
        do(browser, mailbox, "zone", time_zone=name)
        mailbox.refresh_from_db()
        assert mailbox.time_zone == name
    answer = do(browser, mailbox, "zone", time_zone="Europe/Atlantis")
    assert answer.status_code == 400
    assert "know that time zone" in page(answer)


def test_leaving_all_leaves_all_and_takes_a_reason(
    mailbox: Mailbox, weekly: Newsletter, browser: Client
) -> None:
    SignUp.objects.create(newsletter=weekly, mailbox=mailbox, place="page")
    do(browser, mailbox, "leave")
    assert set(SignUp.objects.values_list("state", "leaving")) == {("left", "preferences")}
    do(browser, mailbox, "explain", reason="other", words="\u202eToo <b>much</b>\r\nBcc: x" + "é" * 200)
    assert set(SignUp.objects.values_list("reason", flat=True)) == {"other"}
    assert "<b>" not in page(browser.get(preferences_path(mailbox)))
    assert do(browser, mailbox, "explain", reason="hatred").status_code == 400


def test_an_unknown_act_is_refused(mailbox: Mailbox, browser: Client) -> None:
    assert do(browser, mailbox, "sell").status_code == 400
    assert do(browser, mailbox, "").status_code == 400
    answer = Client(headers={"Sec-Fetch-Site": "cross-site"}).post(preferences_path(mailbox), {"do": "leave"})
    assert (answer.status_code, receives(ADA)) == (403, {"briefing"})


# --- A link that was forwarded ---------------------------------------------------------------------


def test_whoever_has_a_forwarded_link_sees_a_masked_address_and_may_leave(
    mailbox: Mailbox, browser: Client
) -> None:
    shown = page(browser.get(preferences_path(mailbox)))
    assert "a•••@reader.example" in shown
    assert ADA not in shown
    assert "Pause all newsletters" in shown
    do(browser, mailbox, "leave")
    assert receives(ADA) == set()
    assert "Pause all newsletters" not in page(browser.get(preferences_path(mailbox)))


def test_the_address_is_not_changed_without_its_mailbox(
    mailbox: Mailbox, browser: Client, mailoutbox: list[Any]
) -> None:
    path = f"{preferences_path(mailbox)}address/"
    shown = page(browser.post(path, {"email": "mallory@stranger.example"}, follow=True))
    assert [letter.to for letter in mailoutbox] == [[ADA]]
    assert "mallory" not in shown
    # Nor by proving a mailbox of one's own in the same browser.
    sign_up(browser, "mallory@stranger.example", "briefing")
    browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])})
    browser.post(path, {"email": "mallory2@stranger.example"})
    assert receives(ADA) == {"briefing"}
    assert mailoutbox[-1].to == [ADA]


def test_the_address_is_changed_by_the_old_mailbox_and_the_new_one(
    mailbox: Mailbox, browser: Client, mailoutbox: list[Any]
) -> None:
    path = f"{preferences_path(mailbox)}address/"
    browser.post(path)
    proven = browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])})
    assert proven.headers["Location"] == path
    assert "New e-mail address" in page(browser.get(path))
    assert ADA in page(browser.get(preferences_path(mailbox)))
    browser.post(path, {"email": "Ada@New.example"})
    assert mailoutbox[-1].to == ["ada@new.example"]
    assert (
        "http"
        not in text_of(mailoutbox[-1]).replace("http://localhost:8000\n", "").rstrip().rpartition("\n")[0]
    )
    assert receives(ADA) == {"briefing"}
    browser.post("/newsletters/code/", {"code": code_in(mailoutbox[-1])})
    assert (receives("ada@new.example"), receives(ADA)) == ({"briefing"}, set())


def test_an_address_that_has_a_mailbox_already_takes_the_other_in(
    mailbox: Mailbox, weekly: Newsletter, browser: Client
) -> None:
    other = reader("ada@new.example", weekly)
    assert mailbox.move_to("ada@new.example") == other
    assert receives("ada@new.example") == {"briefing", "week"}
    assert receives(ADA) == set()
    # Links in earlier letters go on working.
    do(browser, mailbox, "choose", newsletter=["week"])
    assert receives("ada@new.example") == {"week"}


# --- One click -------------------------------------------------------------------------------------


def test_one_click_leaves_by_a_post_without_cookies_and_not_by_a_get(
    mailbox: Mailbox, briefing: Newsletter, weekly: Newsletter
) -> None:
    SignUp.objects.create(
        newsletter=weekly, mailbox=mailbox, state="confirmed", confirmed_at=clock.now(), place="page"
    )
    path, program = leave_path(mailbox, briefing), Client(enforce_csrf_checks=True)
    for _ in range(3):
        assert program.get(path).status_code == 200
        assert program.head(path).status_code == 200
    assert receives(ADA) == {"briefing", "week"}
    for _ in range(2):
        answer = program.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.cookies.items() - {}) == (200, set())
    assert receives(ADA) == {"week"}
    assert SignUp.objects.get(newsletter=briefing).leaving == "one_click"


def test_the_same_address_has_a_button_for_people(
    mailbox: Mailbox, briefing: Newsletter, browser: Client
) -> None:
    path = leave_path(mailbox, briefing)
    assert "Leave “Morning Briefing”?" in page(browser.get(path))
    assert "You have left" in page(browser.post(path))
    assert SignUp.objects.get().leaving == "preferences"


def sent_to(mailbox: Mailbox, newsletter: Newsletter) -> tuple[SignUp, Recipient]:
    """An issue of `newsletter`, on its way to Ada."""
    sign_up, _new = SignUp.objects.get_or_create(
        newsletter=newsletter,
        mailbox=mailbox,
        defaults={"state": "confirmed", "confirmed_at": clock.now(), "place": "page"},
    )
    issue = newsletter.issues.create()
    send = Send.objects.create(source="newsletters", key=issue.send_key, lane=Lane.ISSUES)
    batch = send.batches.create(cohort=Cohort.objects.create(send=send, message=b""))
    return sign_up, Recipient.objects.create(send=send, batch=batch, address=ADA, key=str(sign_up.pk))


def test_complaints_and_providers_own_buttons_count_the_same(
    mailbox: Mailbox, briefing: Newsletter, weekly: Newsletter
) -> None:
    for newsletter, signal, how in ((briefing, complained, "complaint"), (weekly, unsubscribed, "provider")):
        sign_up, recipient = sent_to(mailbox, newsletter)
        signal.send(Recipient, recipient=recipient)
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.leaving) == ("left", how)


def test_a_complaint_that_comes_after_leaving_changes_nothing(mailbox: Mailbox, briefing: Newsletter) -> None:
    sign_up, recipient = sent_to(mailbox, briefing)
    sign_up.leave(Leaving.PREFERENCES)
    before = SignUp.objects.values().get(pk=sign_up.pk)
    complained.send(Recipient, recipient=recipient)
    assert SignUp.objects.values().get(pk=sign_up.pk) == before


def test_a_complaint_of_an_erased_reader_brings_nothing_back(
    mailbox: Mailbox, briefing: Newsletter, browser: Client
) -> None:
    _sign_up, recipient = sent_to(mailbox, briefing)
    do(browser, mailbox, "erase", sure="yes")
    before = (list(Mailbox.objects.values()), list(SignUp.objects.values()))
    complained.send(Recipient, recipient=recipient)
    assert (list(Mailbox.objects.values()), list(SignUp.objects.values())) == before


# --- Erased ----------------------------------------------------------------------------------------


def test_erasing_leaves_no_trace_of_whose_it_was(mailbox: Mailbox, browser: Client) -> None:
    Labelling.objects.create(label=Label.objects.create(name="Founding readers"), mailbox=mailbox)
    assert do(browser, mailbox, "erase").status_code == 400
    answer = do(browser, mailbox, "erase", sure="yes")
    assert "Your address is erased" in page(answer)
    mailbox.refresh_from_db()
    assert ADA not in str(Mailbox.objects.values().get())
    assert (Consent.objects.count(), Labelling.objects.count()) == (0, 0)
    assert SignUp.objects.values_list("state", "leaving").get() == ("left", "erased")


def test_the_link_of_an_erased_reader_says_so(
    mailbox: Mailbox, briefing: Newsletter, browser: Client, mailoutbox: list[Any]
) -> None:
    paths = preferences_path(mailbox), leave_path(mailbox, briefing)
    mailbox.erase()
    for path in paths:
        answer = browser.get(path)
        assert (answer.status_code, "is erased" in page(answer)) == (410, True)
    assert browser.post(paths[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    # Whoever comes back begins anew.
    sign_up(browser, ADA, "briefing")
    browser.post(link_in(mailoutbox[-1]))
    assert receives(ADA) == {"briefing"}
    assert browser.get(paths[0]).status_code == 410
    Mailbox.objects.at(ADA).get().erase()
    assert receives(ADA) == set()


# --- With an account -------------------------------------------------------------------------------


@pytest.fixture
def adas(ada: Person, mailbox: Mailbox) -> Client:
    browser = new_browser()
    browser.force_login(ada)
    return browser


def test_the_account_shows_them_and_leads_to_the_preferences(adas: Client, mailbox: Mailbox) -> None:
    shown = page(adas.get("/account/"))
    assert "Morning Briefing" in shown
    assert preferences_path(mailbox) in shown
    assert ADA in page(adas.get(preferences_path(mailbox)))


def test_the_account_shows_its_times_where_newsletters_arrive(ada: Person, mailbox: Mailbox) -> None:
    from broadsheet.people.account import zone_of

    mailbox.live_in("Asia/Tokyo")
    assert str(zone_of(ada)) == "Asia/Tokyo"


def test_the_export_has_them_with_labels_and_agreements(adas: Client, ada: Person, mailbox: Mailbox) -> None:
    from broadsheet.people.account import everything_about, lost_with

    Labelling.objects.create(label=Label.objects.create(name="Founding readers"), mailbox=mailbox)
    do(adas, mailbox, "choose", newsletter=["briefing", "week"])
    about = everything_about(ada)["newsletters"]
    assert {one["newsletter"] for one in about["sign_ups"]} == {"Morning Briefing", "The Week"}
    assert about["labels"] == ["Founding readers"]
    assert about["agreements"][0]["words"]
    assert about["last_month_of_a_sign_of_life"] == month_of(clock.now(), Publication.load())
    assert "2 newsletters no longer come." in lost_with(ada)
    do(adas, mailbox, "choose", newsletter=["week"])
    assert "1 newsletter no longer comes." in lost_with(ada)


def test_an_erased_account_takes_its_newsletters_along(adas: Client, ada: Person, mailbox: Mailbox) -> None:
    ada.erase()
    assert receives(ADA) == set()
    assert ADA not in str(list(Mailbox.objects.values()))


def test_newsletters_follow_the_account_to_its_new_address(
    adas: Client, ada: Person, mailbox: Mailbox
) -> None:
    mailbox.belong_to(ada)
    ada.move_to("ada@new.example")
    assert (receives("ada@new.example"), receives(ADA)) == ({"briefing"}, set())
    assert adas.get(f"{preferences_path(mailbox)}address/").headers["Location"] == "/account/address/"

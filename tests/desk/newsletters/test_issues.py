"""The audience editor's desk: issues from their list to the send, and what two editors do to one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.newsletters.sending.freezing import freeze, hand_over
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.newsletters.issues import TUESDAY, at_night, make_issue, make_newsletter, names, sign_up


@pytest.fixture
def issue(briefing: Newsletter) -> Issue:
    return make_issue(briefing, "harbour", "reef", "orchard")


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return " ".join(answer.text.split())


def typed(issue: Issue, **changes: Any) -> dict[str, Any]:
    """The digest's form as it is shown, with `changes`."""
    form: dict[str, Any] = {
        "version": issue.version,
        "subject": issue.subject,
        "preheader": "",
        "note": "",
        "item": [item.pk for item in issue.shown_items],
    }
    for item in issue.shown_items:
        for name in ("headline", "standfirst"):
            form[f"item-{item.pk}-{name}"] = getattr(item, name)
        if item.url:
            form |= {f"item-{item.pk}-url": item.url, f"item-{item.pk}-source_name": item.source_name}
    return form | changes


def press(client: Client, issue: Issue, action: str, **changes: Any) -> Any:
    answer = client.post(f"/desk/issues/{issue.pk}/digest/", typed(issue, action=action, **changes))
    issue.refresh_from_db()
    return answer


def test_each_button_saves_what_was_typed_and_does_its_work(client: Client, issue: Issue) -> None:
    harbour, reef, _orchard = issue.shown_items
    press(client, issue, f"down:{harbour.pk}", subject="Boats", **{f"item-{reef.pk}-headline": "A reef"})
    assert issue.subject == "Boats"
    assert names(issue) == ["reef", "harbour", "orchard"]
    assert issue.shown_items[0].headline == "A reef"
    press(client, issue, f"drop:{reef.pk}")
    assert names(issue) == ["harbour", "orchard"]
    press(client, issue, f"lead:{issue.shown_items[1].pk}")
    assert names(issue) == ["orchard", "harbour"]
    press(client, issue, f"article:{reef.article_id}")
    assert set(names(issue)) == {"orchard", "harbour", "reef"}


def test_dragged_into_an_order_it_is_kept(client: Client, issue: Issue) -> None:
    harbour, reef, orchard = (item.pk for item in issue.shown_items)
    press(client, issue, "save", item=[orchard, harbour, reef])
    assert names(issue) == ["orchard", "harbour", "reef"]


def test_a_link_to_elsewhere_needs_its_source(client: Client, issue: Issue) -> None:
    link = {"link-url": "https://elsewhere.example/a", "link-headline": "Elsewhere", "link-source": ""}
    answer = press(client, issue, "link", **link)
    assert "its source" in answer.text
    assert 'value="https://elsewhere.example/a"' in answer.text, "what was typed is still there"
    press(client, issue, "link", **link | {"link-source": "The Other Paper"})
    assert names(issue)[-1] == "https://elsewhere.example/a"


def test_what_was_typed_is_saved_though_an_article_can_not_be_added(client: Client, issue: Issue) -> None:
    harbour = issue.shown_items[0]
    earlier = Magazine().article("ledger")
    issue.newsletter.mailed_articles.create(article_uuid=earlier.uuid, issue=issue)
    press(client, issue, f"article:{earlier.pk}", **{f"item-{harbour.pk}-headline": "At the harbour"})
    assert "was in an earlier issue" in text(client, f"/desk/issues/{issue.pk}/digest/")
    assert names(issue) == ["harbour", "reef", "orchard"]
    assert issue.shown_items[0].headline == "At the harbour"


def test_who_saves_second_is_told_and_loses_nothing(client: Client, carla: Person, issue: Issue) -> None:
    harbour = issue.shown_items[0]
    shown = typed(issue, action="save", subject="Edith’s subject")
    issue.drop(issue.shown_items[1], by=carla)
    answer = client.post(f"/desk/issues/{issue.pk}/digest/", shown)
    assert answer.status_code == 409
    assert "Carla Nwosu has changed this issue while you had it open" in answer.text
    assert "Edith’s subject" in answer.text
    issue.refresh_from_db()
    assert issue.subject == "Tuesday’s briefing"
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again
    press(client, issue, "save", subject="Edith’s subject", version=again[1])
    assert issue.subject == "Edith’s subject"
    assert names(issue) == ["harbour", "orchard"], "and Carla's work too"
    assert harbour.pk == issue.shown_items[0].pk


def test_the_words_page_tells_the_second_too(client: Client, carla: Person, issue: Issue) -> None:
    form = {
        "subject": "Edith’s",
        "preheader": "",
        "note": "",
        "send_on": "2026-03-04",
        "send_at": "",
        "subject_b": "",
        "sample_percent": "",
        "segment": "",
        "body-count": "0",
    }
    issue.drop(issue.shown_items[1], by=carla)
    answer = client.post(f"/desk/issues/{issue.pk}/words/", form | {"version": issue.version - 1})
    assert "Carla Nwosu has changed this issue" in answer.text
    assert "Edith’s" in answer.text
    answer = client.post(f"/desk/issues/{issue.pk}/words/", form | {"version": issue.version})
    assert answer.status_code == 302
    issue.refresh_from_db()
    assert (issue.subject, f"{issue.send_on}") == ("Edith’s", "2026-03-04")
    refused = client.post(
        f"/desk/issues/{issue.pk}/words/", form | {"version": issue.version, "subject_b": "Other"}
    )
    assert "Two subjects need a sample" in refused.text


def test_what_cannot_go_out_says_what_is_missing(client: Client, briefing: Newsletter) -> None:
    issue = make_issue(briefing, subject="")
    page = text(client, f"/desk/issues/{issue.pk}/approve/")
    assert "It has no subject." in page
    assert "It has nothing in it" in page
    assert "Approve issue" not in page


def test_from_approval_to_a_send_that_is_held_and_goes_on(client: Client, issue: Issue) -> None:
    sign_up(issue.newsletter, zone="Asia/Tokyo")
    with at_night():
        page = text(client, f"/desk/issues/{issue.pk}/approve/")
        assert "1 reader gets it as things stand." in page
        assert "those in the edition’s zone on Tuesday, March 3, 7 a.m. EST" in page
        client.post(f"/desk/issues/{issue.pk}/approve/", {"version": issue.version})
        issue.refresh_from_db()
        assert issue.state == "approved"
        assert freeze(issue)
        hand_over(issue)
    for verb, state in (("hold", "held"), ("resume", "sending"), ("stop", "stopped")):
        client.post(f"/desk/issues/{issue.pk}/{verb}/")
        issue.refresh_from_db()
        assert issue.state == state
    page = text(client, f"/desk/issues/{issue.pk}/")
    assert "by Edith Moreau" in page
    client.post(f"/desk/issues/{issue.pk}/resume/")
    issue.refresh_from_db()
    assert issue.state == "stopped", "what has ended stays so"


def test_it_says_whether_somebody_got_it_and_why_not(client: Client, issue: Issue) -> None:
    ada = sign_up(issue.newsletter)
    pending = sign_up(issue.newsletter, "bruno@reader.example", state="pending")
    with at_night():
        issue.approve()
        freeze(issue)
        hand_over(issue)
    issue.send.recipients.update(state="submitted", words="250 2.0.0 Queued", answered_at=clock.now())
    page = f"/desk/issues/{issue.pk}/?address="
    assert "Yes.</strong> 250 2.0.0 Queued" in text(client, page + "ADA@reader.example")
    assert "No.</strong> The sign-up is not confirmed." in text(client, page + "bruno@reader.example")
    assert "This address has signed up to nothing." in text(client, page + "mallory@stranger.example")
    record = text(client, f"/desk/sign-ups/reader/{ada.mailbox_id}/")
    assert "250 2.0.0 Queued" in record
    assert "not confirmed" in text(client, f"/desk/sign-ups/reader/{pending.mailbox_id}/")


def test_the_calendar_shows_what_is_to_come_and_what_was(client: Client, issue: Issue) -> None:
    with clock.moved_to(clock.now().replace(year=2026, month=3, day=2, hour=20)):
        page = text(client, "/desk/issues/calendar/?from=2026-03-02")
        assert "Tuesday’s briefing" in page
        assert "Create Briefing, US of March 4 now" in page, "not created yet"
        assert "Create Briefing, US of 3 March now" not in page
    for odd in ("x", "9999-12-31", "2026-13-01", "0001-01-01"):
        assert client.get(f"/desk/issues/calendar/?from={odd}").status_code == 200


def test_a_digest_is_begun_by_hand_and_once_a_day(client: Client, briefing: Newsletter) -> None:
    form = {"newsletter": briefing.pk, "kind": "digest", "send_on": "2026-03-03", "welcome_day": ""}
    with at_night():
        answer = client.post("/desk/issues/new/", form)
        again = client.post("/desk/issues/new/", form)
    issue = briefing.issues.get()
    assert answer["Location"] == f"/desk/issues/{issue.pk}/digest/"
    assert names(issue)[:3] == ["harbour", "reef", "orchard"]
    assert "There is one for that day already." in again.text


def test_an_editor_makes_issues_and_a_reporter_sees_nothing(
    carla: Person, dev: Person, farid: Person, issue: Issue
) -> None:
    pages = ["", "calendar/", f"{issue.pk}/", f"{issue.pk}/digest/", f"{issue.pk}/words/"]
    for person, may in ((carla, True), (dev, False), (farid, False)):
        desk = signed_in(person)
        for page in pages:
            assert (desk.get(f"/desk/issues/{page}").status_code == 200) == may, (person, page)
        assert (press(desk, issue, "save").status_code == 302) == may or not may
        for page in ("/desk/segments/", "/desk/labels/", "/desk/newsletters/new/"):
            assert desk.get(page).status_code != 200, (person, page)
        assert (desk.get("/desk/sign-ups/").status_code == 200) == (person is farid)
    desk = signed_in(dev)
    assert desk.post(f"/desk/issues/{issue.pk}/approve/").status_code != 200
    issue.refresh_from_db()
    assert issue.state == "draft"


def test_the_list_takes_as_many_queries_for_many_issues(client: Client, briefing: Newsletter) -> None:
    taken = []
    for count in (2, 12):
        for number in range(count):
            day = TUESDAY + timedelta(days=count * 20 + number)
            make_issue(briefing, kind="written", send_on=day, subject=f"Issue {count} {number}")
        client.get("/desk/issues/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/issues/results/")
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_a_reader_s_record_leads_to_their_newsletters(
    farid: Person, ada: Person, briefing: Newsletter
) -> None:
    mailbox = sign_up(briefing, ada.email).mailbox
    mailbox.person = ada
    mailbox.save()
    desk = signed_in(farid)
    address = f"/desk/sign-ups/reader/{mailbox.pk}/"
    assert address in text(desk, f"/desk/readers/{ada.pk}/")
    assert "Did they get it?" in text(desk, address)


def test_newsletters_and_sign_ups_are_found(client: Client, briefing: Newsletter) -> None:
    sign_up(briefing)
    sign_up(briefing, "bruno@reader.example")
    assert client.get(f"/desk/newsletters/edit/{briefing.pk}/").status_code == 200
    page = text(client, "/desk/sign-ups/?q=ADA")
    assert "ada@reader.example" in page
    assert "bruno@reader.example" not in page


def test_a_segment_shows_how_many_and_who(client: Client, briefing: Newsletter) -> None:
    sign_up(briefing)
    sign_up(make_newsletter("other"), "bruno@reader.example")
    conditions = {
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-MIN_NUM_FORMS": "0",
        "conditions-MAX_NUM_FORMS": "1000",
        "conditions-0-about": "newsletter",
        "conditions-0-newsletter": str(briefing.pk),
        "conditions-0-is_negated": "on",
        "conditions-0-id": "",
        "conditions-0-DELETE": "",
    }
    answer = client.post("/desk/segments/new/", {"name": "Not the briefing", **conditions}, follow=True)
    page = " ".join(answer.text.split())
    assert "<strong>1</strong> reader" in page
    assert "b•••@reader.example" in page
    nobody = {name: value for name, value in conditions.items() if "-0-" not in name}
    refused = client.post("/desk/segments/new/", {"name": "All", **nobody, "conditions-TOTAL_FORMS": "0"})
    assert refused.status_code == 200, "a segment without a condition would be nobody"


def test_labels_are_given_and_taken(client: Client, briefing: Newsletter) -> None:
    from broadsheet.newsletters.models import Label

    sign_up(briefing)
    label = Label.objects.create(name="Founding readers")
    address = f"/desk/labels/readers/{label.pk}/"
    answer = client.post(address, {"addresses": "ADA@reader.example\nnobody@else.example"}, follow=True)
    assert "1 address is no reader’s." in answer.text
    assert [labelling.mailbox.address for labelling in label.labellings.all()] == ["ada@reader.example"]
    client.post(address, {"addresses": "ada@reader.example", "take": ""})
    assert not label.labellings.exists()

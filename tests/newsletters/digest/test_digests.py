"""An issue put together by rule, and what an editor makes of it."""

from datetime import timedelta

import pytest

from broadsheet.newsletters.issues.errors import EditedMeanwhile, IssueError, NotADraft, NotReady
from broadsheet.newsletters.models import Issue, MailedArticle, Newsletter
from broadsheet.newsletters.sending.minutes import assemble_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import PRINTED, Magazine
from tests.newsletters.issues import NIGHT, TUESDAY, make_issue, make_newsletter, names, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def briefing(magazine: Magazine) -> Newsletter:
    return make_newsletter(max_items=4)


def test_the_newest_articles_of_the_edition_come_in_with_one_lead(briefing: Newsletter) -> None:
    with clock.moved_to(NIGHT):
        issue = Issue.objects.create(newsletter=briefing, kind="digest", send_on=TUESDAY)
        assert issue.assemble() == 4
    assert names(issue) == ["harbour", "reef", "orchard", "ledger"]
    assert [item.is_lead for item in issue.shown_items] == [True, False, False, False]


def test_assembled_again_it_stays_as_the_editor_made_it(briefing: Newsletter, magazine: Magazine) -> None:
    with clock.moved_to(NIGHT):
        issue = Issue.objects.create(newsletter=briefing, kind="digest", send_on=TUESDAY)
        issue.assemble()
        assert issue.assemble() == 0
        harbour, reef, *_rest = issue.shown_items
        issue.drop(reef)
        issue.move(harbour, 1)
        assert issue.assemble() == 1
    assert names(issue) == ["orchard", "harbour", "ledger", "lantern"]


def test_an_article_that_was_mailed_is_not_mailed_again(briefing: Newsletter, magazine: Magazine) -> None:
    earlier = make_issue(briefing, send_on=TUESDAY - timedelta(days=1), state="stopped")
    MailedArticle.objects.create(
        newsletter=briefing, issue=earlier, article_uuid=magazine.article("harbour").uuid
    )
    with clock.moved_to(NIGHT):
        issue = Issue.objects.create(newsletter=briefing, kind="digest", send_on=TUESDAY)
        issue.assemble()
    assert "harbour" not in names(issue)
    with pytest.raises(IssueError, match="earlier issue"):
        issue.add_article(magazine.article("harbour"))


def test_the_day_of_the_issue_is_the_editions(briefing: Newsletter) -> None:
    """At 04:30 in London it is still Monday in New York; Tuesday's issue is made, and no other."""
    with clock.moved_to(NIGHT.replace(hour=4, minute=30) + timedelta(days=1)):
        (issue,) = assemble_due(clock.now())
        assert (issue.send_on, issue.state) == (TUESDAY, "draft")
        assert issue.subject == "Harbour"
        assert assemble_due(clock.now()) == []


def test_readers_far_east_have_it_assembled_in_time_for_their_morning(briefing: Newsletter) -> None:
    sign_up(briefing, zone="Asia/Tokyo")
    morning_in_tokyo = PRINTED.replace(hour=22)
    with clock.moved_to(morning_in_tokyo - timedelta(hours=7)):
        assert [issue.send_on for issue in assemble_due(clock.now())] == [TUESDAY]


def test_an_empty_digest_is_skipped(briefing: Newsletter, magazine: Magazine) -> None:
    briefing.kinds = ["review"]
    briefing.save()
    with clock.moved_to(NIGHT + timedelta(hours=12)):
        assert assemble_due(clock.now()) == []
    assert not briefing.issues.exists()


def test_a_weekly_one_is_made_on_its_day_alone(magazine: Magazine) -> None:
    make_newsletter("good-news", frequency="weekly", weekday=4)
    with clock.moved_to(NIGHT):
        assert assemble_due(clock.now()) == []


def test_links_to_elsewhere_name_their_source_and_can_be_moved(briefing: Newsletter) -> None:
    issue = make_issue(briefing, "harbour", "reef")
    link = issue.add_link("https://elsewhere.example/a", "What others say", "The Other Paper")
    issue.move(link, -1)
    assert names(issue) == ["harbour", "https://elsewhere.example/a", "reef"]
    issue.drop(link)
    assert names(issue) == ["harbour", "reef"]


def test_arranged_by_hand_whatever_is_not_named_follows(briefing: Newsletter) -> None:
    issue = make_issue(briefing, "harbour", "reef", "orchard")
    harbour, _reef, orchard = issue.shown_items
    issue.arrange([orchard.pk, harbour.pk, orchard.pk, 999_999])
    assert names(issue) == ["orchard", "harbour", "reef"]


def test_the_lead_comes_first_and_there_is_one(briefing: Newsletter) -> None:
    issue = make_issue(briefing, "harbour", "reef", "orchard")
    for item in issue.shown_items[1:]:
        issue.lead_with(item)
    assert names(issue) == ["orchard", "reef", "harbour"]
    assert [item.is_lead for item in issue.shown_items] == [True, False, False]


def test_of_two_who_edit_one_issue_the_second_is_told(
    briefing: Newsletter, carla: Person, edith: Person
) -> None:
    issue = make_issue(briefing, "harbour", "reef")
    seen = issue.version
    issue.move(issue.shown_items[0], 1, by=carla, version=seen)
    with pytest.raises(EditedMeanwhile, match="Carla Nwosu has changed"):
        issue.drop(issue.shown_items[0], by=edith, version=seen)
    assert names(issue) == ["reef", "harbour"]
    with pytest.raises(EditedMeanwhile):
        issue.approve(by=edith, version=seen)


def test_what_is_approved_cannot_be_edited_until_it_is_taken_back(briefing: Newsletter) -> None:
    issue = make_issue(briefing, "harbour")
    issue.approve()
    with pytest.raises(NotADraft):
        issue.drop(issue.shown_items[0])
    issue.take_back()
    issue.drop(issue.shown_items[0])
    with pytest.raises(NotReady, match="nothing in it"):
        issue.approve()


def test_issues_are_numbered_when_they_are_approved(briefing: Newsletter) -> None:
    first = make_issue(briefing, "harbour")
    second = make_issue(briefing, "reef", send_on=TUESDAY + timedelta(days=1))
    second.approve()
    first.approve()
    assert (second.number, first.number) == (1, 2)


def test_a_wall_in_a_letter_that_everybody_gets_whole_is_refused(briefing: Newsletter) -> None:
    issue = make_issue(
        briefing,
        kind="written",
        body=[{"type": "text", "value": "<p>Dear reader</p>"}, {"type": "wall", "value": None}],
    )
    with pytest.raises(NotReady, match="wall"):
        issue.approve()

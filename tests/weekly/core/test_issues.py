"""An issue made by rule, arranged by hand, published on its day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from broadsheet.editorial.models import Article, LetterToEditor
from broadsheet.platform import clock
from broadsheet.weekly.errors import ChangedMeanwhile, NotReady, WeeklyIssueError, WrongState
from broadsheet.weekly.filling import begin, fill
from broadsheet.weekly.models import State, WeeklyIssue
from broadsheet.weekly.publishing import publish_due
from tests.magazine import PRINTED, Magazine
from tests.weekly.issues import WEEK, make_issue, slugs


def article_of(issue: WeeklyIssue) -> Article:
    """Its first."""
    article = issue.items.all()[0].article
    assert article
    return article


def test_it_holds_what_was_published_in_its_days_by_the_editions_clock(magazine: Magazine) -> None:
    issue = make_issue(magazine, first_day=date(2026, 3, 2), last_day=date(2026, 3, 8))
    # The clocks are put forward on the eighth: the day ends at four in the morning, UTC.
    ends = datetime(2026, 3, 9, 4, tzinfo=UTC)
    newest = {magazine.publish("late", at=ends - timedelta(seconds=1)).slug}
    magazine.publish("too-late", at=ends)
    fill(issue)
    assert newest <= set(slugs(issue))
    assert "too-late" not in slugs(issue)


def test_departments_are_sections_in_order_with_good_news_last(magazine: Magazine) -> None:
    magazine.publish("otters", section="good-news", at=PRINTED - timedelta(days=2))
    issue = make_issue(magazine)
    names = [department.name for department in issue.departments.all()]
    assert names == [name for name in ("World", "Science", "Ideas", "Good News") if name in names]
    assert names[-1] == "Good News"


def test_assembled_again_it_gets_what_is_new_and_nothing_moves(magazine: Magazine) -> None:
    issue = make_issue(magazine)
    first, *others = issue.items.all()
    issue.move(others[-1], -1)
    issue.drop(first)
    before = slugs(issue)
    magazine.publish("heron", section="science", at=PRINTED - timedelta(days=2))
    assert fill(issue) == 1
    assert [slug for slug in slugs(issue) if slug != "heron"] == before
    assert fill(issue) == 0


def test_the_next_issue_has_nothing_of_the_one_before(magazine: Magazine) -> None:
    make_issue(magazine)
    assert slugs(make_issue(magazine, number=2)) == []


def test_number_and_days_of_the_next_are_proposed(magazine: Magazine) -> None:
    make_issue(magazine, number=7)
    issue = begin("en-us")
    assert (issue.number, issue.first_day, issue.last_day) == (8, date(2026, 3, 2), date(2026, 3, 8))
    assert issue.url.endswith("/issues/8/")
    with translation.override("en-gb"):
        assert issue.title == "No. 8, 2–8 March 2026"


def test_articles_are_moved_between_departments_and_back(magazine: Magazine) -> None:
    magazine.publish("heron", section="science", at=PRINTED - timedelta(days=2))
    magazine.publish("stork", section="science", at=PRINTED - timedelta(days=3))
    issue = make_issue(magazine)
    before = slugs(issue)
    item = issue.items.get(article__slug="heron")
    for _time in range(3):
        issue.move(item, -1)
    assert slugs(issue) != before
    departments = [
        (department.pk, [one.pk for one in department.items.all()]) for department in issue.departments.all()
    ]
    issue.arrange(list(reversed(departments)))
    assert [one.pk for one in issue.departments.all()] == [pk for pk, _items in reversed(departments)]
    assert sorted(slugs(issue)) == sorted(before)


def test_of_two_editors_the_later_one_is_told(magazine: Magazine) -> None:
    issue = make_issue(magazine)
    seen = issue.version
    issue.drop(issue.items.all()[0], version=seen)
    with pytest.raises(ChangedMeanwhile):
        issue.drop(issue.items.all()[0], version=seen)


def test_an_article_stands_in_it_once(magazine: Magazine) -> None:
    issue = make_issue(magazine)
    with pytest.raises(WeeklyIssueError):
        issue.add(article_of(issue))
    with pytest.raises(WeeklyIssueError):
        issue.add(magazine.draft)


def test_without_articles_nothing_is_published(magazine: Magazine) -> None:
    issue = WeeklyIssue.objects.create(edition="en-us", number=1, **WEEK)
    with pytest.raises(NotReady) as refused:
        issue.publish()
    assert refused.value.faults == ["It has no articles."]
    with pytest.raises(NotReady):
        issue.schedule(clock.now() + timedelta(days=1))
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


def test_it_is_published_at_its_moment(magazine: Magazine) -> None:
    issue = make_issue(magazine)
    at = clock.now() + timedelta(hours=1)
    issue.schedule(at)
    publish_due(at=clock.now())
    issue.refresh_from_db()
    assert issue.state == State.SCHEDULED
    with clock.moved_to(at + timedelta(seconds=1)):
        publish_due(at=clock.now())
        publish_due(at=clock.now())
    issue.refresh_from_db()
    assert issue.is_public
    assert all(item.pinned for item in issue.items.all())


def test_what_isnt_ready_when_it_is_due_waits_and_says_so(magazine: Magazine) -> None:
    issue = make_issue(magazine)
    at = clock.now() + timedelta(hours=1)
    issue.schedule(at)
    article = article_of(issue)
    article.unpublish()
    with clock.moved_to(at + timedelta(seconds=1)):
        publish_due(at=clock.now())
        issue.refresh_from_db()
        assert issue.is_overdue
    assert issue.faults() == [f"“{article.headline}” is not published."]


def test_what_is_published_is_arranged_no_more(magazine: Magazine) -> None:
    issue = make_issue(magazine)
    issue.publish()
    with pytest.raises(WrongState):
        issue.drop(issue.items.all()[0])
    with pytest.raises(WrongState):
        issue.publish()
    first = issue.published_at
    issue.withdraw()
    assert not issue.is_public
    issue.publish()
    assert issue.published_at == first


def test_letters_of_its_days_come_before_good_news(magazine: Magazine) -> None:
    magazine.publish("otters", section="good-news", at=PRINTED - timedelta(days=2))
    LetterToEditor.objects.create(
        article=magazine.article("harbour"),
        edition="en-us",
        state="published",
        name="Una Reyes",
        email="una@reader.example",
        text="We row there.",
        draft="We row there.",
        agreed="We row there.",
        confirmed_at=PRINTED,
        published_at=PRINTED - timedelta(days=2),
    )
    issue = make_issue(magazine)
    assert [department.holds for department in issue.departments.all()][-2:] == ["letters", "articles"]
    assert issue.letters.get().letter.name == "Una Reyes"

"""The demo's weekly issues: what they name exists, and the rule and the editor together make one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broadsheet.demo import content, weekly
from broadsheet.editorial.models import Picture
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.reading import read
from tests.magazine import Magazine, make_picture
from tests.weekly.issues import slugs

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
ZONES = {"en-us": ZoneInfo("America/New_York"), "en-gb": ZoneInfo("Europe/London")}


def issues() -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    written = content.load("weekly")["issues"]
    return [(about, about[edition], edition) for about in written for edition in ZONES]


def test_every_issue_names_what_exists() -> None:
    pictures = content.pictures()
    articles = {article["slug"] for article in content.articles()}
    for about, own, _edition in issues():
        assert own["cover"] in pictures
        named = {own["lead"], *own.get("archive", ()), *own.get("short", ())}
        assert named <= articles
        assert (about | own)["numbers"]


def test_an_article_that_an_editor_shortened_or_leads_with_is_of_those_days() -> None:
    days = {article["slug"]: article["published"] for article in content.articles()}
    for about, own, _edition in issues():
        oldest, newest = about["days"]
        for slug in {own["lead"], *own.get("short", ())} - set(own.get("archive", ())):
            back = int(days[slug].partition(" ")[0].strip("-d"))
            assert newest <= back <= oldest, slug


@pytest.mark.django_db
def test_cover_story_first_good_news_last(magazine: Magazine, monkeypatch: pytest.MonkeyPatch) -> None:
    magazine.publish("otters", section="good-news", at=NOW - timedelta(days=10))
    own = {
        "cover": "fog",
        "lead": "reef",
        "lines": ["The reef"],
        "note": "<p>Dear readers</p>",
        "short": {"orchard": "<p>Briefly</p>"},
        "archive": ["viaduct"],
        "numbers": content.load("weekly")["issues"][0]["numbers"],
    }
    about = {"number": 5, "days": [12, 7], "en-us": own}
    monkeypatch.setattr(content, "load", lambda name: {"issues": [about]})
    fog = make_picture("fog")
    weekly.make_issues(NOW, {"en-us": ZONES["en-us"]}, {"fog": Picture.objects.get(pk=fog.pk)})
    issue = WeeklyIssue.objects.get()
    assert issue.is_public
    found = slugs(issue)
    assert (found[0], found[-2:]) == ("reef", ["viaduct", "otters"])
    assert [department.name for department in read(issue).departments][-3:] == [
        "From the archive",
        "The week in numbers",
        "Good News",
    ]

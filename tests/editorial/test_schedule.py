"""What an editor set a time for happens at that time."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from broadsheet.editorial.models import Article
from broadsheet.platform import clock
from tests.magazine import Magazine, make_picture

HOUR = timedelta(hours=1)


def schedule(article: Article, after: timedelta) -> None:
    """Approves the newest revision for a time that far from now."""
    article.go_live_at = clock.now() + after
    article.save_revision(approved_go_live_at=article.go_live_at)


def test_a_scheduled_article_is_published_when_it_is_due(magazine: Magazine) -> None:
    schedule(magazine.draft, timedelta(seconds=-1))

    call_command("sweep")

    assert magazine.draft.live


def test_a_scheduled_article_waits_for_its_time(magazine: Magazine) -> None:
    schedule(magazine.draft, HOUR)

    call_command("sweep")

    assert not magazine.draft.live


def test_an_article_that_is_not_ready_stays_behind_alone(
    magazine: Magazine, caplog: pytest.LogCaptureFixture
) -> None:
    uncredited = make_picture("gulls", credit="")
    schedule(magazine.write("breakwater", picture=uncredited), timedelta(seconds=-2))
    schedule(magazine.draft, timedelta(seconds=-1))

    call_command("sweep")

    assert magazine.draft.live
    assert not magazine.article("breakwater").live
    assert "Breakwater was due but is not ready: The picture “gulls” has no credit." in caplog.text


def test_it_goes_out_once_it_is_ready(magazine: Magazine) -> None:
    picture = make_picture("gulls", credit="")
    schedule(magazine.write("breakwater", picture=picture), timedelta(seconds=-1))
    call_command("sweep")

    picture.credit = "Ilse Marr / The Meridian"
    picture.save()
    call_command("sweep")

    assert magazine.article("breakwater").live


def test_an_article_is_withdrawn_when_its_time_is_over(magazine: Magazine) -> None:
    reef = magazine.article("reef")
    Article.objects.filter(pk=reef.pk).update(expire_at=clock.now() - timedelta(seconds=1))

    call_command("sweep")

    assert not magazine.article("reef").live
    assert magazine.article("reef").expired

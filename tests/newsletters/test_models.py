"""What the database holds of newsletters, whoever writes to it."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from broadsheet.newsletters.models import (
    Condition,
    Frequency,
    Issue,
    Item,
    Mailbox,
    MailedArticle,
    Newsletter,
    Place,
    Segment,
    SignUp,
)
from broadsheet.platform import clock
from tests.magazine import Magazine

pytestmark = pytest.mark.django_db


def newsletter(slug: str = "briefing", **fields: Any) -> Newsletter:
    return Newsletter.objects.create(**({"edition": "en-us", "slug": slug, "name": "Morning"} | fields))


def mailbox(address: str = "ada@reader.example", **fields: Any) -> Mailbox:
    return Mailbox.objects.create(**({"address": address, "edition": "en-us"} | fields))


def issue(of: Newsletter, **fields: Any) -> Issue:
    return Issue.objects.create(newsletter=of, **fields)


def refused(name: str) -> Any:
    """A context in which the constraint `name` must refuse; on SQLite it says its columns instead."""
    return _Refused(name)


class _Refused:
    def __init__(self, name: str) -> None:
        self.name, self.atomic = name, transaction.atomic()

    def __enter__(self) -> None:
        self.atomic.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        self.atomic.__exit__(kind, error, trace)
        assert isinstance(error, IntegrityError), f"nothing was refused, as {self.name} should"
        assert self.name in str(error) or "UNIQUE constraint failed" in str(error)
        return True


def test_a_slug_is_there_once_in_an_edition() -> None:
    newsletter()
    newsletter(edition="en-gb")
    with refused("newsletter_once_in_its_edition"):
        newsletter(list_id="other.magazine.example")


def test_each_newsletter_has_a_list_id_of_its_own() -> None:
    made = {newsletter("a").list_id, newsletter("b_c").list_id, newsletter("a", edition="en-gb").list_id}
    assert made == {
        "a.en-us.meridian.example",
        "b-c.en-us.meridian.example",
        "a.en-gb.meridian.example",
    }
    with refused("newsletters_newsletter_list_id"):
        newsletter("d", list_id="a.en-us.meridian.example")


@pytest.mark.parametrize(
    "list_id", ["briefing", "a b.example", "a.example\r\nBcc: x", "a.example>", "-a.example"]
)
def test_a_list_id_that_mail_programs_would_misread_is_refused(list_id: str) -> None:
    wrong = Newsletter(edition="en-us", slug="x", name="X", list_id=list_id)
    with pytest.raises(ValidationError) as caught:
        wrong.full_clean()
    assert set(caught.value.message_dict) == {"list_id"}


def test_a_slug_is_no_address_at_which_one_signs_up_or_leaves() -> None:
    with pytest.raises(ValidationError) as caught:
        Newsletter(edition="en-us", slug="leave", name="Leave").full_clean()
    assert set(caught.value.message_dict) == {"slug"}


@pytest.mark.parametrize("name", ["Morning\r\nBcc: all@reader.example", "Mor\x00ning", "A\nB"])
def test_names_that_reach_headers_are_one_line(name: str) -> None:
    wrong = Newsletter(edition="en-us", slug="x", name=name, sender_name=name)
    with pytest.raises(ValidationError) as caught:
        wrong.full_clean()
    assert set(caught.value.message_dict) == {"name", "sender_name"}


def test_a_weekly_and_a_monthly_one_say_on_which_day() -> None:
    with refused("newsletter_weekly_on_a_day"):
        newsletter(frequency=Frequency.WEEKLY)
    with refused("newsletter_monthly_on_a_day"):
        newsletter(frequency=Frequency.MONTHLY)
    newsletter(frequency=Frequency.WEEKLY, weekday=6)


def test_fewer_is_another_newsletter_of_the_same_edition() -> None:
    daily, elsewhere = newsletter(), newsletter("week", edition="en-gb")
    daily.weekly_instead = elsewhere
    with pytest.raises(ValidationError):
        daily.full_clean()
    with refused("newsletter_is_not_its_own_fewer"):
        Newsletter.objects.filter(pk=daily.pk).update(weekly_instead=daily.pk)


def test_unknown_kinds_of_article_are_refused() -> None:
    for kinds in (["horoscope"], "news", {"news": 1}):
        with pytest.raises(ValidationError):
            Newsletter(edition="en-us", slug="x", name="X", kinds=kinds).full_clean()
    Newsletter(edition="en-us", slug="x", name="X", kinds=["news", "opinion"]).full_clean()


def test_an_address_is_one_mailbox() -> None:
    mailbox()
    with refused("mailbox_once_for_an_address"):
        mailbox()
    assert Mailbox.objects.at("Ada@Reader.EXAMPLE").exists()
    assert not Mailbox.objects.at("ada+news@reader.example").exists()


def test_an_erased_mailbox_keeps_nothing_and_leaves_its_address_free() -> None:
    mark = "a" * 64
    mailbox(mark, erased_at=clock.now())
    mailbox(mark, erased_at=clock.now())
    with refused("mailbox_erased_says_nothing"):
        mailbox("b" * 64, erased_at=clock.now(), seen_in="2026-03")


def test_a_sign_of_life_is_a_month_and_none_where_they_object() -> None:
    with refused("mailbox_seen_in_a_month"):
        mailbox(seen_in="2026-13")
    with refused("mailbox_not_watched_against_its_will"):
        mailbox(seen_in="2026-03", objects_to_signs_of_life=True)


def test_a_mailbox_signs_up_to_a_newsletter_once() -> None:
    to, box = newsletter(), mailbox()
    SignUp.objects.create(newsletter=to, mailbox=box, place=Place.PAGE)
    with refused("sign_up_once_for_a_mailbox"):
        SignUp.objects.create(newsletter=to, mailbox=box, place=Place.WALL)


def test_a_sign_up_says_when_it_was_confirmed_and_how_it_was_left() -> None:
    to, box = newsletter(), mailbox()
    with refused("sign_up_confirmed_at_a_time"):
        SignUp.objects.create(newsletter=to, mailbox=box, place=Place.PAGE, state="confirmed")
    with refused("sign_up_left_at_a_time"):
        SignUp.objects.create(newsletter=to, mailbox=box, place=Place.PAGE, state="left", left_at=clock.now())
    with refused("sign_up_left_at_a_time"):
        SignUp.objects.create(newsletter=to, mailbox=box, place=Place.PAGE, reason="other")


def test_one_digest_is_made_of_a_day() -> None:
    of, day = newsletter(), date(2026, 3, 2)
    issue(of, kind="digest", send_on=day)
    issue(of, kind="written", send_on=day)
    with refused("issue_one_digest_a_day"):
        issue(of, kind="digest", send_on=day)
    Issue.objects.filter(kind="digest").update(state="stopped")
    issue(of, kind="digest", send_on=day)


def test_an_issue_is_numbered_once_and_leaves_the_draft_with_subject_day_and_number() -> None:
    of = newsletter()
    issue(of, number=1)
    with refused("issue_once_by_number"):
        issue(of, number=1)
    with refused("issue_approved_has_a_subject"):
        issue(of, number=2, state="approved", send_on=date(2026, 3, 2))
    with refused("issue_approved_has_its_day"):
        issue(of, number=2, state="approved", subject="Good morning")


def test_the_series_has_one_letter_a_day_and_no_other_issue_has_one() -> None:
    of = newsletter()
    issue(of, kind="welcome", welcome_day=0)
    with refused("issue_one_welcome_a_day"):
        issue(of, kind="welcome", welcome_day=0)
    with refused("issue_of_the_series_has_its_day"):
        issue(of, kind="welcome")
    with refused("issue_of_the_series_has_its_day"):
        issue(of, kind="written", welcome_day=3)


def test_a_second_subject_needs_a_sample() -> None:
    of = newsletter()
    with refused("issue_other_subject_has_a_sample"):
        issue(of, subject_b="Or this?")
    with refused("issue_other_subject_has_a_sample"):
        issue(of, sample_percent=10)


def test_an_article_stands_once_in_an_issue_and_an_issue_has_one_lead(magazine: Magazine) -> None:
    of, article = issue(newsletter()), magazine.article("reef")
    this = {"issue": of, "article": article, "article_uuid": article.uuid}
    Item.objects.create(position=1, is_lead=True, **this)
    with refused("item_article_once_in_an_issue"):
        Item.objects.create(position=2, **this)
    with refused("item_one_lead"):
        Item.objects.create(issue=of, position=2, article_uuid=uuid4(), is_lead=True)
    with refused("item_one_at_a_position"):
        Item.objects.create(issue=of, position=1, article_uuid=uuid4())


def test_a_link_to_elsewhere_names_its_source() -> None:
    of = issue(newsletter())
    with refused("item_is_an_article_or_has_its_source"):
        Item.objects.create(issue=of, position=1, url="https://elsewhere.example/")
    with refused("item_is_an_article_or_has_its_source"):
        Item.objects.create(issue=of, position=1)
    Item.objects.create(issue=of, position=1, url="https://elsewhere.example/", source_name="Elsewhere")


def test_an_item_outlives_its_articles_page(magazine: Magazine) -> None:
    article = magazine.article("reef")
    item = Item.objects.create(
        issue=issue(newsletter()), position=1, article=article, article_uuid=article.uuid, headline="Reef"
    )
    article.delete()
    item.refresh_from_db()
    assert (item.article, str(item)) == (None, "Reef")


def test_an_article_goes_out_in_a_newsletter_once() -> None:
    of, uuid = newsletter(), uuid4()
    MailedArticle.objects.create(newsletter=of, article_uuid=uuid, issue=issue(of))
    with refused("article_mailed_once"):
        MailedArticle.objects.create(newsletter=of, article_uuid=uuid, issue=issue(of))
    other = newsletter("week")
    MailedArticle.objects.create(newsletter=other, article_uuid=uuid, issue=issue(other))


def test_a_condition_without_its_value_is_refused() -> None:
    segment = Segment.objects.create(name="Old friends")
    for about in ("edition", "plan", "newsletter", "reader_for", "label"):
        with refused("condition_has_its_value"):
            Condition.objects.create(segment=segment, about=about)
    Condition.objects.create(segment=segment, about="subscription", is_negated=True)

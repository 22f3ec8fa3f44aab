import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.newsletters.letter.composing import compose, letter_of, message_of
from broadsheet.newsletters.models import Issue, Link, Newsletter
from broadsheet.platform.http.addresses import absolute
from tests.magazine import Magazine, marks_in
from tests.newsletters.letter.made import briefing, issue_of

pytestmark = pytest.mark.django_db


def joined(issue: Issue, variant: str = "") -> str:
    tokens = {"leave": "LEAVE", "preferences": "PREFS"}
    return compose(issue, variant).join("ada@reader.example", "<1@meridian.example>", tokens).decode()


def unquoted(message: str) -> str:
    return re.sub(r"=([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), message.replace("=\r\n", ""))


def test_an_issue_says_what_its_articles_say_in_public(magazine: Magazine) -> None:
    letter = letter_of(issue_of(briefing(), magazine, "harbour", "reef"))
    article = magazine.article("harbour")
    for part in (letter.html, letter.text):
        assert article.headline in part
        assert article.standfirst in part
        assert not marks_in(part, "harbour")


def test_the_editor_s_words_stand_in_place_of_the_article_s(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, "harbour")
    issue.items.update(headline="The boats wait", standfirst="For the tide.")
    letter = letter_of(issue)
    assert "The boats wait" in letter.html
    assert magazine.article("harbour").headline not in letter.html


def test_a_pinned_article_stays_as_it_was_approved(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, "harbour")
    article = magazine.article("harbour")
    before = article.headline
    issue.items.update(revision=article.save_revision())
    article.title = "Changed meanwhile"
    article.save()
    assert before in letter_of(issue).html


@pytest.mark.parametrize("gone", ["unpublished", "deleted", "dropped"])
def test_what_is_not_in_print_is_not_in_the_letter(magazine: Magazine, gone: str) -> None:
    issue = issue_of(briefing(), magazine, "reef", "harbour")
    article = magazine.article("harbour")
    if gone == "unpublished":
        article.unpublish()
    elif gone == "deleted":
        article.delete()
    else:
        issue.items.filter(article=article).update(is_dropped=True)
    assert article.headline not in letter_of(issue).html


def test_a_written_issue_shows_the_blocks_of_its_body(magazine: Magazine) -> None:
    body = [
        {"type": "heading", "value": "On the quay"},
        {"type": "text", "value": '<p>Read <a href="https://a.example/?a=1&amp;b=2">this</a>.</p>'},
        {"type": "pull_quote", "value": {"text": "They lay where it left them", "attribution": "Ilse"}},
        {"type": "list", "value": {"ordered": True, "items": ["<p>One</p>", "<p>Two</p>"]}},
        {
            "type": "sponsor",
            "value": {
                "sponsor": "Hull & Co",
                "headline": "Paint",
                "text": "<p>x</p>",
                "url": "https://h.example/",
            },
        },
    ]
    issue = issue_of(briefing(), magazine, body=body)
    letter = letter_of(issue)
    for words in ("On the quay", "They lay where it left them", "Two", "Paid for by Hull"):
        assert words in letter.html
        assert words in letter.text
    assert "<https://a.example/?a=1&b=2>" in letter.text


def test_pasted_markup_in_the_note_is_only_text(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, note="<style>p{color:red}</style><b>Hello\n\nhttps://a.example/")
    letter = letter_of(issue)
    assert "&lt;b&gt;Hello" in letter.html
    assert 'href="https://a.example/"' in letter.html


def test_links_are_counted_and_the_same_in_each_message(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, "harbour", "reef")
    joined(issue)
    before = list(issue.links.values_list("number", "url"))
    joined(issue, "b")
    assert list(issue.links.values_list("number", "url")) == before
    assert [number for number, _url in before] == [1, 2]
    article = magazine.article("harbour")
    assert issue.links.get(number=1).article_uuid == article.uuid


def test_a_letter_leads_through_its_counted_links(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, "harbour")
    message = unquoted(joined(issue))
    link = Link.objects.get()
    assert absolute(f"/c/{issue.pk}-{link.number}-") in message
    assert link.url not in message


def test_a_preview_counts_nothing(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, "harbour")
    assert "/c/" not in letter_of(issue).html
    assert not Link.objects.exists()


def test_a_letter_can_be_left_by_one_click(magazine: Magazine) -> None:
    message = unquoted(joined(issue_of(briefing(), magazine, "harbour")))
    assert f"List-Unsubscribe: <{absolute('/newsletters/leave/LEAVE/')}>" in message
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in message
    assert absolute("/newsletters/leave/LEAVE/") in message.partition("\r\n\r\n")[2]
    assert absolute("/newsletters/preferences/PREFS/") in message.partition("\r\n\r\n")[2]


def test_a_letter_names_its_sender_by_post(magazine: Magazine) -> None:
    assert "1 Quay Street, Port Ellery" in letter_of(issue_of(briefing(), magazine, "harbour")).html


def test_issues_with_one_subject_are_no_conversation(magazine: Magazine) -> None:
    good_news = Newsletter.objects.create(edition="en-us", slug="good-news", name="Good News")
    messages = [
        message_of(issue, letter_of(issue))
        for issue in (issue_of(briefing(), magazine, "harbour"), issue_of(good_news, magazine, "reef"))
    ]
    assert len({message["Subject"] for message in messages}) == 1
    for name in ("X-Entity-Ref-ID", "List-Id"):
        assert len({message[name] for message in messages}) == 2
    assert not any(message["References"] or message["In-Reply-To"] for message in messages)


def test_each_subject_of_a_test_goes_out_with_its_own(magazine: Magazine) -> None:
    issue = issue_of(briefing(), magazine, "harbour", subject_b="Will the tide come?", sample_percent=20)
    assert letter_of(issue, "a").subject == "Boats wait for the tide"
    assert letter_of(issue, "b").subject == "Will the tide come?"
    issue.winner = "b"
    assert letter_of(issue).subject == "Will the tide come?"


def test_a_longer_issue_asks_the_database_no_more_often(magazine: Magazine) -> None:
    counts = []
    for number, slugs in ((1, ["harbour", "reef"]), (2, ["harbour", "reef", "orchard", "ledger"])):
        issue = issue_of(briefing(slug=f"n-{number}"), magazine, *slugs, number=number)
        letter_of(issue)
        with CaptureQueriesContext(connection) as queries:
            letter_of(issue)
        # For each address Wagtail asks the cache, which need not be in the database.
        counts.append(len([query for query in queries if "platform_cache" not in query["sql"]]))
    assert counts[0] == counts[1]

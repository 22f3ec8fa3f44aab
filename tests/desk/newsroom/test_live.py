"""The live desk, by the roles it is for, twice, and with the back button."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageLogEntry

from broadsheet.editorial.models import Article, Author, Coverage, Entry
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.editorial.live.made import live_article, posted, vigil
from tests.magazine import Magazine
from tests.parallel import at_once


def desk(article: Article, *rest: object) -> str:
    return f"/desk/live/{article.pk}/" + "".join(f"{part}/" for part in rest)


def typed(words: str, act: str = "post", **fields: Any) -> dict[str, Any]:
    """As the form is sent, with one block of text."""
    form = {
        "act": act,
        "key": str(uuid4()),
        "headline": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-id": "",
        "body-0-value": draftail(words),
        "authors": [str(author.pk) for author in Author.objects.filter(slug="nell-abernathy")],
    }
    return form | fields


def draftail(words: str) -> str:
    block = (
        f'{{"key":"a","text":"{words}","type":"unstyled","depth":0,"inlineStyleRanges":[],"entityRanges":[]}}'
    )
    return f'{{"blocks":[{block}],"entityMap":{{}}}}'


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.text.split())


def test_a_reporter_posts_without_waiting_for_anybody(magazine: Magazine, dev: Person) -> None:
    article = live_article(magazine)
    client = signed_in(dev)
    Author.objects.filter(slug="nell-abernathy").update(person=dev)
    assert 'name="key"' in text(client, desk(article))
    answer = client.post(desk(article), typed("The gates are open."))
    assert answer.status_code == 302
    entry = Entry.objects.get()
    assert (entry.number, entry.written_by, entry.plain_text) == (1, dev, "The gates are open.")
    assert "The gates are open." in Client().get(article.url).text
    assert "Entry posted: The gates are open." in text(client, f"/desk/pages/{article.pk}/history/")


def test_a_form_sent_again_by_the_back_button_posts_once_and_loses_nothing(
    magazine: Magazine, dev: Person
) -> None:
    article = live_article(magazine)
    client = signed_in(dev)
    form = typed("The gates are open.")
    for _ in range(2):
        assert client.post(desk(article), form).status_code == 302
    assert Entry.objects.count() == 1
    # Gone back, and something else typed into the same form.
    answer = client.post(desk(article), form | {"body-0-value": draftail("The gates are shut.")})
    assert "This form was sent before" in answer.text
    assert "The gates are shut." in answer.text
    found = re.search(r'name="key" value="([^"]+)"', answer.text)
    assert found is not None
    assert found[1] != form["key"]
    again = form | {"body-0-value": draftail("The gates are shut."), "key": found[1]}
    assert client.post(desk(article), again).status_code == 302
    assert Entry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_pressed_twice_at_once_is_done_and_noted_once(magazine: Magazine, carla: Person) -> None:
    article = live_article(magazine)

    def press(address: str, fields: dict[str, Any]) -> None:
        at_once(*[lambda: signed_in(carla).post(address, fields).status_code] * 3)

    press(desk(article), typed("The gates are open."))
    entry = Entry.objects.get()
    press(desk(article, entry.pk, "withdraw"), {"why": "It was a rumour."})
    press(desk(article, "end"), {"summary": ""})
    press(desk(article, "take-up"), {})
    noted = PageLogEntry.objects.filter(page=article.pk, action__startswith="live.").order_by("pk")
    assert [one.action for one in noted] == ["live.post", "live.withdraw", "live.end", "live.take_up"]


def test_what_can_not_be_posted_is_kept_in_the_form_and_may_be_a_draft(
    magazine: Magazine, dev: Person
) -> None:
    article = magazine.write("vespers", kind="live")
    client = signed_in(dev)
    answer = client.post(desk(article), typed("Too early."))
    assert "published yet" in answer.text
    assert "Too early." in answer.text
    assert not Entry.objects.exists()
    unfinished = typed("Too early.", is_key_point="on")
    assert "A key point needs a headline" in client.post(desk(article), unfinished).text
    assert client.post(desk(article), typed("Too early.", "draft")).status_code == 302
    entry = Entry.objects.get()
    assert not entry.is_posted
    article.get_latest_revision().publish()
    answer = client.post(desk(article, entry.pk), typed("In time.", seen=str(entry.version)))
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.is_posted, entry.plain_text) == (True, "In time.")


def test_whoever_saves_a_draft_that_was_saved_meanwhile_is_told(magazine: Magazine, dev: Person) -> None:
    article = live_article(magazine)
    client = signed_in(dev)
    client.post(desk(article), typed("First words.", "draft"))
    entry = Entry.objects.get()
    seen = str(entry.version)
    assert client.post(desk(article, entry.pk), typed("Better words.", "draft", seen=seen)).status_code == 302
    answer = client.post(desk(article, entry.pk), typed("Other words.", "draft", seen=seen))
    assert "This entry was changed after you opened it" in answer.text
    assert "Other words." in answer.text
    entry.refresh_from_db()
    assert entry.plain_text == "Better words."
    # Nor is what was seen of a draft taken for what was posted since.
    seen = str(entry.version)
    assert Coverage.of(article).post(entry)
    answer = client.post(desk(article, entry.pk), typed("Other words.", seen=seen))
    assert "This entry was changed after you opened it" in answer.text


def test_one_corrects_and_withdraws_ones_own_and_an_editor_all(
    magazine: Magazine, dev: Person, carla: Person
) -> None:
    article = live_article(magazine)
    coverage = Coverage.of(article)
    own, other = posted(coverage, dev, 1), posted(coverage, carla, 2)
    reporter, editor = signed_in(dev), signed_in(carla)
    for rest in ((other.pk,), (other.pk, "withdraw"), ("end",), ("take-up",)):
        assert reporter.get(desk(article, *rest)).status_code == 302, rest
    correction = typed("Two, not three.", seen=str(own.version), note="It said three.")
    assert reporter.post(desk(article, own.pk), correction).status_code == 302
    assert own.changes.get().note == "It said three."
    answer = editor.post(desk(article, own.pk), correction)
    assert "This entry was changed after you opened it" in answer.text
    assert "Two, not three." in answer.text
    assert editor.post(desk(article, own.pk, "withdraw"), {"why": "A rumour."}).status_code == 302
    assert editor.post(desk(article, own.pk, "withdraw"), {"why": "Another."}).status_code == 302
    own.refresh_from_db()
    assert own.withdrawn_why == "A rumour."
    assert reporter.get(desk(article, own.pk)).status_code == 404


def test_an_editor_ends_it_and_takes_it_up_again(magazine: Magazine, dev: Person, carla: Person) -> None:
    article = live_article(magazine)
    client = signed_in(carla)
    assert "no entry yet" in client.post(desk(article, "end"), {"summary": "Nothing."}).text
    coverage = Coverage.of(article)
    posted(coverage, dev, 1)
    for summary in ("All went home.", "All went home early."):
        assert client.post(desk(article, "end"), {"summary": summary}).status_code == 302
        assert summary in Client().get(article.url).text
    assert "ended" in text(client, desk(article))
    assert client.post(desk(article, "take-up")).status_code == 302
    coverage.refresh_from_db()
    assert coverage.is_live


@pytest.mark.parametrize("name", ["edith", "farid", "ada"])
def test_others_have_no_live_desk(magazine: Magazine, request: pytest.FixtureRequest, name: str) -> None:
    article = live_article(magazine)
    answer = signed_in(request.getfixturevalue(name)).post(desk(article), typed("Hello."))
    assert answer.status_code in {302, 403}
    assert not Entry.objects.exists()


def test_the_desk_leads_to_it_from_a_live_coverage_alone(magazine: Magazine, dev: Person) -> None:
    client = signed_in(dev)
    article = live_article(magazine)
    assert desk(article) in text(client, f"/desk/pages/{article.pk}/edit/")
    other = magazine.article("reef")
    assert desk(other) not in text(client, f"/desk/pages/{other.pk}/edit/")
    assert client.get(desk(other)).status_code == 404


def test_the_page_asks_as_often_for_many_entries(magazine: Magazine, dev: Person) -> None:
    client = signed_in(dev)

    def asked(article: Article) -> int:
        client.get(desk(article))
        with CaptureQueriesContext(connection) as queries:
            client.get(desk(article))
        return sum("platform_invalidation" not in query["sql"] for query in queries)

    article = vigil(magazine, dev, entries=2)
    few = asked(article)
    for number in range(3, 9):
        posted(Coverage.of(article), dev, number)
    assert asked(article) == few


def test_the_title_is_followed_by_which_coverage_it_is(magazine: Magazine, dev: Person) -> None:
    article = live_article(magazine)
    title = re.search(r"<h1.*?</h1>", text(signed_in(dev), desk(article)))
    assert title
    assert article.title in title[0]

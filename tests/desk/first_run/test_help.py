"""The draft of a page of help: questions, and answers that lead to where things are done."""

import re

import pytest
from django.test import Client
from django.urls import resolve

from broadsheet.desk.first_run.drafts import draft_of
from broadsheet.editorial.models import StandingPage
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine

LANGUAGES = ("en-us", "en-gb", "de", "fr", "es")
KNOWN = {"name": "Gazette & Sons", "contact": "help@gazette.example"}
ADDRESS = re.compile(r'href="([^"]+)"')


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_answers_the_same_questions(tag: str) -> None:
    kinds = [kind for kind, _value in draft_of("help", tag, KNOWN).body]
    assert kinds == [kind for kind, _value in draft_of("help", "en-us", KNOWN).body]
    assert kinds.count("question") == 19


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_answer_leads_to_a_page_of_ours(tag: str) -> None:
    draft = draft_of("help", tag, KNOWN)
    answers = [value["answer"].source for kind, value in draft.body if kind == "question"]
    for answer in answers:
        assert "{" not in answer
        assert ADDRESS.findall(answer)
        for address in ADDRESS.findall(answer):
            assert resolve(address.partition("#")[0])


def test_the_links_stay_in_the_edition() -> None:
    answer = draft_of("help", "en-gb", KNOWN).body[1][1]["answer"]
    assert ADDRESS.findall(answer.source) == ["/uk/account/sign-in/"]


def test_the_places_within_the_account_are_there(magazine: Magazine, bruno: Person) -> None:
    """Those that every reader has: a subscriber's stand on the page of whoever has a subscription."""
    page = signed_in(bruno).get("/account/").text
    for place in ("reads-title", "data"):
        assert f'id="{place}"' in page


def help_page(magazine: Magazine, edition: str = "us") -> StandingPage:
    home = magazine.edition(edition)
    draft = draft_of("help", home.locale.language_code, KNOWN)
    page = StandingPage(title=draft.title, slug=draft.slug, body=draft.body, locale=home.locale)
    home.add_child(instance=page)
    return page


def test_the_page_shows_each_question_with_its_answer(magazine: Magazine, client: Client) -> None:
    help_page(magazine)
    page = client.get("/help/")
    assert page.text.count('<details class="question">') == 19
    assert page.context["head"].json_ld.count('"Question"') == 19
    assert "How do I cancel?" in page.text


def test_the_contact_form_leads_to_the_answers_first(magazine: Magazine, client: Client) -> None:
    contact = StandingPage(title="Contact", slug="contact", locale=magazine.us.locale, has_contact_form=True)
    magazine.us.add_child(instance=contact)
    assert "Most questions" not in client.get("/contact/").text
    found = help_page(magazine)
    assert (
        'href="/help/"' in client.get("/contact/").text.partition('id="letter"')[2].partition("</section>")[0]
    )
    found.body = []
    found.save()
    assert "Most questions" not in client.get("/contact/").text


def test_a_page_with_the_form_and_the_questions_does_not_lead_to_itself(
    magazine: Magazine, client: Client
) -> None:
    found = help_page(magazine)
    found.has_contact_form = True
    found.save()
    assert "Most questions" not in client.get("/help/").text
    assert 'id="letter"' in client.get("/help/").text

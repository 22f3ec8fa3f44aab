import re
from html import unescape

import pytest
from bs4 import BeautifulSoup

from broadsheet.newsletters.letter.contents import is_from_the_right, without_tokens
from broadsheet.newsletters.letter.rendering import LONGEST_SUBJECT, render, share_link, subject_of
from tests.newsletters.letter.issues import ISSUES, PLACES, contents, rendered, story

EVERY = pytest.mark.parametrize("name", ISSUES)


def soup_of(name: str) -> BeautifulSoup:
    return BeautifulSoup(rendered(name).html, "html.parser")


@EVERY
def test_a_letter_says_everything_in_its_text_too(name: str) -> None:
    text = " ".join(rendered(name).text.split())
    for part in ISSUES[name].stories:
        assert " ".join(without_tokens(part.headline).split()) in text
        assert part.link in text


@EVERY
def test_the_only_tokens_are_those_of_the_reader(name: str) -> None:
    letter = rendered(name)
    for part in (letter.html, letter.text):
        assert set(re.findall(r"\{\{(\w+)\}\}", unescape(part))) == {"reader"}
    assert "{{" not in letter.subject


@EVERY
def test_nothing_that_people_wrote_becomes_markup(name: str) -> None:
    soup = soup_of(name)
    assert not soup.find_all(["script", "iframe", "object", "form", "link"])
    assert not [tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)]
    assert len(soup.find_all("style")) == 1


@EVERY
def test_a_letter_can_be_left_from_its_foot(name: str) -> None:
    links = [link["href"] for link in soup_of(name).find_all("a")]
    assert PLACES.leave in links
    assert PLACES.preferences in links


@EVERY
def test_a_letter_stays_below_what_mail_programs_cut_off(name: str) -> None:
    assert rendered(name).size <= 90 * 1024


@EVERY
def test_each_picture_has_words_in_its_place(name: str) -> None:
    assert all(picture["alt"] for picture in soup_of(name).find_all("img"))


@EVERY
def test_the_subject_is_one_line(name: str) -> None:
    subject = rendered(name).subject
    assert subject == " ".join(subject.split())
    assert len(subject) <= LONGEST_SUBJECT + 1


def test_a_letter_from_the_right_is_set_from_the_right() -> None:
    soup = soup_of("from the right")
    assert soup.html
    assert (soup.html["lang"], soup.html["dir"]) == ("ar", "rtl")
    heading = soup.h1
    assert heading
    cell = heading.find_parent("td")
    assert cell
    assert cell["align"] == "right"


@pytest.mark.parametrize(
    ("tag", "expected"), [("ar-EG", True), ("he", True), ("ckb", True), ("en-GB", False), ("xx", False)]
)
def test_the_direction_follows_the_language(tag: str, expected: bool) -> None:
    assert is_from_the_right(tag) is expected


@pytest.mark.parametrize("joined", ["👩🏽‍🚀", "e\u0301", "❤\ufe0f", "🇬🇧"])
def test_a_subject_is_never_cut_within_a_character(joined: str) -> None:
    for before in range(LONGEST_SUBJECT - 6, LONGEST_SUBJECT + 1):
        subject = subject_of("x" * before + joined * 3)
        assert subject.removesuffix("…").removeprefix("x" * before) in {"", joined, joined * 2, joined * 3}


def test_a_long_subject_is_cut_between_words() -> None:
    assert subject_of("word " * 60).endswith("word…")


def test_a_story_with_a_pass_leads_through_it() -> None:
    letter = render(contents(stories=(story(1, pass_token="pass_1"),)), PLACES)
    assert 'href="https://magazine.example/c/1?pass={{pass_1}}"' in letter.html
    assert "https://magazine.example/c/1?pass={{pass_1}}" in letter.text


def test_an_issue_is_forwarded_by_the_reader_s_own_mail() -> None:
    address = share_link(contents(subject="Trains & ships?"))
    assert address.startswith("mailto:?subject=Trains%20%26%20ships%3F&body=https%3A")


def test_an_external_story_names_its_source() -> None:
    assert "From The Gazette" in rendered("elsewhere").html
    assert "From The Gazette" in rendered("elsewhere").text

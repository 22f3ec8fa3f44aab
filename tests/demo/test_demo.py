"""The demo: its mail page, its tour, and that its articles are what they claim to be."""

import asyncio
import re
import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from broadsheet.demo import content, post
from broadsheet.demo.letterbox import LetterBox
from broadsheet.demo.people import PASSWORD, STAFF
from broadsheet.demo.spelling import respelled
from broadsheet.editorial.models import Article
from harness.ports import free_port
from tests.magazine import Magazine
from tests.spelling import AMERICAN, BRITISH

NAME = "20261123T080000000000-0a1b2c3d.eml"
OTHER = "20261124T080000000000-0a1b2c3d.eml"


def envelope(content: bytes, *recipients: str) -> Envelope:
    found = Envelope()
    found.rcpt_tos, found.original_content = list(recipients), content
    return found


@pytest.fixture
def box(settings: Settings, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = tmp_path
    message = EmailMessage()
    message["To"], message["Subject"] = "ada@reader.example", "123456 is your code <b>"
    message["Date"] = "Mon, 23 Nov 2026 08:00:00 +0000"
    message.set_content("123456\n<script>x</script>\nhttp://localhost/account/link/x/")
    (tmp_path / NAME).write_bytes(message.as_bytes())
    (tmp_path / "secret.txt").write_text("nothing to see")
    return tmp_path


def test_mail_is_listed_and_shown(box: Path, magazine: Magazine, client: Client) -> None:
    assert "123456 is your code &lt;b&gt;" in client.get("/demo/mail/").text
    letter = client.get(f"/demo/mail/{NAME}/").text
    assert '<a href="http://localhost/account/link/x/"' in letter
    assert "<script>x" not in letter


def test_mail_is_found_by_whom_the_envelope_names(box: Path, magazine: Magazine, client: Client) -> None:
    asyncio.run(
        LetterBox(box).handle_DATA(
            None, None, envelope(b"To: Everyone <all@meridian.example>\r\n", "bruno@reader.example")
        )
    )
    found = client.get("/demo/mail/", {"to": "BRUNO@"}).text
    assert "to bruno@reader.example" in found
    assert "ada@reader.example," not in found
    assert "Nothing to nobody@reader.example" in client.get("/demo/mail/?to=nobody@reader.example").text


def test_the_mail_page_shows_domains_as_their_owners_write_them(
    box: Path, magazine: Magazine, client: Client
) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "bea@xn--mnchen-3ya.example", "A code"
    message.set_content("123456")
    (box / OTHER).write_bytes(message.as_bytes())
    for page in ("/demo/mail/", f"/demo/mail/{OTHER}/"):
        assert "bea@münchen.example" in client.get(page).text


def test_a_page_in_a_letter_can_do_nothing(box: Path, magazine: Magazine, client: Client) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "ada@reader.example", "Two parts"
    message.set_content("In words")
    page = "<html><head><title>x</title></head><body><script>x()</script><a href='http://localhost/'>y</a></body></html>"
    message.add_alternative(page, subtype="html")
    (box / OTHER).write_bytes(message.as_bytes())

    letter = client.get(f"/demo/mail/{OTHER}/")
    assert f'src="/demo/mail/{OTHER}/page/"' in letter.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in letter.text
    assert "In words" in letter.text
    assert "x()" not in letter.text
    assert "frame-src 'self'" in letter.headers["Content-Security-Policy"]

    shown = client.get(f"/demo/mail/{OTHER}/page/")
    assert '<head><base target="_blank"><title>' in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert client.get(f"/demo/mail/{NAME}/page/").status_code == 404


def test_a_letter_that_leaves_by_the_post_room_is_laid_down_and_read(
    settings: Settings, tmp_path: Path, magazine: Magazine, client: Client
) -> None:
    settings.MAILBOX_DIR = tmp_path / "mail"
    controller = Controller(LetterBox(settings.MAILBOX_DIR), hostname="127.0.0.1", port=free_port())
    controller.start()
    with smtplib.SMTP("127.0.0.1", controller.port) as server:
        server.sendmail(
            "letters@meridian.example", ["ada@reader.example"], b"Subject: 123456\r\n\r\nYour code\r\n"
        )
    controller.stop()
    (found,) = post.letters("ada@")
    assert (found.subject, found.to) == ("123456", "ada@reader.example")
    assert "Your code" in client.get(f"/demo/mail/{found.name}/").text


@pytest.mark.parametrize(
    "name", ["secret.txt", "..%2Fsecret.txt", f"{NAME}.bak", "20261123T080000000000-ffffffff.eml"]
)
def test_no_other_file_is_shown(box: Path, magazine: Magazine, client: Client, name: str) -> None:
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_an_empty_letter_box_says_how_to_fill_it(
    settings: Settings, tmp_path: Path, magazine: Magazine, client: Client
) -> None:
    settings.MAILBOX_DIR = tmp_path / "none"
    assert "Nothing yet" in client.get("/demo/mail/").text


def test_the_tour_names_everyone_of_the_staff(magazine: Magazine, client: Client) -> None:
    page = client.get("/demo/").text
    assert PASSWORD in page
    assert all(email in page for email, *_rest in STAFF)


def test_seeding_where_there_is_a_magazine_makes_nothing(
    magazine: Magazine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Article.objects.count()
    call_command("seed")
    assert Article.objects.count() == before
    assert "already" in capsys.readouterr().out


# --- What is written ---------------------------------------------------------------------------------


def test_there_are_twelve_long_articles_two_live_coverages_and_twenty_eight_briefings() -> None:
    kinds = [article["kind"] for article in content.articles()]
    assert len(kinds) == 42
    assert kinds.count("briefing") <= 28
    long_ones = [a for a in content.articles() if len(a["body"]) >= 10]
    assert len(long_ones) == 12


def test_every_picture_has_a_credit_a_licence_and_words_for_those_who_cannot_see_it() -> None:
    for key, about in content.pictures().items():
        assert about["credit"], key
        assert about["licence"], key
        assert len(about["alt"].split()) >= 5, key
        assert (content.PICTURES / f"{key}.webp").exists()


def test_every_article_names_what_exists() -> None:
    articles = {article["slug"] for article in content.articles()}
    authors, topics, sections = (set(content.load(name)) for name in ("authors", "topics", "sections"))
    for article in content.articles():
        assert set(article["authors"]) <= authors
        assert set(article["topics"]) <= topics
        assert article["section"] in sections
        assert article.get("picture") is None or article["picture"] in content.pictures()
        related = {slug for block in article["body"] for slug in block.get("related", [])}
        assert related <= articles


def test_the_flagship_holds_every_kind_of_evidence() -> None:
    flagship = next(article for article in content.articles() if article["slug"] == "assad-in-moscow")
    kinds = {kind for block in flagship["body"] for kind in block}
    assert {"quotation", "facts", "timeline", "perspectives", "contested_term", "wall", "sponsor"} <= kinds


def test_eight_more_articles_hold_every_kind_of_evidence_and_a_correction() -> None:
    every = {"quotation", "facts", "timeline", "perspectives", "contested_term", "further_sources"}
    whole = [
        article["slug"]
        for article in content.articles()
        if every <= {kind for block in article["body"] for kind in block} and article.get("corrections")
    ]
    assert len(whole) >= 9


def _words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|\W", " ", text).lower().split())


def test_no_pull_quote_repeats_the_paragraph_above_or_below_it() -> None:
    """In the demo's articles."""
    found = 0
    for article in content.articles():
        shown = [
            (kind, _words(piece))
            for block in article["body"]
            for kind, value in block.items()
            if kind in {"text", "pull_quote"}
            for piece in (value.split("\n\n") if kind == "text" else [value["text"]])
        ]
        for place, (kind, words) in enumerate(shown):
            if kind == "pull_quote":
                found += 1
                assert not any(
                    words in near
                    for _kind, near in [*shown[place - 1 : place], *shown[place + 1 : place + 2]]
                ), words
    assert found


def test_every_quotation_in_evidence_is_a_whole_thought_that_the_text_does_not_say_already() -> None:
    quoted = 0
    for article in content.articles():
        text = _words(" ".join(block["text"] for block in article["body"] if "text" in block))
        positions = [
            p for block in article["body"] for p in block.get("perspectives", {}).get("positions", [])
        ]
        quotations = [block["quotation"]["text"] for block in article["body"] if "quotation" in block]
        for words in map(_words, [*quotations, *(p["evidence"] for p in positions if p["evidence"])]):
            quoted += 1
            assert len(words.split()) >= 8, words
            assert words not in text, words
    assert quoted


@pytest.mark.parametrize(("edition", "foreign"), [("us", BRITISH), ("uk", AMERICAN)])
def test_an_edition_s_articles_are_spelled_as_it_spells(edition: str, foreign: re.Pattern[str]) -> None:
    own = [article for article in content.articles() if edition in article["editions"]]
    assert own
    for article in own:
        shown = respelled(article, edition)
        body = [block for block in shown["body"] if "quotation" not in block and "sponsor" not in block]
        texts = [shown["headline"], shown.get("standfirst", ""), shown.get("picture_caption", ""), f"{body}"]
        # What is quoted, linked or a source keeps its own spelling.
        said = re.sub(r"“[^”]*”|<[^>]*>|'(?:source\w*|evidence|image)': '[^']*'", " ", " ".join(texts))
        assert foreign.findall(said) == [], article["slug"]
        title = re.compile(r"\b(?:Mr|Mrs|Dr)\b(?!\.)" if edition == "us" else r"\b(?:Mr|Mrs|Dr)\.")
        assert not title.search(said), article["slug"]


@pytest.mark.parametrize("foreign", [BRITISH, AMERICAN], ids=["british", "american"])
def test_an_author_is_described_in_words_that_both_editions_spell_alike(foreign: re.Pattern[str]) -> None:
    described = {author["name"]: author["biography"] for author in content.load("authors").values()}
    assert described
    assert {name: foreign.findall(words) for name, words in described.items() if foreign.search(words)} == {}


def test_what_is_quoted_keeps_its_spelling() -> None:
    written = "The center said: “A grey area <b>in defence</b>.” Mr. Putin"
    assert respelled(written, "uk") == "The centre said: “A grey area <b>in defence</b>.” Mr Putin"
    assert respelled(respelled(written, "uk"), "us") == written


def test_a_magazine_in_development_is_no_demo(magazine: Magazine, client: Client) -> None:
    assert "demo-line" not in client.get("/").text

"""The demo: its mail page, its tour, and that its articles are what they claim to be."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from broadsheet.demo import content
from broadsheet.demo.magazine import PASSWORD, STAFF
from broadsheet.editorial.models import Article
from tests.magazine import Magazine

NAME = "20261123T080000000000-0a1b2c3d.eml"


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


def test_there_are_twelve_long_articles_and_twenty_eight_briefings() -> None:
    kinds = [article["kind"] for article in content.articles()]
    assert len(kinds) == 40
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

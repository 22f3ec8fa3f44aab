"""Out of here again: everything in plain files, and what Ghost and WordPress take in."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import strip_tags
from lxml import etree
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect

from broadsheet.delivery.models import Suppression
from broadsheet.editorial.models import Article, Picture, Publication, StandingPage
from broadsheet.importers.exporting.making import make
from broadsheet.importers.exporting.markup import html_of
from broadsheet.importers.exporting.pieces import Places, body_of
from broadsheet.importers.ghost import lexical
from broadsheet.importers.ghost.documents import document_of
from broadsheet.importers.models import Export, Import, Imported
from broadsheet.importers.tending import tend
from broadsheet.library.models import ReadingHistory, SavedArticle
from broadsheet.newsletters.models import Leaving, Newsletter
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.editorial.letters import made as letters
from tests.importers.conftest import Bring
from tests.importers.old_site import png
from tests.magazine import Magazine, make_picture, plain_body
from tests.newsletters.conftest import reader
from tests.parallel import at_once

type Out = Callable[..., Path]

SHOWN = {"caption": "<p>The <b>pier</b></p>", "alt": "A pier", "width": "wide"}


@pytest.fixture
def out(magazine: Magazine, tmp_path: Path) -> Out:
    def export(form: str = "everything", **options: Any) -> Path:
        path = tmp_path / f"{form}.zip"
        call_command("export", str(path), form=form, verbosity=0, **options)
        return path

    return export


def picture(title: str, colour: str, **fields: str) -> Picture:
    return Picture.objects.create(title=title, file=ContentFile(png(colour), f"{title}.png"), **fields)


@pytest.fixture
def gazette(magazine: Magazine) -> Article:
    """An article with one of each block that another system has too, and fields that are hard to keep."""
    one = picture("pier", "#123456", credit="NASA (public domain)", caption="A pier")
    two = picture("boat", "#654321", credit="Ilse Marr / The Meridian")
    body = [
        {
            "type": "text",
            "value": "<p>First &amp; <b>bold <i>both</i></b>, <a href='https://far.example/?a=1&amp;b=2'>far</a>.</p>"
            f"<p><a linktype='page' id='{magazine.free.pk}'>Near</a> and H<sub>2</sub>O, 2<sup>nd</sup>.</p>"
            "<h3>A crosshead below</h3><ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>"
            "<blockquote>Said by nobody</blockquote>",
        },
        {"type": "wall", "value": None},
        {"type": "heading", "value": "A <crosshead> & more"},
        {"type": "picture", "value": SHOWN | {"image": one.pk}},
        {"type": "gallery", "value": {"pictures": [SHOWN | {"image": one.pk}, SHOWN | {"image": two.pk}]}},
        {"type": "pull_quote", "value": {"text": "Pull “this”", "attribution": ""}},
        {"type": "list", "value": {"ordered": True, "items": ["<p>first</p>", "<p><i>second</i></p>"]}},
        {
            "type": "embed",
            "value": {"url": "https://vimeo.com/76979871", "title": "A film", "caption": "C & D"},
        },
        {"type": "divider", "value": None},
        {
            "type": "table",
            "value": {
                "table": {
                    "columns": [
                        {"type": "text", "heading": "Year"},
                        {"type": "rich_text", "heading": "Tons"},
                    ],
                    "rows": [{"values": ["1990", "<p><b>3</b> &lt; 4</p>"]}, {"values": ["", "<p>5</p>"]}],
                    "caption": "Landings",
                },
                "source": "The port",
            },
        },
        {"type": "from_before", "value": "<pre>kept  as it is</pre>"},
    ]
    return magazine.publish(
        "gazette",
        title="Tides & <tolls>",
        standfirst="“What it costs.”",
        body=body,
        picture=two,
        seo_title="Tides",
        search_description="About tides.",
        access="subscribers",
        at=clock.now() - timedelta(days=3, minutes=7),
    )


def names(path: Path) -> list[str]:
    with ZipFile(path) as zipped:
        return zipped.namelist()


def read(path: Path, name: str) -> str:
    with ZipFile(path) as zipped:
        return zipped.read(name).decode("utf-8-sig")


def lines(path: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read(path, f"{name}.jsonl").splitlines()]


# --- To another system and back --------------------------------------------------------------------------


BLOCKS = re.compile(r"</?(?:p|[uo]l|li|t[dhr]|table|h\d|hr|figure|figcaption|blockquote|caption)\b[^>]*>")


def words(article: Article | StandingPage) -> str:
    """All that its body says, in order."""
    places = Places(lambda picture: f"p{picture.pk}", lambda sound: f"s{sound.pk}")
    said = html_of(body_of(article, places).pieces)
    said = BLOCKS.sub(" ", said)
    return " ".join(strip_tags(said).split())


def pictures(article: Article) -> list[tuple[int, str, str]]:
    places = Places(lambda picture: f"{picture.pk}", lambda sound: "")
    shown = body_of(article, places).pictures()
    return [(int(one.address), one.alt, one.credit) for one in shown]


def fields(article: Article) -> tuple[Any, ...]:
    return (
        article.title, article.standfirst, article.live, article.first_published_at and
        article.first_published_at.replace(microsecond=0),
        article.section.slug, [author.slug for author in article.authors],
        sorted(topic.slug for topic in article.topics.all()), article.picture_id, article.seo_title,
        article.search_description,
    )  # fmt: skip


def pairs(magazine: Magazine, moving: Import) -> Iterator[tuple[Article, Article]]:
    """Each article of the American edition with what came of it in the British one."""
    rows = Imported.objects.filter(moving=moving, kind=Imported.Kind.ARTICLE)
    here = {article.title: article for article in Article.objects.filter(pk__in=rows.values("target"))}
    for article in Article.objects.descendant_of(magazine.us).prefetch_related("topics"):
        yield article, here[article.title]


@pytest.mark.parametrize(("form", "site"), [("ghost", "https://old.example"), ("wordpress", "")])
def test_what_another_system_takes_in_comes_back_the_same(
    magazine: Magazine, gazette: Article, out: Out, bring: Bring, form: str, site: str
) -> None:
    path = out(form, edition="en-us")
    before = Picture.objects.count()
    moving = bring(form, path, edition="en-gb", site=site or "http://localhost")
    assert Picture.objects.count() == before, "each picture came along, and is known again"
    count = 0
    for article, again in pairs(magazine, moving):
        assert again.pk != article.pk
        assert words(again) == words(article)
        assert pictures(again) == pictures(article)
        assert fields(again) == fields(article)
        if form == "ghost":
            assert (again.access or again.section.access or "metered") == (
                article.access or article.section.access or "metered"
            )
        count += 1
    assert count == Article.objects.descendant_of(magazine.us).count() > 10
    there = Imported.objects.filter(moving=moving, kind=Imported.Kind.PAGE).values("target")
    (about,) = StandingPage.objects.filter(pk__in=there)
    assert (about.title, words(about)) == ("About", words(StandingPage.objects.child_of(magazine.us).get()))


def test_ghost_gets_its_own_blocks(gazette: Article, out: Out) -> None:
    document = json.loads(read(out("ghost", edition="en-us"), "ghost.json"))
    data = document["db"][0]["data"]
    post = next(row for row in data["posts"] if row["slug"] == "gazette")
    kinds = [node["type"] for node in json.loads(post["lexical"])["root"]["children"]]
    assert kinds == [
        "paragraph", "paragraph", "extended-heading", "list", "extended-quote", "paywall", "extended-heading",
        "image", "gallery", "aside", "list", "embed", "horizontalrule", "html", "paragraph", "html",
    ]  # fmt: skip
    assert (post["status"], post["visibility"], post["type"]) == ("published", "paid", "post")
    tags = {row["id"]: row["slug"] for row in data["tags"]}
    named = [tags[row["tag_id"]] for row in data["posts_tags"] if row["post_id"] == post["id"]]
    assert named[0] == "world", "the primary tag is the section"
    assert post["feature_image"].startswith("__GHOST_URL__/content/images/")


def test_a_topic_that_is_called_as_a_section_is_keeps_apart_in_ghost(magazine: Magazine, out: Out) -> None:
    topic = magazine.metered()[0].topics.get()
    topic.slug = "world"
    topic.save()
    data = json.loads(read(out("ghost", edition="en-us"), "ghost.json"))["db"][0]["data"]
    slugs = [row["slug"] for row in data["tags"]]
    assert len(set(slugs)) == len(slugs)
    assert {"world", "world-2"} <= set(slugs)


def test_any_text_is_a_document_that_ghost_reads_back() -> None:
    from broadsheet.importers.bodies.pieces import Text

    markup = "<p>a <b>b <i>c</i></b> d</p><ol><li>x<ul><li>y</li></ul></li></ol><p>e<br/>f</p>"
    again = lexical.html_of(document_of([Text(markup)]))
    assert strip_tags(again) == strip_tags(markup)
    assert "<b>" in again.replace("<strong>", "<b>")


def test_wordpress_gets_well_formed_xml_whatever_was_typed(magazine: Magazine, out: Out) -> None:
    article = magazine.publish("odd", title="A \u2028 “]]>” <title> & more", body=plain_body("odd"))
    root = etree.fromstring(read(out("wordpress", edition="en-us"), "wordpress.xml").encode())
    titles = [unescape(item.findtext("title") or "") for item in root.iter("item")]
    assert article.title in titles


def test_redirects_go_along(magazine: Magazine, out: Out) -> None:
    Redirect.objects.create(old_path="/2019/old", redirect_link="https://magazine.example/new/")
    assert "/2019/old: https://magazine.example/new/" in read(out("ghost", edition="en-us"), "redirects.yaml")
    rows = list(csv.reader(io.StringIO(read(out("wordpress", edition="en-us"), "redirects.csv"))))
    assert ["/2019/old", "https://magazine.example/new/"] in rows


# --- Readers ---------------------------------------------------------------------------------------------


@pytest.fixture
def week(magazine: Magazine) -> Newsletter:
    return Newsletter.objects.create(
        edition="en-us", slug="week", name="The Week", frequency="weekly", weekday=5
    )


def test_whoever_left_is_not_subscribed_elsewhere(ada: Person, week: Newsletter, out: Out) -> None:
    reader("gone@reader.example", week).sign_ups.get().leave(Leaving.ONE_CLICK)
    reader("bounced@reader.example", week)
    Suppression.suppress("bounced@reader.example", Suppression.Reason.HARD_BOUNCE)
    reader("stays@reader.example", week)
    rows = list(csv.DictReader(io.StringIO(read(out("ghost", edition="en-us"), "members.csv"))))
    by_address = {row["email"]: row["subscribed_to_emails"] for row in rows}
    assert by_address == {
        "stays@reader.example": "true",
        "gone@reader.example": "false",
        "bounced@reader.example": "false",
        "ada@reader.example": "false",
    }


def test_without_readers_nobody_s_address_is_in_it(ada: Person, week: Newsletter, out: Out) -> None:
    reader("reader@reader.example", week)
    for form in ("everything", "ghost", "wordpress"):
        options = {} if form == "everything" else {"edition": "en-us"}
        path = out(form, without_readers=True, **options)
        with ZipFile(path) as zipped:
            held = b"".join(zipped.read(name) for name in zipped.namelist())
        assert b"@reader.example" not in held


def test_letters_to_the_editor_go_along_and_their_addresses_only_with_readers(
    magazine: Magazine, ada: Person, out: Out
) -> None:
    letter = letters.printed(magazine.article("harbour"), person=ada, naming="initials")
    letters.arrive(magazine.article("reef"), person=ada)
    path = out()
    (row,) = lines(path, "letters")
    assert (row["text"], row["signature"]) == (letter.text, "A. B., Leeds")
    assert [row["email"] for row in lines(path, "letters_received")] == [ada.email] * 2
    without = out(without_readers=True)
    assert "letters_received.jsonl" not in names(without)
    assert "Brandt" not in read(without, "letters.jsonl")


def test_staff_are_no_readers(ada: Person, carla: Person, out: Out) -> None:
    path = out()
    assert [row["account"]["email"] for row in lines(path, "readers")] == [ada.email]
    assert carla.email not in read(path, "readers.csv")


def test_what_was_saved_goes_along_and_no_history(magazine: Magazine, ada: Person, out: Out) -> None:
    SavedArticle.objects.add(ada, magazine.free)
    ReadingHistory.objects.begin(ada).note(magazine.free.uuid, 1, 9)
    [row] = lines(out(), "readers")
    assert [saved["article"] for saved in row["saved_articles"]] == [str(magazine.free.uuid)]
    assert "reading_history" not in row


def test_a_name_is_no_formula_in_a_spreadsheet(ada: Person, out: Out) -> None:
    ada.first_name = "=HYPERLINK(1)"
    ada.save()
    assert "'=HYPERLINK(1)" in read(out(), "readers.csv")


# --- Everything ------------------------------------------------------------------------------------------


def test_everything_is_in_it(magazine: Magazine, gazette: Article, out: Out) -> None:
    path = out()
    about = lines(path, "export")[0]
    rows = lines(path, "articles")
    assert about["counts"]["articles"] == len(rows) == Article.objects.count()
    mine = next(row for row in rows if row["slug"] == "gazette")
    assert (mine["id"], mine["access"], mine["section"]) == (str(gazette.uuid), "subscribers", "world")
    assert [block["type"] for block in mine["blocks"]][:3] == ["text", "wall", "heading"]
    assert "<h2>A &lt;crosshead&gt; &amp; more</h2>" in mine["html"]
    files = {row["file"]: row["credit"] for row in lines(path, "pictures")}
    assert set(files) <= set(names(path))
    assert "NASA (public domain)" in files.values()
    assert any(row["settings"] == "editorial.publication" for row in lines(path, "settings"))


def test_a_file_that_is_gone_is_named(magazine: Magazine, out: Out) -> None:
    picture = make_picture("lost")
    name = picture.file.name
    picture.file.storage.delete(name)
    path = out()
    assert lines(path, "export")[0]["files_gone"] == [name]


def test_a_draft_is_as_its_newest_revision_says(magazine: Magazine, out: Out) -> None:
    draft = magazine.draft
    draft.title = "Almanac, rewritten"
    draft.save_revision(log_action=False)
    row = next(row for row in lines(out(), "articles") if row["slug"] == "almanac")
    assert (row["state"], row["title"]) == ("draft", "Almanac, rewritten")


@pytest.mark.parametrize(
    ("args", "options", "words"),
    [
        ([], {}, "Name the file"),
        (["magazine.tar"], {}, "zip archive"),
        (["/nowhere/at/all.zip"], {}, "no folder /nowhere/at"),
        (["a.zip"], {"form": "medium"}, "no export for “medium”"),
        (["a.zip"], {"form": "ghost", "edition": "fr-fr"}, "no edition “fr-fr”"),
        (["a.zip"], {"edition": "en-us"}, "all editions"),
    ],
)
def test_the_command_says_what_is_wrong(
    magazine: Magazine, args: list[str], options: dict[str, str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("export", *args, **options)


def test_nothing_half_done_is_left(
    magazine: Magazine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("broadsheet.importers.exporting.archive.copyfileobj", break_off)
    with pytest.raises(CommandError, match=r"could not be written: No space left on device"):
        call_command("export", str(tmp_path / "all.zip"), verbosity=0)
    assert list(tmp_path.iterdir()) == []


# --- At the desk -----------------------------------------------------------------------------------------


@pytest.fixture
def desk(
    settings: Settings, tmp_path: Path, magazine: Magazine, greta: Person, monkeypatch: pytest.MonkeyPatch
) -> Client:
    settings.VAR = tmp_path
    # Its process would have a database of its own.
    monkeypatch.setattr("broadsheet.importers.pages.exporting.begin", lambda export: None)
    return signed_in(greta)


def test_the_desk_makes_a_file_and_gives_it_once_it_is_whole(desk: Client) -> None:
    answer = desk.post("/desk/exports/", {"form": "ghost", "edition": "en-us", "with_readers": "on"})
    assert answer.status_code == 303
    desk.post("/desk/exports/", {"form": "ghost", "edition": "en-us", "with_readers": "on"})
    export = Export.objects.get()
    assert desk.get(f"/desk/exports/{export.pk}/file/").status_code == 404
    make(export)
    export.refresh_from_db()
    assert (export.state, export.words, export.steps_done) == ("done", "", export.steps)
    assert b"Download" in desk.get("/desk/exports/").content
    answer = desk.get(f"/desk/exports/{export.pk}/file/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ghost-en-us-')
    assert "no-store" in answer.headers["Cache-Control"]
    held = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with ZipFile(io.BytesIO(held)) as zipped:
        assert "ghost.json" in zipped.namelist()
    desk.post(f"/desk/exports/{export.pk}/delete/")
    assert not export.path.exists()
    assert desk.get(f"/desk/exports/{export.pk}/file/").status_code == 404


def test_a_file_s_name_has_the_publication_s_day(magazine: Magazine) -> None:
    publication = Publication.load()
    publication.time_zone = "America/New_York"
    publication.save()
    export = Export(form="ghost", edition="en-us", created_at=datetime(2026, 3, 2, 3, tzinfo=UTC))
    assert export.file_name == "ghost-en-us-2026-03-01.zip"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_export(desk: Client, greta: Person) -> None:
    asked = {"form": "everything", "with_readers": "on"}
    answers = at_once(*[lambda: signed_in(greta).post("/desk/exports/", asked).status_code] * 4)
    assert answers == [303] * 4
    assert Export.objects.count() == 1


def test_a_form_without_an_edition_is_asked_for_it(desk: Client) -> None:
    answer = desk.post("/desk/exports/", {"form": "wordpress"})
    assert "Choose the edition." in answer.text
    assert not Export.objects.exists()


def test_a_fault_is_said_and_does_not_come_again_each_minute(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post("/desk/exports/", {"form": "everything"})
    export = Export.objects.get()
    monkeypatch.setattr("broadsheet.importers.exporting.archive.ZipFile", None)
    with pytest.raises(TypeError):
        make(export)
    export.refresh_from_db()
    assert (export.state, export.words) == ("failed", "A fault of Broadsheet stopped it: TypeError.")
    assert not Export.objects.under_way().exists()


def test_files_go_after_a_week(desk: Client) -> None:
    desk.post("/desk/exports/", {"form": "everything"})
    export = Export.objects.get()
    make(export)
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        tend()
    export.refresh_from_db()
    assert export.files_deleted_at
    assert not export.path.exists()


@pytest.mark.parametrize("role", ["carla", "dev", "farid"])
def test_nobody_else_takes_it_away(role: str, request: pytest.FixtureRequest, magazine: Magazine) -> None:
    client = signed_in(request.getfixturevalue(role))
    for path in ("/desk/exports/", "/desk/exports/1/file/", "/desk/exports/1/progress/"):
        answer = client.get(path)
        assert answer.status_code in {302, 403}
        assert b"Download" not in answer.content
    assert client.post("/desk/exports/", {"form": "everything"}).status_code in {302, 403}
    assert not Export.objects.exists()

"""What beehiiv and Buttondown export of posts: golden runs, and each trap by name."""

import csv
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.editorial.models import Article
from broadsheet.editorial.opening import plain_text
from broadsheet.importers.beehiiv.letters import body_of_letter
from broadsheet.importers.bodies.pieces import Body, Divider, Embed, Shown, Table, Text
from broadsheet.importers.buttondown.export import _body as body_of_markdown
from broadsheet.importers.models import Import
from broadsheet.importers.planning.plan import make_plan
from broadsheet.newsletters.models import Mailbox
from tests.importers.conftest import Bring
from tests.importers.old_site import OldSite, png
from tests.importers.test_bodies import Numbered, assert_same, blocks_of, examples, said_in, words

HERE = "https://example.beehiiv.com/p/here"
POSTS = ("id", "web_title", "status", "audience", "content_tags", "url", "web_subtitle", "content_html",
         "thumbnail_url", "created_at")  # fmt: skip


def letter(markup: str) -> Body:
    whole = f'<table><tr id="content-blocks"><td>{markup}</td></tr></table>'
    return body_of_letter(whole, HERE, "The headline", "The line below")


def posts(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "posts.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, POSTS)
        writer.writeheader()
        for number, row in enumerate(rows):
            usual = {"id": f"post_{number}", "web_title": f"Post {number}", "status": "confirmed",
                     "url": f"https://example.beehiiv.com/p/post-{number}", "content_html": "<p>x</p>",
                     "created_at": "2023-01-18 21:25:27"}  # fmt: skip
            writer.writerow(usual | row)
    return file


def text_of(article: Article) -> str:
    return " ".join(plain_text(block.value) for block in article.body)


# --- beehiiv ----------------------------------------------------------------------------------------


def test_golden_beehiiv(bring: Bring, old_site: OldSite, client: Client) -> None:
    old_site.put("/cdn-cgi/image/quality=100/uploads/asset/file/12345678/image.png", png())
    bring("beehiiv", "members/beehiiv-posts.csv", "members/beehiiv-members.csv")
    article = Article.objects.get(slug="sample-post")
    assert (article.title, article.standfirst, article.access) == (
        "Sample Post",
        "A website subtitle",
        "free",
    )
    assert text_of(article) == "Sample HTML here"
    assert f"{article.first_published_at:%Y-%m-%d %H:%M}" == "2023-01-18 21:25"
    assert {topic.name for topic in article.topics.all()} == {"Lorem Ipsum", "Dolor Simet"}
    assert article.picture
    assert client.get("/p/sample-post")["Location"] == article.url
    assert Mailbox.objects.filter(address="lorem@example.com").exists()


def test_who_may_read_a_post_of_beehiiv(bring: Bring, tmp_path: Path) -> None:
    audiences = {"free": "free", "both": "metered", "premium": "subscribers"}
    bring("beehiiv", posts(tmp_path, *({"audience": audience} for audience in audiences)))
    found = Article.objects.filter(slug__startswith="post-").order_by("slug").values_list("access", flat=True)
    assert list(found) == list(audiences.values())


def test_drafts_and_archived_posts_of_beehiiv_are_drafts(bring: Bring, tmp_path: Path) -> None:
    moving = bring("beehiiv", posts(tmp_path, {"status": "draft"}, {"status": "archived"}))
    assert not Article.objects.filter(slug__startswith="post-", live=True).exists()
    assert "It was archived there" in "\n".join(map(str, moving.findings.all()))


def test_what_is_hidden_in_a_letter_stays_hidden() -> None:
    hidden = '<div style="display: none;">Preview</div><div data-open-tracking="true">{{PIXEL}}</div>'
    body = letter(f"{hidden}<p>Seen</p>")
    assert body.pieces == [Text("<p>Seen</p>")]


def test_a_letter_does_not_repeat_its_headline() -> None:
    body = letter(
        "<table><tr><td><h1>The headline</h1><p>The line below</p></td></tr></table>"
        "<p>Text</p><h1>The headline</h1>"
    )
    assert [type(piece).__name__ for piece in body.pieces] == ["Text", "Heading"]


def test_the_foot_of_a_letter_is_left_out_and_listed() -> None:
    foot = '<table class="mob-block"><tr><td>Share</td></tr></table>'
    foot += '<table><tr><td class="b"><a href="{{unsubscribe}}">Unsubscribe</a></td></tr></table>'
    foot += '<table><tr><td class="b">A block of its own</td></tr></table>'
    body = letter(f"<p>Text</p>{foot}")
    assert body.pieces == [Text("<p>Text</p><p>A block of its own</p>")]
    assert body.left_out == ["links of the letter: to share it, to read it online, to leave"]


def test_what_is_filled_in_for_each_reader_is_listed() -> None:
    body = letter(
        '<p>Dear {{first_name}}</p><p>{{rp_personalized_text}}</p><a href="{{rp_refer_url}}">Refer</a>'
    )
    assert body.pieces == [Text("<p>Dear {{first_name}}</p><p>Refer</p>")]
    assert body.left_out == ["what stood for each reader in the place of {{first_name}}"]


def test_a_table_with_a_picture_is_a_picture_with_its_caption() -> None:
    table = (
        "<table><tr><td>"
        '<img src="https://media.beehiiv.com/cdn-cgi/image/fit=cover/uploads/a.jpg" alt="Boat"></td></tr>'
        '<tr><td class="t"><p>By the <b>sea</b>. Photo: Jo Åm</p></td></tr></table>'
    )
    address = "https://media.beehiiv.com/cdn-cgi/image/quality=100/uploads/a.jpg"
    assert letter(table).pieces == [Shown(address, "By the <b>sea</b>.", "Boat", "Jo Åm")]


def test_the_still_of_a_film_is_the_film() -> None:
    still = '<img src="https://media.beehiiv.com/youtube_play_icon.png"><img src="https://i.ytimg.com/vi/a/b.jpg">'
    table = f"<table><tr><td>{still}</td></tr><tr><td><p>A film</p></td></tr></table>"
    link = f'<a href="https://youtube.com/watch?v=1234ABCD123">{table}</a>'
    assert letter(link).pieces == [Embed("https://www.youtube.com/watch?v=1234ABCD123", "", "A film")]


def test_tables_that_lay_out_are_text_and_others_tables() -> None:
    layout = '<table role="none"><tr><td><p>One</p></td></tr><tr><td><ul><li>Two</li></ul></td></tr></table>'
    real = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert letter(layout + real).pieces == [
        Text("<p>One</p><ul><li>Two</li></ul>"),
        Table(("a", "b"), (("1", "2"),)),
    ]


def test_dots_are_a_divider_and_links_lose_what_counts_clicks() -> None:
    link = "https://example.beehiiv.com/p/there?utm_source=x&a=1&last_resource_guid=Post"
    assert letter(f'<p>...</p><p><a href="{link}">there</a></p>').pieces == [
        Divider(),
        Text('<p><a href="https://example.beehiiv.com/p/there?a=1">there</a></p>'),
    ]


layouts = st.recursive(
    words,
    lambda below: st.tuples(
        st.sampled_from(["p", "h2", "table", "row", "b", "div", "a", "ul", "picture"]),
        st.lists(below, min_size=1, max_size=3),
    ),
    max_leaves=12,
)


def laid_out(tree: object, numbered: Numbered) -> str:
    match tree:
        case list(chosen):
            return numbered.text(chosen).replace("&", "&amp;").replace("<", "&lt;")
        case (str(kind), list(below)):
            parts = [laid_out(part, numbered) for part in below]
            match kind:
                case "table":
                    return f"<table>{''.join(f'<tr><td>{part}</td></tr>' for part in parts)}</table>"
                case "row":
                    return f"<table><tr>{''.join(f'<td>{part}</td>' for part in parts)}</tr></table>"
                case "ul":
                    return f"<ul>{''.join(f'<li>{part}</li>' for part in parts)}</ul>"
                case "picture":
                    return (
                        f'<table><tr><td><img src="/a.jpg"></td></tr><tr><td>{parts[0]}</td></tr></table>'
                        + "".join(parts[1:])
                    )
                case _:
                    return f"<{kind}>{''.join(parts)}</{kind}>"
    raise AssertionError(tree)


@examples
@given(st.lists(layouts, max_size=4))
def test_any_letter_of_beehiiv(document: list[object]) -> None:
    numbered = Numbered()
    markup = "".join(laid_out(tree, numbered) for tree in document)
    expected = [f"w{number}w" for number in range(1, numbered.count + 1)]
    assert_same(said_in(blocks_of(letter(markup))), expected, markup)


@examples
@given(st.text(max_size=200))
def test_any_text_as_a_letter(text: str) -> None:
    letter(text)
    body_of_letter(text, "", "", "")
    body_of_markdown(text, "")


# --- Buttondown -------------------------------------------------------------------------------------


def exported(folder: Path, *rows: dict[str, str], **texts: str) -> Path:
    archive = folder / "buttondown.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("emails.json", json.dumps(rows))
        for slug, text in texts.items():
            file.writestr(f"emails/{slug}.md", text)
        file.writestr(
            "subscribers.csv", "email,notes,subscriber_type,tags\nann@x.example,met at fair,regular,\n"
        )
    return archive


@pytest.mark.parametrize("table", ["emails.json", "emails.csv"])
def test_golden_buttondown(bring: Bring, old_site: OldSite, table: str, client: Client) -> None:
    old_site.put("/image.jpg", png())
    folder = "members/buttondown"
    moving = bring("buttondown", f"{folder}/{table}", f"{folder}/emails", site="https://letters.example")
    plain, fancy = Article.objects.get(slug="plain-post"), Article.objects.get(slug="fancy-post")
    assert (plain.title, f"{plain.first_published_at:%Y-%m-%d %H:%M}") == (
        "This is a Plain Post",
        "2023-01-02 16:55",
    )
    for article in (plain, fancy):
        kinds = [block.block_type for block in article.body]
        assert kinds[:5] == ["heading", "text", "picture", "text", "heading"], kinds
        assert "from_before" in kinds  # the code
    assert client.get("/archive/plain-post/")["Location"] == plain.url
    assert moving.origin == "buttondown:letters.example"


def test_readers_in_buttondown_s_zip(bring: Bring, tmp_path: Path) -> None:
    bring("buttondown", exported(tmp_path, {"id": "1", "subject": "One", "slug": "one", "body": "Text"}))
    assert Mailbox.objects.get(address="ann@x.example").kept.note == "met at fair"


def test_states_and_access_of_buttondown(bring: Bring, tmp_path: Path) -> None:
    usual = {"publish_date": "2023-01-02 16:55:00+00:00", "body": "Text"}
    rows = (
        usual | {"id": "1", "subject": "A", "slug": "a", "status": "sent", "email_type": "premium"},
        usual | {"id": "2", "subject": "B", "slug": "b", "status": "draft"},
        usual | {"id": "3", "subject": "C", "slug": "c", "email_type": "private"},
    )
    moving = bring("buttondown", exported(tmp_path, *rows))
    a, b, c = (Article.objects.get(slug=slug) for slug in "abc")
    assert (a.access, a.live, b.live, c.live) == ("subscribers", True, False, True)
    assert "It was sent by mail alone" in "\n".join(map(str, moving.findings.all()))


def test_text_that_is_missing_and_words_that_are_filled_in(bring: Bring, tmp_path: Path) -> None:
    rows = (
        {"id": "1", "subject": "Missing", "slug": "missing"},
        {"id": "2", "subject": "Filled in", "slug": "filled"},
    )
    archive = exported(tmp_path, *rows, filled="Dear {{ subscriber.name }}\n\n{{ subscribe_form }}\n\nText.")
    moving = bring("buttondown", archive)
    said = "\n".join(map(str, moving.findings.all()))
    assert "Missing: Its text is not in the export." in said
    assert "Filled in: It has words that were filled in for each reader" in said
    assert "A form to sign up: ours stand on the page." in said
    assert text_of(Article.objects.get(slug="filled")) == "Dear {{ subscriber.name }} Text."


def test_another_export_is_refused(db: None, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n")
    for source in ("beehiiv", "buttondown"):
        moving = Import.objects.create(source=source, files=[str(file)])
        assert not make_plan(moving)
        assert "There is no export of" in moving.words


marks = st.sampled_from(
    [
        "@\n\n", "# @\n\n", "* @\n* @\n\n", "> @\n\n", "1. @\n   2. @\n\n", "```\n@\n```\n\n", "---\n\n",
        "<div><p>@</p></div>\n\n", "**@** *@* `@` [@](/x)\n\n", "![@](/a.jpg)\n\n", "~~@~~\n", "    @\n\n",
        "| @ | @ |\n|---|---|\n| @ | @ |\n\n", "<!-- @ -->\n\n", "@\n===\n\n",
    ]
)  # fmt: skip


@examples
@given(st.lists(marks, max_size=8))
def test_any_markdown_of_buttondown(document: list[str]) -> None:
    numbered = Numbered()
    text = "".join(re.sub("@", lambda _found: numbered.text(["boat"]), part) for part in document)
    hidden = re.findall(r"(?:!\[|<!-- )(w\d+w)", text)  # an alternative text goes with its picture
    expected = [f"w{number}w" for number in range(1, numbered.count + 1) if f"w{number}w" not in hidden]
    found = [mark for mark in said_in(blocks_of(body_of_markdown(text, ""))) if mark not in hidden]
    assert_same(found, expected, text)

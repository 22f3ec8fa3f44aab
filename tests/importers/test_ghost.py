"""A real export of Ghost 6.65, and older ones, moved in."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from broadsheet.delivery.models import Send
from broadsheet.editorial.models import Article, Author, Picture, StandingPage
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.ghost import lexical, mobiledoc
from broadsheet.importers.ghost.cards import Cards
from broadsheet.importers.models import Import, Imported, KeptOfReader
from broadsheet.membership.models import Entitlement, Plan
from broadsheet.newsletters.models import Consent, Mailbox, Newsletter, Place, SignUp
from broadsheet.notices.models import Notice
from broadsheet.platform.models import Invalidation
from tests.importers.conftest import DATA, Bring
from tests.importers.old_site import OldSite, png

GHOST = "ghost/made-by-ghost-6.65"
SITE = "https://gazette.example"


def said(moving: Import) -> str:
    return "\n".join(str(finding) for finding in moving.findings.all())


def kinds(article: Article) -> list[str]:
    return [block.block_type for block in article.body]


def test_golden(bring: Bring, old_site: OldSite) -> None:
    old_site.put("/cdn/w_1600/remote.jpg", png("#aa5500"))
    moving = bring("ghost", GHOST, site=SITE)
    article = Article.objects.get(slug="every-card")
    assert kinds(article) == [
        "text", "heading", "text", "pull_quote", "text", "picture", "picture", "gallery", "text", "text",
        "text", "text", "table", "heading", "text", "table", "divider", "text", "from_before", "text",
        "from_before", "from_before", "from_before", "text", "from_before", "text", "picture", "from_before",
        "heading", "text",
        "from_before", "divider", "wall", "text",
    ]  # fmt: skip
    assert (article.standfirst, article.access, article.section.slug) == (
        "One of each",
        "subscribers",
        "news",
    )
    assert article.first_published_at == datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    assert [author.name for author in article.authors] == ["Ada Editor"]
    picture = article.body[5].value
    assert (
        str(picture["caption"].source)
        == '<p>Boats <i>at rest</i>. <a href="https://example.org">Ann Photographer</a>/Agency</p>'
    )
    assert picture["image"].credit_unknown
    assert article.picture == picture["image"]
    assert moving.steps == moving.steps_done
    assert Plan.objects.filter(is_on_sale=False).count() == 2
    assert StandingPage.objects.get(slug="about-us").body[0].value.source == "<p>Who we are.</p>"
    scheduled = Article.objects.get(slug="scheduled")
    assert not scheduled.live
    assert scheduled.go_live_at == datetime(2027, 6, 1, 7, tzinfo=UTC)


def test_an_imported_article_is_shown_and_its_old_address_leads_there(bring: Bring, client: Client) -> None:
    bring("ghost", GHOST, site=SITE)
    response = client.get("/second-story/")
    assert (response.status_code, response["Location"]) == (301, "/news/second-story/")
    page = client.get("/news/second-story/").text
    assert "A public one, with a link to" in page
    assert 'href="/news/every-card/"' in page
    assert 'href="/news/"' in page
    assert client.get("/author/ada/")["Location"] == "/authors/ada/"
    assert client.get("/news/every-card/").status_code == 200


def test_pages_that_were_kept_are_made_anew(bring: Bring) -> None:
    bring("ghost", GHOST)
    assert {"addresses", "lists:en-us"} <= set(Invalidation.objects.values_list("tag", flat=True))


def test_passwords_and_keys_are_never_stored(bring: Bring) -> None:
    moving = bring("ghost", GHOST)
    export = json.loads((DATA / GHOST / "sample-gazette.ghost.6.65.json").read_text())["db"][0]["data"]
    secrets = [user["password"] for user in export["users"]]
    secrets += [
        row["value"]
        for row in export["settings"]
        if row["key"].endswith(("_key", "_secret")) and row["value"]
    ]
    assert secrets
    with connection.cursor() as cursor:
        everything = ""
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("importers_", "editorial_", "people_", "newsletters_", "wagtailcore_")):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (a name of our own)
                everything += str(cursor.fetchall())
    assert not [secret for secret in secrets if secret in everything]
    assert "password hashes are not taken over" in said(moving)


def test_members_come_with_their_own_csv(bring: Bring) -> None:
    moving = bring("ghost", GHOST)
    assert moving.readers["lines"] == 39
    boxes = Mailbox.objects.filter(address__endswith="@example.com")
    assert boxes.count() == 39
    box = boxes.get(address="reader007@example.com")
    assert {one.newsletter.name for one in box.sign_ups.confirmed()} == {"The Sample Gazette", "Good News"}
    assert all(one.place == Place.IMPORT for one in SignUp.objects.filter(mailbox=box))
    assert "Greta Olsen" in Consent.objects.filter(sign_up__mailbox=box)[0].words
    assert [one.label.name for one in box.labellings.all()] == ["VIP"]
    assert not boxes.get(address="reader009@example.com").sign_ups.exists()
    assert KeptOfReader.objects.get(mailbox__address="reader009@example.com").note == "met at fair"


def test_cells_that_begin_with_a_formula_lose_the_mark(bring: Bring) -> None:
    bring("ghost", GHOST)
    assert KeptOfReader.objects.get(mailbox__address="reader002@example.com").name == "=cmd|calc"


def test_who_read_without_paying_goes_on_reading(bring: Bring) -> None:
    bring("ghost", GHOST)
    rights = Entitlement.objects.filter(person__email="reader008@example.com")
    assert rights.get().is_open_ended


def test_nobody_is_mailed(bring: Bring, mailoutbox: list[object]) -> None:
    bring("ghost", GHOST)
    assert not mailoutbox
    assert not Send.objects.exists()
    assert not Notice.objects.exists()


def test_a_second_run_makes_nothing_twice(bring: Bring) -> None:
    bring("ghost", GHOST)
    before = [
        model.objects.count()
        for model in (Article, Author, Picture, Mailbox, SignUp, Newsletter, Consent, Plan)
    ]
    again = bring("ghost", GHOST)
    assert [
        model.objects.count()
        for model in (Article, Author, Picture, Mailbox, SignUp, Newsletter, Consent, Plan)
    ] == before
    assert "It is here already." in said(again)


def test_a_second_run_leaves_alone_what_an_editor_changed(bring: Bring, tmp_path: Path) -> None:
    export = json.loads((DATA / GHOST / "sample-gazette.ghost.6.65.json").read_text())
    posts = {post["slug"]: post for post in export["db"][0]["data"]["posts"]}
    file = tmp_path / "export.json"
    file.write_text(json.dumps(export))
    bring("ghost", file)
    changed = Article.objects.get(slug="members-only")
    changed.title = "An editor wrote this"
    changed.save_revision().publish()
    posts["members-only"]["title"] = posts["second-story"]["custom_excerpt"] = "Said there later"
    file.write_text(json.dumps(export))
    bring("ghost", file)
    assert Article.objects.get(slug="members-only").title == "An editor wrote this"
    assert Article.objects.get(slug="second-story").standfirst == "Said there later"
    assert Imported.objects.get(title__startswith="For members").state == Imported.State.LEFT


def test_mobiledoc_null_and_lexical_filled_and_the_reverse(bring: Bring) -> None:
    bring("ghost", "ghost/older/ghost.json")
    assert kinds(Article.objects.get(slug="post-1")) == ["text", "text"]
    assert "Hello world" in Article.objects.get(slug="post-1").public_text


def test_an_older_mobiledoc() -> None:
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [
            ["markdown", {"markdown": "# Head\n\ntext"}],
            ["hr", {}],
            ["image", {"src": "/a.jpg", "caption": "Sea"}],
        ],
        "markups": [["em"], ["a", ["href", "https://other.example/"]]],
        "sections": [
            [1, "p", [[0, [], 0, "Plain, "], [0, [0], 1, "leaning"], [1, [], 0, 0], [0, [1], 1, "link"]]],
            [3, "ul", [[[0, [], 0, "one"]], [[0, [], 0, "two"]]]],
            [10, 0],
            [10, 1],
            [10, 2],
            [10, 99],
        ],
    }
    pieces = body_of(mobiledoc.html_of(json.dumps(document)), "https://old.example/p/", Cards("")).pieces
    assert pieces[0].html == (  # type: ignore[union-attr]
        '<p>Plain, <i>leaning</i><br/><a href="https://other.example/">link</a></p><ul><li>one</li><li>two</li></ul>'
    )
    assert [type(piece).__name__ for piece in pieces] == ["Text", "Heading", "Text", "Divider", "Shown"]


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"root": 3}', "nonsense", '{"sections": {}}'])
def test_a_damaged_document_is_no_document(document: str) -> None:
    for read in (lexical.html_of, mobiledoc.html_of):
        with pytest.raises(ValueError):  # noqa: PT011
            read(document)


def test_a_picture_repeated_at_the_beginning_of_the_text_is_shown_once() -> None:
    body = body_of('<figure><img src="/a-1024x683.jpg"></figure><p>Text.</p>', "https://old.example/")
    assert [type(piece).__name__ for piece in body.without_first("https://old.example/a.jpg").pieces] == [
        "Text"
    ]


def test_a_picture_at_two_addresses_is_one(bring: Bring) -> None:
    bring("ghost", GHOST)
    rows = Imported.objects.filter(kind="picture", state="done")
    assert (
        Picture.objects.filter(pk__in=rows.values("target")).count()
        == rows.values("target").distinct().count()
    )

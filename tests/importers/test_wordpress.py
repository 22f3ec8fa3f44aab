"""WordPress’s traps, each by name."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from broadsheet.editorial.models import Article, Author, Picture, StandingPage
from broadsheet.editorial.opening import plain_text
from broadsheet.importers.files import Files
from broadsheet.importers.models import Import, Imported
from broadsheet.importers.records import Article as Record
from broadsheet.importers.records import NotReadable, Wishes
from broadsheet.importers.wordpress.attachments import credit_in
from broadsheet.importers.wordpress.export import WordPressSource
from broadsheet.importers.wordpress.markup import html_of
from broadsheet.membership.models import Entitlement
from tests.importers.conftest import DATA, Bring
from tests.importers.old_site import OldSite, png
from tests.importers.wxr import attachment, category, item, written

PICTURE = "https://old.example/wp-content/uploads/2019/05/boat.png"
HTML = (
    '<p>One.</p><figure class="wp-block-image">'
    '<img src="/wp-content/uploads/2019/05/boat-300x200.png" alt=""></figure>'
)


def said(moving: Import) -> str:
    return "\n".join(str(finding) for finding in moving.findings.all())


def kinds(article: Article) -> list[str]:
    return [block.block_type for block in article.body]


def words(article: Article) -> str:
    return " ".join(plain_text(block.value) for block in article.body)


def html(content: str) -> str:
    return html_of(
        content, lambda number: f'<figure><img src="/{number}.png"></figure>', {"7": "<p>Again</p>"}
    )[0]


@pytest.mark.parametrize("file", sorted((DATA / "wordpress").rglob("*.xml")), ids=lambda file: file.name)
def test_golden(bring: Bring, file: Path) -> None:
    moving = bring("wordpress", file, kinds=["customcpt"])
    rows = Imported.objects.filter(kind__in=["article", "page"])
    assert not rows.exclude(state="done").exists()
    with Files.at([file]) as files:
        records = [
            one
            for one in WordPressSource(files, Wishes("en-us", kinds=["customcpt"])).records()
            if isinstance(one, Record)
        ]
    assert {row.key for row in rows} == {record.key for record in records}
    assert moving.state == Import.State.DONE


def test_several_files_are_one_site(bring: Bring) -> None:
    bring("wordpress", "wordpress/multiple")
    assert Imported.objects.filter(kind="article").exists()
    assert Imported.objects.filter(kind="page").exists()


def test_several_authors(bring: Bring) -> None:
    bring("wordpress", "wordpress/co-authors-plus.xml")
    assert [author.name for author in Article.objects.get(slug="three-author-post").authors] == [
        "Alice Smith", "Bob Jones", "Carol White",
    ]  # fmt: skip
    assert [author.name for author in Article.objects.get(slug="single-coauthor-post").authors] == [
        "Bob Jones"
    ]
    assert len(Article.objects.get(slug="duplicate-author-post").authors) == 2


def test_an_author_is_never_named_by_an_address(bring: Bring) -> None:
    bring("wordpress", "wordpress/sample.xml")
    assert {"Harry Potter", "Hermione Granger"} <= set(Author.objects.values_list("name", flat=True))
    assert not Author.objects.filter(slug__contains="example").exists()


def test_yoast_title_description_and_primary_category(bring: Bring, tmp_path: Path) -> None:
    bring("wordpress", "wordpress/has-yoast-meta.xml")
    article = Article.objects.get(slug="my-sample-post")
    assert article.seo_title == "My Custom SEO Title for Search Engines"
    assert article.search_description.startswith("A short description")
    meta = {"_yoast_wpseo_primary_category": "4", "_yoast_wpseo_title": "%%title%% %%sep%%"}
    bring("wordpress", written(tmp_path, item(9, "x", meta, category("sea") + category("land"))))
    article = Article.objects.get(slug="post-9")
    assert (article.section.slug, article.seo_title) == ("land", "")
    assert [topic.name for topic in article.topics.all()] == ["Sea"]


def test_pictures_are_fetched_once_in_their_full_size_with_words_from_the_list(
    bring: Bring, old_site: OldSite, tmp_path: Path
) -> None:
    old_site.put("/wp-content/uploads/2019/05/boat.png", png())
    listed = attachment(5, PICTURE, alt="A boat", credit="Jo Åm")
    moving = bring("wordpress", written(tmp_path, item(1, HTML), item(2, HTML), listed))
    picture = Picture.objects.get(credit="Jo Åm")
    assert (picture.description, picture.credit_unknown) == ("A boat", False)
    assert [
        block.value["image"]
        for block in Article.objects.get(slug="post-1").body
        if block.block_type == "picture"
    ] == [picture]
    assert old_site.asked["/wp-content/uploads/2019/05/boat.png"] == 1
    assert moving.state == Import.State.DONE


def test_media_in_a_folder_are_not_fetched(bring: Bring, old_site: OldSite, tmp_path: Path) -> None:
    folder = tmp_path / "uploads" / "2019" / "05"
    folder.mkdir(parents=True)
    (folder / "boat.png").write_bytes(png())
    bring("wordpress", written(tmp_path, item(1, HTML)), tmp_path / "uploads")
    assert "picture" in kinds(Article.objects.get(slug="post-1"))
    assert not old_site.asked


def test_pictures_that_are_gone_are_listed_and_their_captions_stay(bring: Bring, tmp_path: Path) -> None:
    content = '[caption id="a" width="300"]<img src="/gone.jpg" /> The words stay[/caption]'
    bring("wordpress", written(tmp_path, item(1, content)))
    article = Article.objects.get(slug="post-1")
    assert kinds(article) == ["text"]
    assert "The words stay" in str(article.body[0].value.source)
    assert Imported.objects.get(kind="picture").words == "it answered 404"


def test_a_featured_picture_repeated_in_the_text(bring: Bring, old_site: OldSite, tmp_path: Path) -> None:
    old_site.put("/wp-content/uploads/2019/05/boat.png", png())
    content = '<img src="https://old.example/wp-content/uploads/2019/05/boat-1024x683.png" /><p>Text.</p>'
    bring("wordpress", written(tmp_path, item(1, content, {"_thumbnail_id": "5"}), attachment(5, PICTURE)))
    article = Article.objects.get(slug="post-1")
    assert article.picture
    assert kinds(article) == ["text"]


def test_captions_of_the_featured_picture(bring: Bring, old_site: OldSite) -> None:
    old_site.put("/wp-content/uploads/2013/06/described-image.jpg", png())
    bring("wordpress", "wordpress/feature-image-captions.xml")
    assert (
        Article.objects.get(slug="post-with-described-image").caption
        == "The caption from the attachment description."
    )


def test_control_characters(bring: Bring, tmp_path: Path) -> None:
    file = written(tmp_path, item(1, "<p>Be\x08fore &#x1f;and\x00 after.</p>", title="A\x0b title"))
    bring("wordpress", file)
    article = Article.objects.get(slug="post-1")
    assert article.title == "A title"
    assert words(article) == "Before and after."


def test_a_file_cut_in_half(bring: Bring, tmp_path: Path) -> None:
    file = written(tmp_path, item(1, "<p>Whole.</p>"), item(2, "<p>Half of it"), foot="")
    raw = file.read_text()
    file.write_text(raw[: raw.index("Half of it") + 4])
    moving = bring("wordpress", file)
    assert "This file ends in the middle" in said(moving)
    assert words(Article.objects.get(slug="post-1")) == "Whole."


def test_a_link_between_posts_and_old_addresses(bring: Bring, client: Client, tmp_path: Path) -> None:
    links = '<p><a href="/2019/05/post-2/#notes">a</a> <a href="https://www.old.example/?p=2">b</a> <a href="https://other.example/x">c</a></p>'
    bring(
        "wordpress",
        written(tmp_path, item(1, links, more=category("sea")), item(2, "<p>x</p>", more=category("sea"))),
    )
    page = str(Article.objects.get(slug="post-1").body[0].value.source)
    assert 'href="/sea/post-2/#notes"' in page
    assert 'href="/sea/post-2/"' in page
    assert 'href="https://other.example/x"' in page
    response = client.get("/2019/05/post-2/")
    assert (response.status_code, response["Location"]) == (301, "/sea/post-2/")
    assert client.get("/category/sea/")["Location"] == "/sea/"
    assert (
        client.get("/author/ida/")["Location"] == "/authors/ida-lund/"
        or client.get("/author/ida/")["Location"] == "/authors/ida/"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/?p=1", "/sea/post-1/"),
        ("/?page_id=2", "/post-2/"),
        ("/?attachment_id=5", "/sea/post-1/"),
        ("/?cat=3", "/sea/"),
        ("/?tag=tide", "/topics/tide/"),
        ("/?author=9", "/authors/ida/"),
        ("/?p=1&utm_source=letter", "/sea/post-1/?utm_source=letter"),
        ("/?utm_source=letter&p=1", "/sea/post-1/?utm_source=letter"),
    ],
)
def test_addresses_by_number(bring: Bring, client: Client, tmp_path: Path, old: str, new: str) -> None:
    post = item(
        1, "a", link="https://old.example/?p=1", more=category("sea") + category("tide", domain="post_tag")
    )
    page = item(2, "b", wp__post_type="page")
    picture = attachment(5, PICTURE).replace("</item>", "<wp:post_parent>1</wp:post_parent></item>")
    author = "<wp:author_login>ida</wp:author_login><wp:author_id>9</wp:author_id>"
    file = written(tmp_path, post, page, picture)
    file.write_text(file.read_text().replace("<wp:author_login>ida</wp:author_login>", author))
    bring("wordpress", file)
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, new)
    assert client.get("/?p=999").status_code == 200


def test_two_posts_with_one_slug(bring: Bring, tmp_path: Path) -> None:
    moving = bring(
        "wordpress", written(tmp_path, item(1, "a", wp__post_name="same"), item(2, "b", wp__post_name="same"))
    )
    assert set(Article.objects.filter(slug__startswith="same").values_list("slug", flat=True)) == {
        "same",
        "same-2",
    }
    assert "it stands at “same-2”" in said(moving)


def test_slugs_with_endings_and_without(bring: Bring) -> None:
    bring("wordpress", "wordpress/sample-no-slug.xml")
    slugs = set(Imported.objects.filter(kind="article").values_list("slug", flat=True))
    assert slugs
    assert not [slug for slug in slugs if not slug or "html" in slug]


def test_dates_without_a_zone(bring: Bring, tmp_path: Path) -> None:
    dates: Any = {"wp__post_date": "2019-05-04 12:00:00", "wp__post_date_gmt": "0000-00-00 00:00:00"}
    bring("wordpress", written(tmp_path, item(1, "x", **dates)))
    assert Article.objects.get(slug="post-1").first_published_at == datetime(2019, 5, 4, 12, tzinfo=UTC)


def test_custom_types_by_choice(bring: Bring) -> None:
    moving = bring("wordpress", "wordpress/sample.xml")
    assert "1 of the type “customcpt” are left out." in said(moving)
    assert not Article.objects.filter(slug="amazing-article").exists()
    bring("wordpress", "wordpress/sample.xml", kinds=["customcpt"])
    assert Article.objects.filter(slug="amazing-article").exists()


def test_comments_are_counted_and_left(bring: Bring, tmp_path: Path) -> None:
    more = "<wp:comment><wp:comment_content>Hi</wp:comment_content></wp:comment>" * 3
    assert "Comments: 3 comments stay behind." in said(
        bring("wordpress", written(tmp_path, item(1, "x", more=more)))
    )


def test_what_was_private_is_a_draft(bring: Bring, tmp_path: Path) -> None:
    bring(
        "wordpress",
        written(tmp_path, item(1, "x", wp__status="private"), item(2, "x", wp__post_password="secret")),
    )
    assert not Article.objects.filter(slug__in=["post-1", "post-2"], live=True).exists()
    assert Article.objects.filter(slug__in=["post-1", "post-2"]).count() == 2


def test_pages_are_standing_pages(bring: Bring) -> None:
    bring("wordpress", "wordpress/sample.xml")
    assert StandingPage.objects.get(slug="services").live


def test_a_sound_as_an_enclosure(bring: Bring, old_site: OldSite) -> None:
    old_site.put("/media/example/podcast.mp3", b"ID3" + b"\0" * 100)
    bring("wordpress", "wordpress/has-audio-enclosure-with-libsyn-embed.xml")
    assert kinds(Article.objects.get(slug="my-episode")) == ["audio", "text"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("One\n\nTwo\nthree", "<p>One</p>\n<p>Two<br>\nthree</p>"),
        ("He said [sic] so.", "<p>He said [sic] so.</p>"),
        ('A [contact-form-7 id="3"] B', "<p>A  B</p>"),
        ("[b]in[/b]", "<p>in</p>"),
        ('[gallery ids="1,2"]',
         '<figure><figure><img src="/1.png"></figure><figure><img src="/2.png"></figure></figure>'),
        ('<!-- wp:paragraph {"a":1} --><p>x</p><!-- /wp:paragraph -->', "<p>x</p>"),
        ('<!-- wp:block {"ref":7} /-->', "<p>Again</p>"),
        ("a<!--more-->b", "<p>ab</p>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ('[caption width="3"]<a href="/x"><img src="/y.jpg"></a> Words[/caption]',
         '<figure><a href="/x"><img src="/y.jpg"></a><figcaption>Words</figcaption></figure>'),
        ("[embed]https://vimeo.com/1[/embed]", '<iframe src="https://vimeo.com/1"></iframe>'),
        ("[[gallery]]", "<p>[[gallery]]</p>"),
    ],
)  # fmt: skip
def test_shortcodes_blocks_and_classic_text(content: str, expected: str) -> None:
    assert html(content) == expected


@pytest.mark.parametrize(
    "serialized", ["", "a:1:{", 'a:1:{i:0;O:3:"Foo":0:{}}', 's:999:"x";', "a:-1:{}", "nonsense"]
)
def test_damaged_serialized_php(serialized: str) -> None:
    assert credit_in(serialized) == ""


def test_embeds_of_allowed_players(bring: Bring, tmp_path: Path) -> None:
    content = (
        "https://www.youtube.com/watch?v=abcdefghijk\n\nThen\n\n"
        '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\nhttps://vimeo.com/12345\n</div></figure>'
        '<figure class="wp-block-embed"><div>https://tweets.example/1</div></figure>'
    )
    bring("wordpress", written(tmp_path, item(1, content)))
    assert kinds(Article.objects.get(slug="post-1")) == ["embed", "text", "embed", "text"]


def test_what_pays_at_woocommerce_reads_on(bring: Bring, tmp_path: Path) -> None:
    table = tmp_path / "subscriptions.csv"
    table.write_text(
        "subscription_id,subscription_status,billing_email,next_payment_date,payment_method_user_meta\n"
        "1,wc-active,Ann@Shop.example,2999-01-01 00:00:00,_stripe_customer_id:cus_A1\n"
        "2,wc-cancelled,bob@shop.example,,\n"
    )
    bring("wordpress", written(tmp_path, item(1, "x")), table)
    right = Entitlement.objects.get(person__email="ann@shop.example")
    assert right.ends_at == datetime(2999, 1, 1, tzinfo=UTC)
    assert not Entitlement.objects.filter(person__email="bob@shop.example").exists()


def test_another_kind_of_xml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.xml"
    file.write_text("<opml/>")
    with Files.at([file]) as files, pytest.raises(NotReadable, match="no export of WordPress"):
        WordPressSource(files, Wishes("en-us"))


def test_entities_that_grow_without_end_are_not_resolved(bring: Bring, tmp_path: Path) -> None:
    file = written(tmp_path, item(1, "<p>x</p>", title="T"))
    entities = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">'
    bomb = f"<!DOCTYPE rss [{entities}]>"
    file.write_text(file.read_text().replace("<rss", f"{bomb}<rss", 1).replace("<title>T", "<title>T&b;&c;"))
    bring("wordpress", file)
    assert "root:" not in Article.objects.get(slug="post-1").title

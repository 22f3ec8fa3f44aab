"""Substack’s traps, Medium’s zip, and a feed."""

import json
import zipfile
from html import escape
from pathlib import Path

from broadsheet.editorial.models import Article, StandingPage
from broadsheet.importers.bodies.addresses import picture_in
from broadsheet.importers.bodies.pieces import Embed, Shown, Text, Wall
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.substack.export import Widgets
from tests.importers.conftest import Bring
from tests.importers.old_site import OldSite, png

PICTURE = "https://bucketeer.example/public/images/boat.png"


def test_golden(bring: Bring, old_site: OldSite) -> None:
    moving = bring("substack", "substack", site="https://example.substack.com")
    article = Article.objects.get(slug="plain-text")
    assert (article.standfirst, article.access) == ("“This quote’s rather short”", "free")
    assert [block.block_type for block in article.body] == ["heading", "text", "divider"]
    assert "A button to subscribe, share or comment." in [finding.words for finding in moving.findings.all()]
    assert not Article.objects.get(slug="draft-text").live
    assert StandingPage.objects.filter(slug="about-us").exists()


def test_pictures_wrapped_in_its_cdn() -> None:
    wrapped = "https://substackcdn.com/image/fetch/w_1456,c_limit,f_auto,q_auto:good,fl_progressive:steep/"
    assert picture_in(wrapped + "https%3A%2F%2Fbucketeer.example%2Fpublic%2Fimages%2Fboat.png") == PICTURE
    data = escape(json.dumps({"src": PICTURE, "alt": "A boat"}))
    markup = (
        '<div class="captioned-image-container"><figure><a><div><picture>'
        f'<img src="{wrapped}https%3A%2F%2Fx.example%2Fsmall.png" data-attrs="{data}"></picture></div></a>'
        '<figcaption class="image-caption">The sea. Photo: Jo Åm</figcaption></figure></div>'
        '<div class="paywall-jump"></div>'
        '<div class="youtube-wrap" data-attrs=\'{"videoId":"abcdefghijk"}\'></div>'
        '<p>End</p><div class="subscription-widget-wrap"><p>Subscribe now</p></div>'
    )
    widgets = Widgets("https://x.substack.com/p/a")
    assert body_of(markup, "https://x.substack.com/p/a", widgets).pieces == [
        Shown(PICTURE, "The sea.", "A boat", "Jo Åm"),
        Wall(),
        Embed("https://www.youtube.com/watch?v=abcdefghijk"),
        Text("<p>End</p>"),
    ]
    assert widgets.left_out


def test_medium(bring: Bring, old_site: OldSite, tmp_path: Path) -> None:
    old_site.put("/max/800/boat.png", png())
    story = """<!DOCTYPE html><html><head><title>On boats</title></head><body><article class="h-entry">
    <header><h1 class="p-name">On boats</h1></header>
    <section data-field="subtitle" class="p-summary">Short.</section>
    <section data-field="body" class="e-content"><section><div class="section-divider"><hr></div>
    <div><h3>On boats</h3><p>First – paragraph.</p>
    <figure><img src="https://cdn.example/max/800/boat.png">
    <figcaption>A boat</figcaption></figure></div></section></section>
    <footer><a class="p-author h-card" href="https://medium.com/@ida">Ida Lund</a>
    <a href="https://medium.com/p/abc123">
    <time class="dt-published" datetime="2021-02-03T04:05:06.000Z">x</time></a>
    <a href="https://medium.com/@ida/on-boats-abc123" class="p-canonical">Link</a></footer>
    </article></body></html>"""
    archive = tmp_path / "medium.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("posts/2021-02-03_On-boats-abc123.html", story)
    bring("medium", archive)
    article = Article.objects.get(slug="on-boats")
    assert [block.block_type for block in article.body] == ["text", "picture"]
    assert [author.name for author in article.authors] == ["Ida Lund"]
    assert f"{article.first_published_at:%Y-%m-%d}" == "2021-02-03"


def test_a_feed(bring: Bring, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>Old</title><link>https://old.example/</link><item><title>One &amp; only</title>"
        "<link>https://old.example/2020/one/</link><guid>1</guid><dc:creator>Ida Lund</dc:creator>"
        "<category>Sea</category><pubDate>Tue, 05 May 2020 10:00:00 +0200</pubDate>"
        "<description>Short</description>"
        '<content:encoded><![CDATA[<p>Text <script>x()</script><a href="/b">b</a></p>]]>'
        "</content:encoded></item>"
        "</channel></rss>"
    )
    bring("feed", file)
    article = Article.objects.get(slug="one")
    assert (article.title, article.standfirst) == ("One & only", "Short")
    assert [topic.name for topic in article.topics.all()] == ["Sea"]
    assert "x()" not in str(article.body.get_prep_value())


def test_an_archive_that_is_a_trap(bring: Bring, tmp_path: Path) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("posts.csv", b"0" * 50_000_000)
    try:
        bring("substack", archive)
    except AssertionError as error:
        assert "unpacks to far more than it holds" in str(error)  # noqa: PT017
    else:
        raise AssertionError("it was read")

"""Traps that exports of several systems share, each by name; those of one system stand in its own file."""

import csv
import io
import json

import pytest

from broadsheet.importers.bodies.pieces import Kept, Shown, Text
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.records import Article
from broadsheet.importers.wordpress.wxr import parts_of
from tests.importers.test_documents import held, records_of
from tests.importers.wxr import FOOT, HEAD, item

SITE = "https://gazette.example"


def article_in(name: str, **files: str) -> Article:
    return next(one for one in records_of(name, held(**files), site=SITE) if isinstance(one, Article))


def test_the_mark_for_the_site_in_ghost_s_addresses_is_the_site(db: None) -> None:
    html = '<img src="__GHOST_URL__/content/images/size/w600/a.jpg"><p><a href="__GHOST_URL__/b/">b</a></p>'
    post = {"id": "1", "slug": "a", "html": html, "feature_image": "__GHOST_URL__/content/images/a.jpg"}
    article = article_in("ghost", export__json=json.dumps({"db": [{"data": {"posts": [post]}}]}))
    assert article.picture == f"{SITE}/content/images/a.jpg"
    assert article.read_body().pieces == [
        Shown(f"{SITE}/content/images/a.jpg"),
        Text(f'<p><a href="{SITE}/b/">b</a></p>'),
    ]


def test_a_large_export_of_wordpress_is_streamed() -> None:
    (entry,) = held(old__xml=HEAD + "".join(item(number, "x" * 500) for number in range(2000)) + FOOT).entries
    most = 0
    for name, element in parts_of(entry):
        if name == "item":
            most = max(most, len(element.getparent()))
    assert most <= 2  # what was read is gone


def substack(html: str, **about: str) -> Article:
    row = {"post_id": "1.one", "post_date": "2024-01-02T03:04:05.000Z", "is_published": "true"} | about
    file = io.StringIO()
    writer = csv.DictWriter(file, list(row))
    writer.writeheader()
    writer.writerow(row)
    return article_in("substack", posts__csv=file.getvalue(), posts___1__one__html=html)


def test_entities_in_substack_s_titles(db: None) -> None:
    article = substack("", title="Ham &amp; eggs &amp;#8217; more", subtitle="&quot;Said&quot;")
    assert (article.title, article.standfirst) == ("Ham & eggs ’ more", '"Said"')


@pytest.mark.parametrize(
    "widget",
    [
        '<p class="button-wrapper" data-attrs="{}"><a href="https://x.substack.com/subscribe">Subscribe</a></p>',
        '<div class="subscription-widget-wrap"><div class="preamble"><p>Thanks for reading</p></div></div>',
        '<div class="captioned-button-wrap"><p>Share</p></div>',
    ],
)
def test_substack_s_buttons_to_subscribe_are_left_out_and_listed(db: None, widget: str) -> None:
    body = substack(f"<p>Before</p>{widget}<p>After</p>").read_body()
    assert body.pieces == [Text("<p>Before</p><p>After</p>")]
    assert body.left_out == ["a button to subscribe, share or comment"]


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("/about/", f"{SITE}/about/"),
        ("other/", f"{SITE}/2024/one/other/"),
        ("../two/", f"{SITE}/2024/two/"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("?p=5", f"{SITE}/2024/one/?p=5"),
    ],
)
def test_relative_links_lead_where_they_did(link: str, leads_to: str) -> None:
    assert body_of(f'<p><a href="{link}">x</a></p>', f"{SITE}/2024/one/").pieces == [
        Text(f'<p><a href="{leads_to}">x</a></p>')
    ]


@pytest.mark.parametrize("link", ["#notes", "", "javascript:x()", "http://[", "http://a b/"])
def test_links_that_lead_nowhere_are_text(link: str) -> None:
    assert body_of(f'<p><a href="{link}">x</a></p>', f"{SITE}/2024/one/").pieces == [Text("<p>x</p>")]


@pytest.mark.parametrize(
    "html",
    [
        "<pre>a\n  b</pre>",
        "<dl><dt>Term</dt><dd>What it means</dd></dl>",
        "<details><summary>More</summary><p>Text</p></details>",
        '<table><tr><th>a</th><th>b</th></tr><tr><td colspan="2">joined</td></tr></table>',
    ],
)
def test_html_that_no_rich_text_field_takes_is_kept_as_it_was(html: str) -> None:
    (piece,) = body_of(html).pieces
    assert isinstance(piece, Kept)
    assert piece.what

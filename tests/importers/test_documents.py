"""Random exports of each system, whole: none makes its reader fail, and all text comes along in its order."""

import csv
import io
import json
import re
from contextlib import ExitStack, suppress
from functools import partial
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.importers import sources
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.files import Entry, Files
from broadsheet.importers.records import Article, NotReadable, Reader, Record, Wishes
from broadsheet.importers.substack.export import Widgets
from tests.importers.test_bodies import Numbered, assert_same, blocks_of, examples, parts, said_in
from tests.importers.wxr import FOOT, HEAD

SOURCES = ["ghost", "wordpress", "substack", "beehiiv", "buttondown", "medium", "readers", "feed"]
pytestmark = pytest.mark.django_db

junk = st.sampled_from(
    [
        "",
        "0",
        "x",
        "1",
        "<b>",
        "&amp;",
        "“q”",
        "a,b",
        "\x0b",
        "💡",
        "'=1+1",
        "%e6%bc%a2",
        "[",
        "//",
        "http://[",
    ]
)
moments = st.sampled_from(
    ["", "0000-00-00 00:00:00", "2024-02-30", "2024-01-02 03:04:05", "2024-01-02T03:04:05.000Z",
     "9999-12-31 23:59:59 UTC", "1588672800", "0001-01-01T00:00:00+14:00", "soon",
     "Tue, 05 May 2020 10:00:00 +0200"]
)  # fmt: skip
addresses = st.sampled_from(
    ["", "https://old.example/p/one", "/one/", "http://[", "mailto:x", "https://old.example/?p=1"]
)


def held(**contents: str | bytes) -> Files:
    """Files of these names; two underscores stand for a dot, three for a slash."""
    entries = []
    for name, content in contents.items():
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        entries.append(
            Entry(name.replace("___", "/").replace("__", "."), len(data), partial(io.BytesIO, data))
        )
    return Files(ExitStack(), entries, [entry.name for entry in entries])


def records_of(name: str, files: Files, **wishes: Any) -> list[Record]:
    """Read twice, since a plan and its carrying out read alike."""
    source = sources.opened(name, files, Wishes(edition="en-us", **wishes))
    first, second = list(source.records()), list(source.records())
    assert [record for record in first if not isinstance(record, Article)] == [
        record for record in second if not isinstance(record, Article)
    ]
    return first


def said_by(records: list[Record]) -> list[str]:
    bodies = (record.read_body() for record in records if isinstance(record, Article))
    return [mark for body in bodies for mark in said_in(blocks_of(body))]


def filled(templates: list[str], numbered: Numbered) -> str:
    return "".join(re.sub("@", lambda _found: numbered.text(["boat"]), part) for part in templates)


def numbers(numbered: Numbered) -> list[str]:
    return [f"w{number}w" for number in range(1, numbered.count + 1)]


# --- Ghost ------------------------------------------------------------------------------------------

cells: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-3, 10**13) | junk | moments | st.just([]) | st.just({"a": 1})
)
TABLES = [
    "posts",
    "posts_meta",
    "posts_tags",
    "posts_authors",
    "users",
    "tags",
    "settings",
    "newsletters",
    "products",
    "benefits",
    "products_benefits",
    "offers",
    "snippets",
]
COLUMNS = [
    "id",
    "key",
    "value",
    "post_id",
    "tag_id",
    "author_id",
    "sort_order",
    "title",
    "slug",
    "name",
    "status",
    "visibility",
    "type",
    "page",
    "published_at",
    "created_at",
    "html",
    "lexical",
    "mobiledoc",
    "feature_image",
    "currency",
    "monthly_price",
    "trial_days",
    "product_id",
    "benefit_id",
    "featured",
    "email_only",
]
tables = st.dictionaries(
    st.sampled_from(TABLES),
    st.lists(st.dictionaries(st.sampled_from(COLUMNS), cells, max_size=6) | junk, max_size=3) | cells,
)


@examples
@given(tables)
def test_any_tables_of_ghost(data: dict[str, Any]) -> None:
    said_by(records_of("ghost", held(export__json=json.dumps({"db": [{"data": data}]}))))


@examples
@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_files_of_ghost_beside_the_export(raw: bytes) -> None:
    export = json.dumps({"db": [{"data": {"posts": [{"id": "1", "slug": "a", "html": "<p>w1w</p>"}]}}]})
    files = held(
        export__json=export, routes__yaml=raw, redirects__yaml=raw, redirects__json=raw, members__csv=raw
    )
    assert said_by(records_of("ghost", files)) == ["w1w"]


# --- WordPress --------------------------------------------------------------------------------------

FIELDS = [
    "title",
    "link",
    "guid",
    "pubDate",
    "dc:creator",
    "wp:post_id",
    "wp:post_name",
    "wp:post_type",
    "wp:status",
    "wp:post_date",
    "wp:post_date_gmt",
    "wp:post_parent",
    "wp:post_password",
    "wp:attachment_url",
    "excerpt:encoded",
]
METAS = (
    "_thumbnail_id",
    "enclosure",
    "_yoast_wpseo_title",
    "_yoast_wpseo_primary_category",
    "_wp_attachment_metadata",
)
items = st.tuples(
    st.dictionaries(
        st.sampled_from(FIELDS), junk | moments | addresses | st.sampled_from(["page", "attachment"])
    ),
    st.dictionaries(st.sampled_from(METAS), junk | st.sampled_from(["a:1:{", 's:3:"abc";', "a:0:{}"])),
    st.lists(
        st.tuples(st.sampled_from(["category", "post_tag", "author", "", "odd"]), junk, junk), max_size=3
    ),
    st.lists(parts, max_size=5),
)


@examples
@given(st.lists(items, max_size=3), st.booleans())
def test_any_export_of_wordpress(found: list[Any], is_cut: bool) -> None:
    numbered, written = Numbered(), []
    for fields, metas, terms, content in found:
        inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        for key, value in metas.items():
            inside += (
                f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{escape(value)}</wp:meta_value>"
                "</wp:postmeta>"
            )
        for domain, slug, name in terms:
            inside += f'<category domain="{domain}" nicename="{escape(slug)}">{escape(name)}</category>'
        text = filled(content, numbered).replace("<!-- wp:broken", "").replace("]]>", "")
        written.append(f"<item>{inside}<content:encoded><![CDATA[{text}]]></content:encoded></item>")
    records = records_of("wordpress", held(old__xml=HEAD + "".join(written) + ("" if is_cut else FOOT)))
    # Media and what is of the system itself are no articles.
    if all(fields.get("wp:post_type", "post") in {"post", "page"} for fields, *_rest in found):
        assert_same(said_by(records), numbers(numbered), "".join(written))


# --- Substack, Medium, feeds ------------------------------------------------------------------------

WIDGETS = (
    "<p>@</p>",
    "<h2>@</h2>",
    "<blockquote><p>@</p></blockquote>",
    "<ul><li><p>@</p></li></ul>",
    "<div><hr></div>",
    '<div class="paywall-jump"></div>',
    '<div class="captioned-image-container"><figure><img src="/a.jpg">'
    "<figcaption>@</figcaption></figure></div>",
    '<div class="youtube-wrap" data-attrs="{broken"></div>',
    '<div class="spotify-wrap" data-attrs=\'{"url": "https://open.spotify.com/episode/a"}\'></div>',
    '<pre class="shiki"><code>@</code></pre>',
    '<div class="footnote"><a>1</a><div class="footnote-content"><p>@</p></div></div>',
    '<div class="pullquote"><p>@</p></div>',
    "<div class='captioned-image-container'>@</div>",
    '<p data-attrs="[]">@</p>',
)


@examples
@given(
    st.lists(st.sampled_from(WIDGETS), max_size=6),
    st.dictionaries(
        st.sampled_from(["type", "audience", "title", "subtitle", "podcast_url", "post_date"]), junk | moments
    ),
)
def test_any_post_of_substack(document: list[str], row: dict[str, str]) -> None:
    numbered = Numbered()
    about = row | {"post_id": "1.one", "is_published": "true", "post_date": row.get("post_date", "")}
    file = io.StringIO()
    writer = csv.DictWriter(file, list(about))
    writer.writeheader()
    writer.writerow(about)
    html = filled(list(document), numbered)
    records = records_of("substack", held(posts__csv=file.getvalue(), posts___1__one__html=html))
    assert_same(said_by(records), numbers(numbered), html)


@examples
@given(st.text(max_size=200))
def test_any_text_as_a_post_of_substack(text: str) -> None:
    body_of(text, "", Widgets(""))


@examples
@given(st.lists(st.sampled_from(WIDGETS), max_size=6), junk, moments)
def test_any_story_of_medium(document: list[str], title: str, moment: str) -> None:
    numbered = Numbered()
    html = filled(list(document), numbered)
    story = (
        f'<html><h1 class="p-name">{escape(title)}</h1><section data-field="body">{html}</section>'
        f'<a class="p-author">Ida</a><time class="dt-published" datetime="{escape(moment)}"></time></html>'
    )
    records = records_of(
        "medium", held(posts___a__html=story, posts___empty__html="", posts___odd__html="<p>x")
    )
    assert_same(said_by(records), numbers(numbered), html)


@examples
@given(
    st.lists(st.sampled_from(WIDGETS), max_size=5),
    st.dictionaries(
        st.sampled_from(["title", "link", "guid", "pubDate", "author", "category"]),
        junk | moments | addresses,
    ),
)
def test_any_feed(document: list[str], fields: dict[str, str]) -> None:
    numbered = Numbered()
    html = filled(list(document), numbered)
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    feed = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Old</title><item>{inside}<content:encoded>{escape(html)}</content:encoded></item></channel></rss>"
    )
    try:
        records = records_of("feed", held(feed__xml=feed.replace("\x0b", "")))
    except NotReadable:
        return
    assert_same(said_by(records), numbers(numbered), html)


# --- Readers ----------------------------------------------------------------------------------------

HEADINGS = (
    "Email Address",
    "First Name",
    "status",
    "tags",
    "notes",
    "CONFIRM_TIME",
    "CONFIRM_IP",
    "tier",
    "labels",
    "subscribed_to_emails",
    "complimentary_plan",
    "stripe_customer_id",
    "created_at",
    "expiry",
    "",
    "LEAVE_TIME",
    "email_disabled",
    "subscription_status",
    "email",
)
lines = st.lists(
    st.lists(junk | moments | st.sampled_from(["a@x.example", "yes", "cleaned"]), max_size=9), max_size=4
)


@examples
@given(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8), lines, st.sampled_from([",", ";", "\t"]))
def test_any_table_of_readers(headings: list[str], rows: list[list[str]], between: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=between).writerows([[*headings, "E-Mail"], *rows])
    for name in ("readers", "ghost", "substack", "beehiiv", "buttondown", "wordpress"):
        try:
            records = records_of(name, held(list__csv=file.getvalue()))
        except NotReadable:
            continue
        assert all(isinstance(record, Reader) for record in records)


@examples
@given(st.binary(max_size=300), st.sampled_from(SOURCES))
def test_any_bytes_are_read_or_refused(raw: bytes, name: str) -> None:
    files = held(a__csv=raw, a__json=raw, a__xml=raw, posts___a__html=raw, a__md=raw)
    with suppress(NotReadable):
        said_by(records_of(name, files))

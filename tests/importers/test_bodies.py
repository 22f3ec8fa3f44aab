"""Random documents of each source’s grammar: nothing raises, and all text comes along in its order."""

import json
import os
import re
from html import escape, unescape
from typing import Any

from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.editorial.templatetags.editorial_tags import from_before
from broadsheet.importers.bodies.blocks import Held, Setting
from broadsheet.importers.bodies.pieces import Body
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.ghost import lexical, mobiledoc
from broadsheet.importers.ghost.cards import Cards
from broadsheet.importers.wordpress import markup
from broadsheet.importers.wordpress.markup import Blocks

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
examples = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)

# Each word is known by its number, so that order can be told.
words = st.lists(
    st.sampled_from(["sea", "boat", "é", "漢字", "🗞", "&", "<b>", "“q”", "it's"]), min_size=1, max_size=4
)
MARK = re.compile(r"w\d+w")


class Numbered:
    def __init__(self) -> None:
        self.count = 0

    def text(self, chosen: list[str]) -> str:
        self.count += 1
        return f"w{self.count}w {' '.join(chosen)}"


def said_in(blocks: list[dict[str, Any]]) -> list[str]:
    return MARK.findall(json.dumps(blocks, ensure_ascii=False))


def blocks_of(body: Body) -> list[dict[str, Any]]:
    setting = Setting(
        pictures={"https://old.example/a.jpg": Held(1)},
        sounds={},
        leads_to=lambda address: address,
        article_at=lambda address: None,
    )
    return setting.blocks(body.pieces)


# --- HTML -----------------------------------------------------------------------------------------

INLINE = ["b", "i", "em", "strong", "a", "span", "code", "s", "u", "sub", "font", "mark"]
FLOW = [
    "p", "div", "h1", "h2", "h3", "h5", "blockquote", "figure", "figcaption", "section", "center", "pre",
    "details",
    "dl", "ul", "ol", "table", "form",
]  # fmt: skip
ALONE = [
    "<br>",
    "<hr>",
    '<img src="/a.jpg">',
    '<img src="/gone.jpg" alt="x">',
    '<iframe src="https://x.example/"></iframe>',
]

trees = st.recursive(
    words | st.sampled_from(ALONE),
    lambda below: st.tuples(
        st.sampled_from(INLINE + FLOW + ["li", "td", "tr", "th"]), st.lists(below, max_size=4)
    ),
    max_leaves=14,
)


def html_of(tree: Any, numbered: Numbered) -> str:
    match tree:
        case str():
            return tree
        case list():
            return escape(numbered.text(tree))
        case (tag, below):
            inside = "".join(html_of(part, numbered) for part in below)
            if tag in {"ul", "ol"}:
                inside = "".join(f"<li>{html_of(part, numbered)}</li>" for part in below)
            elif tag == "table":
                inside = "".join(f"<tr><td>{html_of(part, numbered)}</td></tr>" for part in below)
            return f'<{tag} href="/x">{inside}</{tag}>'
    raise AssertionError(tree)


@examples
@given(st.lists(trees, max_size=5))
def test_html(document: list[Any]) -> None:
    numbered = Numbered()
    html = "".join(html_of(tree, numbered) for tree in document)
    expected = MARK.findall(html)
    assert_same(said_in(blocks_of(body_of(html, "https://old.example/p/"))), expected, html)


def assert_same(found: list[str], expected: list[str], html: str) -> None:
    assert found == expected, html


@examples
@given(st.text(max_size=300))
def test_any_text_at_all(text: str) -> None:
    body_of(text, "https://old.example/")
    body_of(f"<p>{text}", "", Blocks(""))
    markup.html_of(text, lambda number: "", {})


@examples
@given(st.lists(words, min_size=1, max_size=6))
def test_text_stays_character_for_character(paragraphs: list[list[str]]) -> None:
    html = "".join(f"<p>{escape(' '.join(words))}</p>" for words in paragraphs)
    blocks = blocks_of(body_of(html))
    said = " ".join(unescape(strip_tags(block["value"].replace("</p>", " "))) for block in blocks)
    assert said.split() == " ".join(" ".join(words) for words in paragraphs).split()


# --- Ghost ----------------------------------------------------------------------------------------

texts = words.map(lambda chosen: {"type": "extended-text", "words": chosen, "format": 0})
inlines = st.recursive(
    texts | st.just({"type": "linebreak"}),
    lambda below: st.lists(below, max_size=3).map(
        lambda children: {"type": "link", "url": "/x", "children": children}
    ),
    max_leaves=4,
)
cards = st.sampled_from(
    [
        {"type": "horizontalrule"},
        {"type": "paywall"},
        {"type": "image", "src": "/a.jpg", "caption": "@"},
        {"type": "gallery", "images": [{"src": "/a.jpg"}, {"src": "/b.jpg"}], "caption": "@"},
        {"type": "html", "html": "<p>@</p><script>x</script>"},
        {"type": "markdown", "markdown": "# @\n\n* @"},
        {"type": "callout", "calloutText": "<p>@</p>", "calloutEmoji": "!"},
        {"type": "toggle", "heading": "@", "content": "<p>@</p>"},
        {"type": "codeblock", "code": "@", "caption": "@"},
        {"type": "bookmark", "url": "https://x.example/", "metadata": {"title": "@", "description": "@"}},
        {"type": "embed", "url": "https://x.example/", "metadata": {"title": "@"}, "caption": "@"},
        {"type": "file", "src": "/f.pdf", "fileTitle": "@", "fileCaption": "@"},
        {"type": "product", "productTitle": "@", "productDescription": "<p>@</p>"},
        {"type": "header", "header": "<span>@</span>", "subheader": "@"},
        {"type": "an-unknown-card", "some": "@ words"},
        {"type": 3, "children": "none"},
    ]
)
paragraphs = st.tuples(
    st.sampled_from(["paragraph", "extended-heading", "extended-quote", "aside", "list"]),
    st.lists(inlines, max_size=4),
)


def lexical_node(node: Any, numbered: Numbered) -> Any:
    match node:
        case (kind, children):
            inside = [lexical_node(child, numbered) for child in children]
            if kind == "list":
                inside = [{"type": "listitem", "children": [child]} for child in inside]
            return {"type": kind, "tag": "h2" if "heading" in kind else "ul", "children": inside}
        case {"words": chosen, **rest}:
            return rest | {"text": numbered.text(chosen)}
        case {"children": list(children), **rest}:
            return rest | {"children": [lexical_node(child, numbered) for child in children]}
        case dict():
            return {name: lexical_node(value, numbered) for name, value in node.items()}
        case list():
            return [lexical_node(part, numbered) for part in node]
        case str() if "@" in node:
            return re.sub("@", lambda _found: numbered.text(["boat"]), node)
    return node


@examples
@given(st.lists(paragraphs | cards, max_size=8))
def test_lexical(document: list[Any]) -> None:
    numbered = Numbered()
    root = {"root": {"type": "root", "children": [lexical_node(node, numbered) for node in document]}}
    html = lexical.html_of(json.dumps(root))
    expected = [f"w{number}w" for number in range(1, numbered.count + 1)]
    found = said_in(blocks_of(body_of(html, "https://old.example/p/", Cards("https://old.example/p/"))))
    assert_same(found, expected, html)


markers = st.tuples(st.lists(st.integers(0, 3), max_size=2), st.integers(0, 3), words)


@examples
@given(st.lists(st.lists(markers, max_size=4), max_size=6), st.lists(st.integers(-1, 5), max_size=4))
def test_mobiledoc(sections: list[Any], numbers: list[int]) -> None:
    numbered = Numbered()
    document = {
        "markups": [["em"], ["a", ["href", "/x"]], ["strong"]],
        "cards": [["hr", {}], ["html", {"html": "<i>plain</i>"}], ["image", None], 3],
        "atoms": [],
        "sections": [
            *(
                [1, "p", [[0, opens, closes, numbered.text(chosen)] for opens, closes, chosen in made]]
                for made in sections
            ),
            *([10, number] for number in numbers),
        ],
    }
    html = mobiledoc.html_of(json.dumps(document))
    expected = [f"w{number}w" for number in range(1, numbered.count + 1)]
    assert_same(said_in(blocks_of(body_of(html, "", Cards("")))), expected, html)


# --- WordPress --------------------------------------------------------------------------------------

parts = st.sampled_from(
    [
        "@", "\n\n", "\n", "<b>@</b>", "[sic]", "<!-- wp:paragraph --><p>@</p><!-- /wp:paragraph -->",
        '[caption id="x" width="3"]<img src="/a.jpg"> @[/caption]', '[gallery ids="1,2"]', "[b]@[/b]",
        "<!--more-->",
        '[contact-form-7 id="3"]', "<pre>@\n\n@</pre>", "<blockquote>@</blockquote>", "<ul><li>@</li></ul>",
        "[audio mp3='/x.mp3']", "[unclosed", "]", "<!-- wp:broken", "<h2>@</h2>", "[embed]https://vimeo.com/1[/embed]",
    ]
)  # fmt: skip


@examples
@given(st.lists(parts, max_size=10))
def test_wordpress(content: list[str]) -> None:
    numbered = Numbered()
    text = "".join(re.sub("@", lambda _found: numbered.text(["boat"]), part) for part in content)
    html, _left_out = markup.html_of(text, lambda number: f'<figure><img src="/{number}.jpg"></figure>', {})
    found = said_in(blocks_of(body_of(html, "https://old.example/p/", Blocks(""))))
    if "<!-- wp:broken" not in text:  # to a browser all that follows is a comment
        assert_same(found, [f"w{number}w" for number in range(1, numbered.count + 1)], text)


def test_what_is_kept_loads_nothing_and_runs_nothing() -> None:
    html = '<p onclick="x()">a<script>b()</script><img src="https://t.example/x">'
    html += '<iframe src="https://t.example"></iframe></p>'
    assert from_before(html) == "<p>a</p>"


def test_elements_in_one_another_without_end() -> None:
    deep = "<div>" * 3000 + "w1w" + "</div>" * 3000
    assert said_in(blocks_of(body_of(deep))) == ["w1w"]
    assert said_in(blocks_of(body_of("<b>" * 3000 + "w1w"))) == ["w1w"]
    assert said_in(blocks_of(body_of("<ul><li>" * 1000 + "w1w"))) == ["w1w"]


def test_a_table_that_lays_text_out_keeps_its_caption() -> None:
    html = "<table><caption>w1w</caption><tr><td><ul><li>w2w</li></ul></td></tr></table>"
    assert said_in(blocks_of(body_of(html))) == ["w1w", "w2w"]

"""The one cut that everything public is made of."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.blocks import StreamValue

from broadsheet.editorial.models import Article
from broadsheet.editorial.opening import Parts, divide, plain_text, words_in
from broadsheet.editorial.templatetags.editorial_tags import prose

BODY = Article.body.field.stream_block
KINDS = ("text", "heading", "pull_quote", "list", "table")


def stream(raw) -> StreamValue:
    return BODY.to_python(
        [{"type": kind, "value": value, "id": str(i)} for i, (kind, value) in enumerate(raw)]
    )


@st.composite
def bodies(draw, marked: bool | None = None) -> list[tuple[str, object]]:
    """A body in which every word is there once: w1, w2, w3…"""
    count = 0

    def words(least: int = 1, most: int = 30) -> str:
        nonlocal count
        many = draw(st.integers(least, most))
        said = " ".join(f"w{count + i}" for i in range(many))
        count += many
        return said

    def paragraphs() -> str:
        tags = draw(st.lists(st.sampled_from(["p", "h3", "ul"]), min_size=1, max_size=4))
        parts = [
            f"<ul><li>{words()}</li><li>{words()}</li></ul>" if t == "ul" else f"<{t}>{words()}</{t}>"
            for t in tags
        ]
        return "".join(parts)

    raw: list[tuple[str, object]] = []
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=10)):
        match kind:
            case "text":
                raw.append((kind, paragraphs()))
            case "heading":
                raw.append((kind, words(1, 5)))
            case "pull_quote":
                raw.append((kind, {"text": words(), "attribution": words(1, 3)}))
            case "list":
                raw.append((kind, {"ordered": False, "items": [f"<p>{words()}</p>", f"<p>{words()}</p>"]}))
            case "table":
                column = {"type": "text", "heading": words(1, 2)}
                rows = [{"values": [words(1, 3)]}]
                raw.append(
                    (
                        kind,
                        {"table": {"caption": "", "columns": [column], "rows": rows}, "source": words(1, 2)},
                    )
                )
    if marked or (marked is None and draw(st.booleans())):
        raw.insert(draw(st.integers(0, len(raw))), ("wall", None))
    return raw


def words_of(blocks) -> list[str]:
    return [word for block in blocks for word in re.findall(r"w\d+", plain_text(block.value))]


def rendered(blocks) -> set[str]:
    return {word for block in blocks for word in re.findall(r"\bw\d+\b", block.render())}


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(bodies(), st.integers(20, 200))
def test_the_parts_join_back_to_the_whole(raw, limit):
    body = stream(raw)
    parts = divide(body, limit)
    assert words_of(parts.opening) + words_of(parts.rest) == words_of(body)


@quick
@given(bodies(), st.integers(20, 200))
def test_no_word_of_the_rest_is_in_the_opening_as_it_is_shown(raw, limit):
    parts = divide(stream(raw), limit)
    assert not rendered(parts.opening) & set(words_of(parts.rest))


@quick
@given(bodies(marked=False), st.integers(20, 200))
def test_without_a_mark_at_most_half_of_it_is_public(raw, limit):
    body = stream(raw)
    opening = words_of(divide(body, limit).opening)
    assert len(opening) * 2 <= len(words_of(body))


@quick
@given(bodies(marked=True), st.integers(20, 200))
def test_the_editors_mark_decides_where_something_stands_below_it(raw, limit):
    body = stream(raw)
    at = next(i for i, (kind, _value) in enumerate(raw) if kind == "wall")
    parts = divide(body, limit)
    if any(kind not in {"heading", "sponsor", "related"} for kind, _value in raw[at + 1 :]):
        assert words_of(parts.opening) == words_of(block for block in body[:at])
    else:
        assert len(words_of(parts.opening)) * 2 <= len(words_of(body))


@quick
@given(bodies(), st.integers(20, 200))
def test_the_cut_leaves_whole_elements(raw, limit):
    for part in (divide(stream(raw), limit).opening, divide(stream(raw), limit).rest):
        for block in part:
            if block.block_type == "text":
                html = block.value.source
                for tag in ("p", "h3", "ul", "li"):
                    assert html.count(f"<{tag}>") == html.count(f"</{tag}>")


def opening_of(*raw, limit: int = 60) -> Parts:
    return divide(stream(raw), limit)


def prose_of(words: int) -> str:
    return f"<p>{' '.join(['word'] * words)}</p>"


def test_a_crosshead_does_not_stand_last():
    parts = opening_of(
        ("text", prose_of(30)), ("heading", "What next"), ("text", prose_of(200)), ("text", prose_of(50))
    )
    assert [block.block_type for block in parts.opening] == ["text"]
    assert parts.rest[0].block_type == "heading"


def test_a_mark_with_nothing_below_it_withholds_half_all_the_same():
    parts = opening_of(("text", prose_of(30) * 4), ("wall", None))
    assert words_in(plain_text(parts.opening[0].value)) == 60
    assert parts.rest


def test_one_long_paragraph_is_withheld_whole():
    parts = opening_of(("text", prose_of(500)))
    assert parts.opening == []
    assert len(parts.rest) == 1


def test_the_words_of_both_parts_are_counted_with_and_without_a_mark():
    assert opening_of(("text", prose_of(30) * 4)).words == 120
    assert opening_of(("text", prose_of(30)), ("wall", None), ("text", prose_of(90))).words == 120


def test_an_empty_body_has_no_parts():
    assert opening_of() == Parts([], [], 0)


def test_an_advertisement_and_related_articles_count_no_words():
    advertisement = {"sponsor": "S", "headline": "H", "text": prose_of(500), "url": "https://s.example"}
    parts = opening_of(("sponsor", advertisement), ("text", prose_of(40) * 3))
    assert [block.block_type for block in parts.opening] == ["sponsor", "text"]
    assert words_in(plain_text(parts.opening[1].value)) == 40


PASTED = """
<p class="MsoNormal" style="mso-margin-top-alt:auto"><span style="font-family:Calibri" lang="EN-US">Plain
<b>bold</b> <o:p></o:p></span></p><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]-->
<font color="red" face="Arial">Red</font><script>alert(1)</script><style>p{color:red}</style>
<a href="javascript:alert(1)" onclick="alert(1)">bad</a> <a href="https://good.example/">good</a>
<img src=x onerror=alert(1)><iframe src="https://evil.example"></iframe><svg onload=alert(1)></svg>
"""


def test_prose_lets_text_markup_through_and_nothing_else():
    html = str(prose(PASTED))
    for word in ("Plain", "<b>bold</b>", "Red", 'href="https://good.example/"'):
        assert word in html
    for word in (
        "mso",
        "Mso",
        "style",
        "span",
        "font",
        "script",
        "alert",
        "onclick",
        "img",
        "iframe",
        "svg",
        "o:p",
    ):
        assert word not in html


TABLE = {
    "table": {
        "caption": "",
        "columns": [{"type": "text", "heading": "Year"}],
        "rows": [{"values": [" ".join(["word"] * 40)]}],
    },
    "source": "",
}
LIST = {"ordered": False, "items": [f"<p>{' '.join(['word'] * 20)}</p>"] * 2}
EMBED = {"embed": "https://www.youtube.com/watch?v=aqz-KE-bpKQ", "caption": "word " * 40}
PICTURE = {"image": None, "caption": f"<p>{'word ' * 40}</p>", "alt": "", "width": "text"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "value"), [("list", LIST), ("table", TABLE), ("embed", EMBED), ("picture", PICTURE)]
)
def test_a_list_table_embed_or_picture_where_the_cut_falls_is_withheld_whole(kind, value):
    parts = opening_of(
        ("text", prose_of(40)), (kind, value), ("text", prose_of(80)), ("text", prose_of(80)), limit=35
    )
    assert [block.block_type for block in parts.opening] == ["text"]
    assert [block.block_type for block in parts.rest] == [kind, "text", "text"]


def test_an_article_shorter_than_the_preview_is_withheld_in_part():
    parts = opening_of(("text", prose_of(10) + prose_of(10) + prose_of(10)), limit=500)
    assert words_in(plain_text(parts.opening[0].value)) == 10
    assert words_in(plain_text(parts.rest[0].value)) == 20


@pytest.mark.parametrize("kind", ["heading", "sponsor", "related"])
def test_a_mark_with_nothing_to_read_below_it_makes_nothing_public(kind: str) -> None:
    below = {"heading": "w5", "sponsor": {"name": "w5"}, "related": {"articles": []}}
    raw = [("text", "<p>w1 w2</p>"), ("text", "<p>w3 w4</p>"), ("wall", None), (kind, below[kind])]
    body = stream(raw)
    assert words_of(divide(body, 20).opening) == ["w1", "w2"]

"""The letter of an issue: HTML whose styles stand in its elements, and the same as text.

Nothing is fetched, and no row is asked: what goes in is `Contents`.
"""

import re
import unicodedata
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import css_inline
import nh3
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from broadsheet.delivery.message import place_of_token
from broadsheet.newsletters.letter.contents import Accents, Contents, Story, without_tokens
from broadsheet.newsletters.letter.plain import as_text

STYLES = Path(__file__).with_name("styles")
MEDIA = {"phone": "(max-width: 480px)", "dark": "(prefers-color-scheme: dark)", "print": "print"}
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
LONGEST_SUBJECT = 150
"""Characters. Phones show about forty."""
JOINER = "\u200d"
JOINING = frozenset(map(chr, (0x200D, 0x20E3, *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400))))
FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of these letters are one flag."""
NOTE_TAGS = {"p", "b", "strong", "i", "em", "a", "ul", "ol", "li", "br"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the letter leads its own reader, with the places of their tokens."""

    preferences: str
    leave: str


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML, of which Gmail shows the first 102 KB."""
        return len(self.html.encode())


def render(contents: Contents, places: Places) -> Rendered:
    contents = without_tokens(contents)
    note = mark_safe(cleaned(contents.note))  # noqa: S308 (cleaned by nh3)
    context = {
        "letter": contents,
        "places": places,
        "note": note,
        "body": mark_safe(contents.body),  # noqa: S308 (made of our own components)
        "stories": [(story, link_of(story)) for story in contents.stories],
        "share": share_link(contents),
        "styles": mark_safe(_media_rules(contents.accents)),  # noqa: S308 (our own files)
        "start": "right" if contents.direction == "rtl" else "left",
        "end": "left" if contents.direction == "rtl" else "right",
    }
    html = render_to_string("newsletters/letter/letter.html", context)
    text = render_to_string(
        "newsletters/letter/letter.txt",
        context | {"note": as_text(note), "body": as_text(contents.body)},
    )
    return Rendered(subject_of(contents.subject), _inliner(contents.accents).inline(html), _tidied(text))


def cleaned(html: str) -> str:
    """An editor's text, whatever was pasted into it: text markup and links."""
    return nh3.clean(
        html,
        tags=NOTE_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    )


def subject_of(subject: str) -> str:
    """In one line, and shortened between words, never within a character."""
    line = " ".join(subject.split())
    if len(line) <= LONGEST_SUBJECT:
        return line
    shortened = line[: _cut(line, LONGEST_SUBJECT)]
    head, space, _rest = shortened.rpartition(" ")
    return f"{head if space else shortened}…"


def _cut(text: str, at: int) -> int:
    """The last place up to `at` where no accent, and no part of one emoji or flag, is torn off."""
    while at and (_joins(text[at]) or text[at - 1] == JOINER):
        at -= 1
    letters = len(text[:at]) - len(text[:at].rstrip(FLAGS))
    return at - 1 if letters % 2 and text[at] in FLAGS else at


def _joins(character: str) -> bool:
    """Whether it belongs to the one before it."""
    return character in JOINING or unicodedata.combining(character) > 0


def link_of(story: Story) -> SafeString | str:
    if not story.pass_token:
        return story.link
    joint = "&" if "?" in story.link else "?"
    return f"{story.link}{joint}pass={place_of_token(story.pass_token)}"


def share_link(contents: Contents) -> str:
    """By the reader's own mail program: we write to nobody whom somebody else names."""
    subject, body = quote(subject_of(contents.subject)), quote(f"{contents.web}\n")
    return f"mailto:?subject={subject}&body={body}"


def in_the_dark(html: str) -> str:
    """`html`, a letter's, as it looks where dark is preferred: by the rules that it has for that."""
    _before, _query, after = html.partition(f"@media {MEDIA['dark']} {{\n")
    rules, _end, _rest = after.partition("}\n@media")
    inliner = css_inline.CSSInliner(extra_css=rules, minify_css=True, load_remote_stylesheets=False)
    return inliner.inline(html)


@lru_cache(maxsize=8)
def _media_rules(accents: Accents) -> str:
    return "\n".join(f"@media {query} {{\n{_styles(name, accents)}}}" for name, query in MEDIA.items())


@lru_cache(maxsize=8)
def _inliner(accents: Accents) -> css_inline.CSSInliner:
    styles = _styles("letter", accents)
    return css_inline.CSSInliner(extra_css=styles, minify_css=True, load_remote_stylesheets=False)


def _styles(name: str, accents: Accents) -> str:
    """The accent colours stand in the files as those that the program comes with."""
    styles = COMMENT.sub("", (STYLES / f"{name}.css").read_text())
    for ours, theirs in zip(astuple(Accents()), astuple(accents), strict=True):
        styles = styles.replace(ours, theirs)
    return styles


def _tidied(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip() + "\n"

"""What WordPress keeps as a text: blocks in comments, shortcodes, paragraphs that are mere empty lines."""

import json
import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from typing import Any

from django.utils.translation import gettext as _

from broadsheet.editorial.embeds import player_for
from broadsheet.importers.bodies.addresses import absolute, page_of_player
from broadsheet.importers.bodies.pieces import Embed, Piece, Text

BLOCK = re.compile(r"<!--\s*/?wp:([\w/-]+)\s*(\{.*?\})?\s*/?-->", re.DOTALL)
REUSED = re.compile(r"<!--\s*wp:block\s*(\{.*?\})\s*/-->", re.DOTALL)
OTHER_MARKS = re.compile(r"<!--\s*(?:more\b.*?|nextpage|noteaser)\s*-->", re.DOTALL)
# To look back only where a bracket stands takes a hundredth of the time.
SHORTCODE = re.compile(r"\[(?<!\[\[)(/?)([A-Za-z][\w-]*)((?:\s+[^\[\]]*)?)\](?!\])")
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
CAPTION = re.compile(r"\[caption([^\]]*)\](.*?)\[/caption\]", re.DOTALL | re.IGNORECASE)
WRAPPED = re.compile(r"\[(embed|video|audio|youtube|vimeo)([^\]]*)\]([^\[]*)\[/\1\]", re.IGNORECASE)
BLOCK_TAG = re.compile(
    r"^\s*</?(?:p|div|h[1-6]|ul|ol|li|table|thead|tbody|tr|td|th|blockquote|pre|figure|figcaption|section|article|"
    r"aside|header|footer|hr|form|iframe|dl|dt|dd|details|address|script|style|audio|video)\b",
    re.IGNORECASE,
)
PRE = re.compile(r"<pre\b.*?</pre>", re.DOTALL | re.IGNORECASE)
PLAYED = ("src", "mp3", "ogg", "wav", "m4a", "mp4", "webm", "url")
IMAGE = re.compile(r"^\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", re.IGNORECASE)

type Picture = Callable[[str], str]
"""The number of an attachment → its figure, empty where there is none."""


def html_of(content: str, picture: Picture, reused: dict[str, str]) -> tuple[str, list[str]]:
    """HTML, and what was left out of it."""
    left_out: list[str] = []
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    content = REUSED.sub(lambda found: reused.get(_reference(found[1]), ""), content)
    has_blocks = "<!-- wp:" in content
    content = OTHER_MARKS.sub("", content)
    content = BLOCK.sub("", content)
    content = _shortcodes(content, picture, left_out)
    return (content if has_blocks else paragraphs(content)), left_out


def _reference(attributes: str) -> str:
    try:
        return str(json.loads(attributes).get("ref", ""))
    except (ValueError, AttributeError):
        return ""


def paragraphs(content: str) -> str:
    """What empty lines part becomes paragraphs, as WordPress does when it shows a classic text."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\n\n<pre-{len(kept) - 1}>\n\n"

    parts = re.split(r"\n\s*\n", PRE.sub(keep, content))
    made = []
    for part in parts:
        part = part.strip()
        if found := re.fullmatch(r"<pre-(\d+)>", part):
            made.append(kept[int(found[1])])
        elif part:
            made.append(part if BLOCK_TAG.match(part) else f"<p>{_lines(part)}</p>")
    return "\n".join(made)


def _lines(part: str) -> str:
    """Of a run of text; where a block begins in its middle the parser ends the paragraph."""
    return re.sub(r"\n+", "<br>\n", part)


def _attributes(written: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in ATTRIBUTE.findall(written.replace("”", '"').replace("“", '"'))
    }


def _shortcodes(content: str, picture: Picture, left_out: list[str]) -> str:
    content = CAPTION.sub(_caption, content)
    content = WRAPPED.sub(lambda found: _played(found[1], _attributes(found[2]), found[3].strip()), content)
    closed = set(re.findall(r"\[/([\w-]+)\]", content))

    def replaced(found: re.Match[str]) -> str:
        closes, name, written = found[1], found[2].lower(), found[3]
        attributes = _attributes(written)
        if name == "gallery" and not closes:
            return _gallery(attributes, picture)
        if name in {"audio", "video", "embed", "youtube", "vimeo", "playlist"} and not closes:
            address = written.strip(" =") if not attributes else ""
            return _played(name, attributes, address)
        if attributes or found[2] in closed or closes:
            if not closes:
                left_out.append(_("the shortcode [%s]") % found[2])
            return ""
        return found[0]  # brackets as anybody writes them: [sic]

    return SHORTCODE.sub(replaced, content)


def _caption(found: re.Match[str]) -> str:
    attributes, inside = _attributes(found[1]), found[2]
    image = IMAGE.match(inside)
    picture = image[0] if image else ""
    words = attributes.get("caption", "") or (inside[image.end() :] if image else inside)
    return f"\n\n<figure>{picture}<figcaption>{words.strip()}</figcaption></figure>\n\n"


def _gallery(attributes: dict[str, str], picture: Picture) -> str:
    numbers = re.findall(r"\d+", attributes.get("ids") or attributes.get("include") or "")
    figures = "".join(picture(number) for number in numbers)
    return f"\n\n<figure>{figures}</figure>\n\n" if figures else ""


def _played(name: str, attributes: dict[str, str], inside: str) -> str:
    address = inside or next((attributes[key] for key in PLAYED if attributes.get(key)), "")
    if not address:
        return ""
    if name in {"audio", "video"} and not player_for(page_of_player(address)):
        return f'\n\n<{name} src="{escape(address)}"></{name}>\n\n'
    return f'\n\n<iframe src="{escape(address)}"></iframe>\n\n'


class Blocks:
    """What of WordPress’s own elements means more than its markup."""

    def __init__(self, base: str) -> None:
        self.base = base

    def __call__(self, element: Any) -> Iterable[Piece] | None:
        classes = element.get("class") or ""
        if element.tag == "figure" and "wp-block-embed" in classes and not element.xpath(".//iframe"):
            return self._embed(element)
        return None

    def _embed(self, element: Any) -> list[Piece] | None:
        captions = element.xpath("./figcaption")
        caption = " ".join(" ".join(captions[0].itertext()).split()) if captions else ""
        words = " ".join("".join(str(part) for part in element.itertext()).split())
        address = words.removesuffix(caption).strip()
        if not re.fullmatch(r"https?://\S+", address):
            return None
        page = page_of_player(address)
        if player_for(page):
            return [Embed(page, "", caption[:255])]
        link = f'<p><a href="{escape(absolute(address, self.base))}">{escape(address, quote=False)}</a></p>'
        return [Text(link), *([Text(f"<p>{escape(caption, quote=False)}</p>")] if caption else [])]

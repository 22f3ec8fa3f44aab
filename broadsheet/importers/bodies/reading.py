"""Pieces of HTML from elsewhere. All its text comes along, in its order."""

import re
from collections.abc import Callable, Iterable
from html import escape

from django.utils.translation import gettext as _
from lxml import etree

from broadsheet.editorial.embeds import player_for
from broadsheet.importers.bodies.addresses import absolute, largest_of, page_of_player, picture_in
from broadsheet.importers.bodies.credits import plain, with_credit
from broadsheet.importers.bodies.line import DEEPEST, OURS, Line, inline
from broadsheet.importers.bodies.pieces import (
    Body,
    Divider,
    Embed,
    Gallery,
    Heading,
    Kept,
    Piece,
    PullQuote,
    Shown,
    Sound,
    Text,
    Wall,
)
from broadsheet.importers.bodies.sanitising import HEADINGS, INLINE, parsed
from broadsheet.importers.bodies.tables import plain_table
from broadsheet.importers.bodies.texts import (
    classes_of,
    has_text_after,
    has_text_outside,
    inner,
    text_of,
)

LONGEST_HEADING = 120
BARE_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
OUTER_BREAKS = re.compile(r"^(?:<br/>\s*)+|(?:\s*<br/>)+$")

type Special = Callable[[etree._Element], Iterable[Piece] | None]
"""What a source makes of an element of its own; None: nothing in particular."""


def body_of(markup: str, base: str = "", special: Special | None = None) -> Body:
    """The pieces of `markup`, whose addresses are as on the page at `base`."""
    builder = _Builder(base, special)
    if (root := parsed(markup)) is not None:
        builder.children(root, 0)
    builder.flush()
    return Body(_joined(builder.pieces))


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, Text) and isinstance(last, Text):
            joined[-1] = Text(last.html + piece.html)
        elif not (isinstance(piece, Wall) and any(isinstance(found, Wall) for found in joined)):
            joined.append(piece)
    return joined


class _Builder(Line):
    def __init__(self, base: str, special: Special | None) -> None:
        super().__init__(base)
        self.special = special
        self.pieces: list[Piece] = []

    # --- Inline text, which a block in its middle parts in two -----------------------------------------

    def flush(self, tag: str = "p") -> None:
        if words := self.taken():
            if "<br/>" in words:
                words = OUTER_BREAKS.sub("", words)
            if words:
                self.pieces.append(Text(f"<{tag}>{words}</{tag}>"))

    def inside(self, element: etree._Element, depth: int) -> None:
        tag = OURS.get(str(element.tag), "")
        opens = f"<{tag}>"
        if element.tag == "a":
            address = self.address_of(element)
            tag, opens = ("a", f'<a href="{escape(address)}">') if address else ("", "")
        if not tag or any(tag == other for other, _opens in self._open):
            self.children(element, depth)
            return
        self._open.append((tag, opens))
        self._words.append(opens)
        self.children(element, depth)
        self._open.pop()
        self._words.append(f"</{tag}>")

    # --- Blocks ---------------------------------------------------------------------------------------

    def children(self, element: etree._Element, depth: int) -> None:
        if depth > DEEPEST:
            self.text(" ".join(str(words) for words in element.itertext()))
            return
        self.text(element.text)
        for child in element:
            self.element(child, depth + 1)
            self.text(child.tail)

    def element(self, element: etree._Element, depth: int) -> None:
        tag = str(element.tag)
        if self.special and (found := self.special(element)) is not None:
            self.flush()
            self.pieces += found
            return
        if tag == "br":
            self._words.append("<br/>")
        elif tag == "wbr":
            pass
        elif tag in INLINE:
            self.inside(element, depth)
        elif block := BLOCKS.get(tag):
            self.flush()
            block(self, element, depth)
            self.flush()
        elif tag in HEADINGS:
            self._heading(element, depth)
        else:
            self.flush()
            self.children(element, depth)
            self.flush()

    def _p(self, element: etree._Element, depth: int) -> None:
        begins = (element.text or "").lstrip()
        if len(element) <= 1 and (not begins or begins.startswith("http")):
            words = text_of(element)
            if BARE_ADDRESS.fullmatch(words) and player_for(page_of_player(words)):
                self.pieces.append(Embed(page_of_player(words)))
                return
        self.children(element, depth)

    def _heading(self, element: etree._Element, depth: int) -> None:
        self.flush()
        words = text_of(element)
        is_plain = element.tag in {"h1", "h2"} and not element.xpath(".//a[@href]")
        if is_plain and len(words) <= LONGEST_HEADING:
            if words:
                self.pieces.append(Heading(words))
        else:
            self.words_of(element)
            self.flush("h3")
        self._pictures_in(element)

    def _hr(self, element: etree._Element, depth: int) -> None:
        self.pieces.append(Wall() if "wall" in classes_of(element) else Divider())

    def _ul(self, element: etree._Element, depth: int) -> None:
        if text_of(element):
            self.pieces.append(Text(self._list(element, depth)))
        self._pictures_in(element)

    def _list(self, element: etree._Element, depth: int) -> str:
        tag, items = str(element.tag), []
        for child in element:
            below = Line(self.base)
            below.text(child.text) if child.tag == "li" else None
            lists = ""
            for part in child if child.tag == "li" else [child]:
                if part.tag in {"ul", "ol"} and depth < DEEPEST and not has_text_after(part):
                    lists += self._list(part, depth + 1)
                else:
                    below.word(part)
                    below.text(part.tail if child.tag == "li" else None)
            words = below.taken()
            if words or lists:
                items.append(f"<li>{words}{lists}</li>")
            if child.tail and child.tail.strip():
                items.append(f"<li>{escape(' '.join(child.tail.split()), quote=False)}</li>")
        return f"<{tag}>{''.join(items)}</{tag}>"

    def _blockquote(self, element: etree._Element, depth: int) -> None:
        below = _Builder(self.base, self.special)
        below.children(element, depth)
        below.flush()
        for piece in below.pieces:
            if isinstance(piece, Text) and "<ul>" not in piece.html and "<ol>" not in piece.html:
                quoted = re.sub(r"<(/?)(?:p|h3)>", r"<\1blockquote>", piece.html)
                self.pieces.append(Text(quoted))
            else:
                self.pieces.append(piece)

    def _pre(self, element: etree._Element, depth: int) -> None:
        if words := "".join(str(part) for part in element.itertext()):
            self.pieces.append(Kept(f"<pre>{escape(words, quote=False)}</pre>", _("code")))
        self._pictures_in(element)

    def _details(self, element: etree._Element, depth: int) -> None:
        if text_of(element):
            self._keep(element, _("a part that unfolds"))
        self._pictures_in(element)

    def _dl(self, element: etree._Element, depth: int) -> None:
        if text_of(element):
            self._keep(element, _("a list of terms"))
        self._pictures_in(element)

    def _keep(self, element: etree._Element, what: str) -> None:
        for link in element.iter("a"):
            link.set("href", absolute(link.get("href", ""), self.base))
        markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
        self.pieces.append(Kept(markup, what))

    # --- Pictures, films, sounds ------------------------------------------------------------------------

    def _img(self, element: etree._Element, depth: int) -> None:
        if shown := self._shown(element):
            self.pieces.append(shown)

    def _shown(self, element: etree._Element, caption: str = "") -> Shown | None:
        found = element.get("data-src") or largest_of(element.get("srcset", "")) or element.get("src", "")
        address = absolute(picture_in(found), self.base)
        if not address.startswith(("http", "/")) or "1x1" in found or element.get("width") == "1":
            return None
        words, credit = with_credit(caption)
        return Shown(address, words, " ".join(element.get("alt", "").split())[:255], credit)

    def _figure(self, element: etree._Element, depth: int) -> None:
        pictures = element.xpath(".//img")
        captions = element.xpath("./figcaption")
        others = element.xpath(
            ".//table|.//blockquote|.//iframe|.//audio|.//video|.//pre|.//p[not(ancestor::figcaption)]"
        )
        if "pullquote" in classes_of(element) and element.xpath(".//blockquote"):
            cites = element.xpath(".//cite")
            said = " ".join(
                text_of(part) for part in element.xpath(".//blockquote//p|.//blockquote[not(.//p)]")
            )
            if said and len(cites) <= 1:
                self.pieces.append(PullQuote(said, text_of(cites[0])[:120] if cites else ""))
                return
        if not pictures or others or element.xpath(".//figure//figure"):
            if (
                len(captions) == 1
                and len(found := element.xpath("./iframe|./div/iframe|./video|./audio")) == 1
            ):
                self._player(found[0], inline(inner(captions[0]), self.base), depth)
                return
            self.children(element, depth)
            return
        if len(pictures) == 1 and not has_text_outside(element, "figcaption"):
            caption = " ".join(filter(None, (self._caption(part) for part in captions)))
            if shown := self._shown(pictures[0], caption):
                self.pieces.append(shown)
                return
            self.children(element, depth)
        elif not has_text_outside(element, "figcaption"):
            self._gallery(pictures, captions)
        else:
            self.children(element, depth)

    def _gallery(self, pictures: list[etree._Element], captions: list[etree._Element]) -> None:
        shown = []
        for picture in pictures:
            figure = next(iter(picture.xpath("ancestor::figure[1]")))
            own = [part for part in figure.xpath("./figcaption") if part not in captions]
            if found := self._shown(picture, " ".join(self._caption(part) for part in own)):
                shown.append(found)
        caption = " ".join(filter(None, (self._caption(part) for part in captions)))
        if len(shown) > 1:
            self.pieces.append(Gallery(tuple(shown), caption))
            return
        self.pieces += shown
        if caption:
            self.pieces.append(Text(f"<p>{caption}</p>"))

    def _caption(self, element: etree._Element) -> str:
        return inline(inner(element), self.base)

    def _iframe(self, element: etree._Element, depth: int) -> None:
        self._player(element, "", depth)

    def _player(self, element: etree._Element, caption: str, depth: int) -> None:
        if element.tag in {"audio", "video"}:
            BLOCKS[str(element.tag)](self, element, depth)
            if caption:
                self.pieces.append(Text(f"<p>{caption}</p>"))
            return
        address = page_of_player(element.get("src") or element.get("data-src") or "")
        address = absolute(address, self.base)
        title = " ".join(element.get("title", "").split())
        if not address:
            if caption:
                self.pieces.append(Text(f"<p>{caption}</p>"))
        elif player_for(address):
            self.pieces.append(Embed(address, title[:160], plain(caption)[:255]))
        else:
            link = f'<p><a href="{escape(address)}">{escape(title or address, quote=False)}</a></p>'
            self.pieces.append(Text(link))
            if caption:
                self.pieces.append(Text(f"<p>{caption}</p>"))

    def _source_of(self, element: etree._Element) -> str:
        sources = [element.get("src", ""), *(part.get("src", "") for part in element.xpath("./source"))]
        return absolute(next(filter(None, sources), ""), self.base)

    def _audio(self, element: etree._Element, depth: int) -> None:
        if address := self._source_of(element):
            self.pieces.append(Sound(address, element.get("title", "")[:160]))
        self.children(element, depth)

    def _video(self, element: etree._Element, depth: int) -> None:
        if address := self._source_of(element):
            words = escape(address.rpartition("/")[2] or address, quote=False)
            self.pieces.append(Kept(f'<p><a href="{escape(address)}">{words}</a></p>', _("a film as a file")))
        self.children(element, depth)

    def _table(self, element: etree._Element, depth: int) -> None:
        if not text_of(element):
            self._pictures_in(element)
        elif (table := plain_table(element, self.base)) is not None:
            self.pieces.append(table)
        elif element.xpath(".//table|.//ul|.//ol|.//figure|.//img") and not element.xpath(".//th"):
            # Letters are laid out in tables: what they hold is text like any other.
            self.children(element, depth)
        else:
            self._keep(element, _("a table with joined or rich cells"))
            self._pictures_in(element)

    def _pictures_in(self, element: etree._Element) -> None:
        """Those of an element whose text is taken already."""
        for picture in element.iter("img"):
            if shown := self._shown(picture):
                self.pieces.append(shown)
        for part in element.iter("iframe"):
            self._player(part, "", 0)


BLOCKS: dict[str, Callable[[_Builder, etree._Element, int], None]] = {
    "p": _Builder._p,
    "hr": _Builder._hr,
    "ul": _Builder._ul,
    "ol": _Builder._ul,
    "li": _Builder.children,
    "blockquote": _Builder._blockquote,
    "pre": _Builder._pre,
    "details": _Builder._details,
    "dl": _Builder._dl,
    "img": _Builder._img,
    "figure": _Builder._figure,
    "iframe": _Builder._iframe,
    "audio": _Builder._audio,
    "video": _Builder._video,
    "table": _Builder._table,
}
"""All else that is no heading and stands in no line is what it holds."""

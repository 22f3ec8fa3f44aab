"""Pieces of HTML from elsewhere. All its text comes along, in its order."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape, unescape

from django.utils.translation import gettext as _
from lxml import etree

from broadsheet.editorial.embeds import player_for
from broadsheet.importers.bodies.addresses import absolute, largest_of, page_of_player, picture_in
from broadsheet.importers.bodies.credits import plain, with_credit
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
    Table,
    Text,
    Wall,
)
from broadsheet.importers.bodies.sanitising import HEADINGS, INLINE, parsed

LONGEST_HEADING = 120
DEEPEST = 150
"""Elements in one another; what is deeper is taken as its text."""
OURS = {"b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "sub": "sub", "sup": "sup"}
IN_CELLS = INLINE | {"p", "br", "wbr"}
PICTURES = ("img", "iframe", "audio", "video", "hr", "table", "pre", "figure", "picture")
BARE_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
EMPTY = re.compile(r"<(\w+)(?: [^>]*)?>\s*</\1>")
OUTER_BREAKS = re.compile(r"^(?:<br/>\s*)+|(?:\s*<br/>)+$")
HREF = re.compile(r'href="([^"]*)"')

type Special = Callable[[etree._Element], Iterable[Piece] | None]
"""What a source makes of an element of its own; None: nothing in particular."""


def body_of(markup: str, base: str = "", special: Special | None = None) -> Body:
    """The pieces of `markup`, whose addresses are as on the page at `base`."""
    builder = _Builder(base, special)
    if (root := parsed(markup)) is not None:
        builder.children(root, 0)
    builder.flush()
    return Body(_joined(builder.pieces))


def inline(markup: str, base: str = "") -> str:
    """A caption: text, bold, italic and links, in one line."""
    builder = _Builder(base, None)
    if (root := parsed(markup)) is not None:
        builder.words_of(root)
    return builder.taken()


def rewritten(markup: str, leads_to: Callable[[str], str]) -> str:
    """`markup`, one of ours, with each link as `leads_to` says."""
    return HREF.sub(lambda found: f'href="{escape(leads_to(unescape(found[1])))}"', markup)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, Text) and isinstance(last, Text):
            joined[-1] = Text(last.html + piece.html)
        elif not (isinstance(piece, Wall) and any(isinstance(found, Wall) for found in joined)):
            joined.append(piece)
    return joined


class _Builder:
    def __init__(self, base: str, special: Special | None) -> None:
        self.base, self.special = base, special
        self.pieces: list[Piece] = []
        self._open: list[tuple[str, str]] = []  # the tag and how it opens
        self._words: list[str] = []
        self._has_words = False

    # --- Inline text, which a block in its middle parts in two -----------------------------------------

    def text(self, words: str | None) -> None:
        if not words:
            return
        if words.strip():
            self._has_words = True
        self._words.append(escape(_single_spaced(words), quote=False))

    def taken(self) -> str:
        """The words since the last time, as closed markup; what was open is opened again behind."""
        closing = "".join(f"</{tag}>" for tag, _opens in reversed(self._open))
        found = "".join(self._words).strip() + closing if self._has_words else ""
        self._words = [opens for _tag, opens in self._open]
        self._has_words = False
        # Most have neither; to look for the pattern in all of them takes far longer.
        return (EMPTY.sub("", found) if "></" in found or " </" in found else found).strip()

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
            address = self._leads(element)
            tag, opens = ("a", f'<a href="{escape(address)}">') if address else ("", "")
        if not tag or any(tag == other for other, _opens in self._open):
            self.children(element, depth)
            return
        self._open.append((tag, opens))
        self._words.append(opens)
        self.children(element, depth)
        self._open.pop()
        self._words.append(f"</{tag}>")

    def _leads(self, link: etree._Element) -> str:
        """Where a link leads; nowhere, if to a place in its own text: those marks don't come along."""
        address = link.get("href", "")
        return "" if address.startswith("#") else absolute(address, self.base)

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
        elif block := getattr(self, f"_{tag}", None):
            self.flush()
            block(element, depth)
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
            words = _text(element)
            if BARE_ADDRESS.fullmatch(words) and player_for(page_of_player(words)):
                self.pieces.append(Embed(page_of_player(words)))
                return
        self.children(element, depth)

    def _heading(self, element: etree._Element, depth: int) -> None:
        self.flush()
        words = _text(element)
        is_plain = element.tag in {"h1", "h2"} and not element.xpath(".//a[@href]")
        if is_plain and len(words) <= LONGEST_HEADING:
            if words:
                self.pieces.append(Heading(words))
        else:
            self.words_of(element)
            self.flush("h3")
        self._pictures_in(element)

    def _hr(self, element: etree._Element, depth: int) -> None:
        self.pieces.append(Wall() if "wall" in _classes(element) else Divider())

    def _ul(self, element: etree._Element, depth: int) -> None:
        if _text(element):
            self.pieces.append(Text(self._list(element, depth)))
        self._pictures_in(element)

    _ol = _ul

    def _list(self, element: etree._Element, depth: int) -> str:
        tag, items = str(element.tag), []
        for child in element:
            below = _Builder(self.base, None)
            below.text(child.text) if child.tag == "li" else None
            lists = ""
            for part in child if child.tag == "li" else [child]:
                if part.tag in {"ul", "ol"} and depth < DEEPEST and not _text_after(part):
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

    def _li(self, element: etree._Element, depth: int) -> None:
        self.children(element, depth)

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
        if _text(element):
            self._keep(element, _("a part that unfolds"))
        self._pictures_in(element)

    def _dl(self, element: etree._Element, depth: int) -> None:
        if _text(element):
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
        if "pullquote" in _classes(element) and element.xpath(".//blockquote"):
            cites = element.xpath(".//cite")
            said = " ".join(
                _text(part) for part in element.xpath(".//blockquote//p|.//blockquote[not(.//p)]")
            )
            if said and len(cites) <= 1:
                self.pieces.append(PullQuote(said, _text(cites[0])[:120] if cites else ""))
                return
        if not pictures or others or element.xpath(".//figure//figure"):
            if (
                len(captions) == 1
                and len(found := element.xpath("./iframe|./div/iframe|./video|./audio")) == 1
            ):
                self._player(found[0], inline(_inner(captions[0]), self.base), depth)
                return
            self._without_own_caption(element, depth)
            return
        if len(pictures) == 1 and not _text_outside(element, "figcaption"):
            caption = " ".join(filter(None, (self._caption(part) for part in captions)))
            if shown := self._shown(pictures[0], caption):
                self.pieces.append(shown)
                return
            self._without_own_caption(element, depth)
        elif not _text_outside(element, "figcaption"):
            self._gallery(pictures, captions)
        else:
            self._without_own_caption(element, depth)

    def _without_own_caption(self, element: etree._Element, depth: int) -> None:
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
        return inline(_inner(element), self.base)

    def _iframe(self, element: etree._Element, depth: int) -> None:
        self._player(element, "", depth)

    def _player(self, element: etree._Element, caption: str, depth: int) -> None:
        if element.tag in {"audio", "video"}:
            getattr(self, f"_{element.tag}")(element, depth)
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
        if not _text(element):
            self._pictures_in(element)
        elif (table := self._plain_table(element)) is not None:
            self.pieces.append(table)
        elif element.xpath(".//table|.//ul|.//ol|.//figure|.//img") and not element.xpath(".//th"):
            # Letters are laid out in tables: what they hold is text like any other.
            self.children(element, depth)
        else:
            self._keep(element, _("a table with joined or rich cells"))
            self._pictures_in(element)

    def _plain_table(self, element: etree._Element) -> Table | None:
        cells = element.xpath(".//td|.//th")
        if any(cell.get("colspan", "1") != "1" or cell.get("rowspan", "1") != "1" for cell in cells):
            return None
        if any(part.tag not in IN_CELLS for cell in cells for part in cell.iterdescendants()):
            return None
        if _text_outside_cells(element):
            return None
        rows = [
            [inline(_inner(cell), self.base) for cell in row.xpath("./td|./th")]
            for row in element.xpath(".//tr")
        ]
        rows = [row for row in rows if row]
        width = max(map(len, rows), default=0)
        if not width or any(len(row) != width for row in rows):
            return None
        captions = element.xpath("./caption")
        has_head = all(cell.tag == "th" for cell in element.xpath("(.//tr)[1]/*")) and len(rows) > 1
        # Headings of columns are plain: those with more stay a row.
        head = tuple(rows.pop(0)) if has_head and not any("<" in cell for cell in rows[0]) else ("",) * width
        return Table(
            tuple(plain(cell) for cell in head),
            tuple(map(tuple, rows)),
            _text(captions[0]) if captions else "",
        )

    def _pictures_in(self, element: etree._Element) -> None:
        """Those of an element whose text is taken already."""
        for picture in element.iter("img"):
            if shown := self._shown(picture):
                self.pieces.append(shown)
        for part in element.iter("iframe"):
            self._player(part, "", 0)

    # --- Text alone ----------------------------------------------------------------------------------------

    def words_of(self, element: etree._Element) -> None:
        """All that is said in an element, in one line."""
        self.text(element.text)
        for child in element:
            self.word(child)
            self.text(child.tail)

    def word(self, element: etree._Element, depth: int = 0) -> None:
        tag = str(element.tag)
        if tag in INLINE and depth < DEEPEST:
            name = OURS.get(tag, "")
            opens = f"<{name}>"
            if tag == "a" and (address := self._leads(element)):
                name, opens = "a", f'<a href="{escape(address)}">'
            is_new = bool(name) and all(name != other for other, _opens in self._open)
            if is_new:
                self._open.append((name, opens))
                self._words.append(opens)
            self._below(element, depth)
            if is_new:
                self._open.pop()
                self._words.append(f"</{name}>")
        elif tag == "br":
            self.text(" ")
        elif depth < DEEPEST:
            self.text(" ")
            self._below(element, depth)
            self.text(" ")
        else:
            self.text(" ".join(str(words) for words in element.itertext()))

    def _below(self, element: etree._Element, depth: int) -> None:
        self.text(element.text)
        for child in element:
            self.word(child, depth + 1)
            self.text(child.tail)


def _classes(element: etree._Element) -> str:
    return element.get("class", "") or ""


def _text(element: etree._Element) -> str:
    return " ".join(" ".join(str(words) for words in _texts(element)).split())


def _texts(element: etree._Element) -> Iterator[str]:
    """Text of inline elements holds together, that of blocks stands apart."""
    run: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if part.tag not in INLINE:
            yield "".join(run)
            run = []
        if event == "start":
            run.append(part.text or "")
        elif part is not element:
            run.append(part.tail or "")
    yield "".join(run)


def _inner(element: etree._Element) -> str:
    parts = [escape(element.text or "", quote=False)]
    parts += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(parts)


def _single_spaced(words: str) -> str:
    """`words`, which aren't empty, with one space wherever there was any; also at either end."""
    if words.isspace():
        return " "
    first, last = " " * words[0].isspace(), " " * words[-1].isspace()
    return f"{first}{' '.join(words.split())}{last}"


def _text_after(element: etree._Element) -> bool:
    """Whether words follow it in its item: then the list can't come last there."""
    if (element.tail or "").strip():
        return True
    return any(
        _text(part) or (part.tail or "").strip()
        for part in element.itersiblings()
        if part.tag not in {"ul", "ol"}
    )


def _text_outside(element: etree._Element, tag: str) -> bool:
    found = element.xpath(f".//text()[not(ancestor::{tag})]")
    return any(str(words).strip() for words in found)


def _text_outside_cells(element: etree._Element) -> bool:
    found = element.xpath(".//text()[not(ancestor::td) and not(ancestor::th) and not(ancestor::caption)]")
    return any(str(words).strip() for words in found)

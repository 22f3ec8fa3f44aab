"""Ghost’s cards. Those that an element of HTML says become that; the others stand in `data-card`."""

import json
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lxml import etree

from broadsheet.importers.bodies import markdown
from broadsheet.importers.bodies.addresses import absolute
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.pieces import Gallery, Kept, Piece, PullQuote, Related, Shown, Sound, Wall
from broadsheet.importers.bodies.reading import body_of

type Card = dict[str, Any]

RENDERED = {
    "kg-callout-card": _("callout card"),
    "kg-product-card": _("product card"),
    "kg-file-card": _("file card"),
}
LEFT_OUT = {
    "signup": _("a form to sign up: ours stand on the page"),
    "email": _("words for the letter alone"),
    "email-cta": _("words for the letter alone"),
}


def _kept(what: str) -> str:
    """The head of an element of which nothing but its markup is kept."""
    return f'<div data-card="kept" data-what="{escape(what)}">'


def html_of(kind: str, card: Card) -> str:
    made = CARDS.get(kind)
    if made:
        return made(card)
    if kind in LEFT_OUT:
        return f'<div data-left-out="{escape(str(LEFT_OUT[kind]))}"></div>'
    words = _all_words(card)
    return f"{_kept(kind or gettext('an unknown card'))}{words}</div>" if words else ""


def _said(card: Card, name: str) -> str:
    value = card.get(name)
    return value if isinstance(value, str) else ""


def _attribute(card: Card, name: str) -> str:
    return escape(_said(card, name))


def _caption(card: Card, name: str = "caption") -> str:
    words = _said(card, name)
    return f"<figcaption>{words}</figcaption>" if words else ""


def _image(card: Card) -> str:
    picture = f'<img src="{_attribute(card, "src")}" alt="{_attribute(card, "alt")}">'
    return f"<figure>{picture}{_caption(card)}</figure>"


def _gallery(card: Card) -> str:
    images = card.get("images")
    shown = (
        "".join(_image(image) for image in images if isinstance(image, dict))
        if isinstance(images, list)
        else ""
    )
    return f"<figure>{shown}{_caption(card)}</figure>"


def _bookmark(card: Card) -> str:
    about = card.get("metadata")
    about = about if isinstance(about, dict) else {}
    title = _said(about, "title") or _said(card, "title") or _said(card, "url")
    words = " · ".join(
        filter(None, (_said(about, "description"), _said(about, "author"), _said(about, "publisher")))
    )
    caption = _said(card, "caption")
    return (
        f'<div data-card="bookmark" data-address="{_attribute(card, "url")}" data-title="{escape(title)}" '
        f'data-words="{escape(words)}"></div>' + (f"<p>{caption}</p>" if caption else "")
    )


def _embed(card: Card) -> str:
    about = card.get("metadata")
    title = _said(about, "title") if isinstance(about, dict) else ""
    player = f'<iframe src="{_attribute(card, "url")}" title="{escape(title)}"></iframe>'
    if _said(card, "url"):
        return f"<figure>{player}{_caption(card)}</figure>"
    return f"<figure>{_said(card, 'html')}{_caption(card)}</figure>"


def _callout(card: Card) -> str:
    emoji = escape(_said(card, "calloutEmoji"), quote=False)
    return f"{_kept(gettext('a callout'))}{emoji} {_said(card, 'calloutText')}</div>"


def _toggle(card: Card) -> str:
    return f"<details><summary>{_said(card, 'heading')}</summary>{_said(card, 'content')}</details>"


def _button(card: Card) -> str:
    address, words = _said(card, "buttonUrl"), _said(card, "buttonText")
    if "#/portal" in address:
        return (
            f'<div data-left-out="{escape(gettext("a button to subscribe: ours stand on the page"))}"></div>'
        )
    return f'<p><a href="{escape(address)}">{escape(words or address, quote=False)}</a></p>'


def _file(card: Card) -> str:
    words = _said(card, "fileTitle") or _said(card, "fileName") or _said(card, "src")
    caption = escape(_said(card, "fileCaption"), quote=False)
    link = f'<p><a href="{_attribute(card, "src")}">{escape(words, quote=False)}</a> {caption}</p>'
    return f"{_kept(gettext('a file'))}{link}</div>"


def _audio(card: Card) -> str:
    return f'<audio src="{_attribute(card, "src")}" title="{_attribute(card, "title")}"></audio>'


def _video(card: Card) -> str:
    return f'<video src="{_attribute(card, "src")}"></video>' + (
        f"<p>{_said(card, 'caption')}</p>" if _said(card, "caption") else ""
    )


def _product(card: Card) -> str:
    stars = card.get("productStarRating") if card.get("productRatingEnabled") else 0
    rating = f"<p>{'★' * stars}</p>" if isinstance(stars, int) and 0 < stars <= 5 else ""
    button = ""
    if card.get("productButtonEnabled") and _said(card, "productUrl"):
        words = escape(_said(card, "productButton") or _said(card, "productUrl"), quote=False)
        button = f'<p><a href="{_attribute(card, "productUrl")}">{words}</a></p>'
    picture = f'<img src="{_attribute(card, "productImageSrc")}">' if _said(card, "productImageSrc") else ""
    return (
        f"{picture}{_kept(gettext('a product'))}<h4>{_said(card, 'productTitle')}</h4>"
        f"{rating}{_said(card, 'productDescription')}{button}</div>"
    )


def _header(card: Card) -> str:
    button = ""
    if card.get("buttonEnabled") and _said(card, "buttonUrl"):
        button = _link_button(card)
    picture = (
        f'<img src="{_attribute(card, "backgroundImageSrc")}">' if _said(card, "backgroundImageSrc") else ""
    )
    head = f"<h2>{plain(_said(card, 'header'))}</h2>" if _said(card, "header") else ""
    below = f"<p>{_said(card, 'subheader')}</p>" if _said(card, "subheader") else ""
    return f"{picture}{head}{below}{button}"


def _link_button(card: Card) -> str:
    words = escape(_said(card, "buttonText"), quote=False)
    return f'<p><a href="{_attribute(card, "buttonUrl")}">{words}</a></p>'


def _call_to_action(card: Card) -> str:
    button = ""
    if card.get("showButton") and _said(card, "buttonUrl") and "#/portal" not in _said(card, "buttonUrl"):
        button = _link_button(card)
    picture = f'<img src="{_attribute(card, "imageUrl")}">' if _said(card, "imageUrl") else ""
    words = f"<p>{_said(card, 'sponsorLabel')}</p>" if card.get("hasSponsorLabel") else ""
    said = f"{words}{_said(card, 'textValue')}{button}"
    return f"{picture}{_kept(gettext('a call to action'))}{said}</div>"


def _code(card: Card) -> str:
    caption = _said(card, "caption")
    return f"<pre>{escape(_said(card, 'code'), quote=False)}</pre>" + (f"<p>{caption}</p>" if caption else "")


def _all_words(card: Card) -> str:
    found: list[str] = []

    def gather(value: Any, depth: int) -> None:
        if (
            isinstance(value, str)
            and not value.startswith(("http", "__GHOST_URL__", "#"))
            and " " in value.strip()
        ):
            found.append(f"<p>{value}</p>")
        elif isinstance(value, dict) and depth < 5:
            for part in value.values():
                gather(part, depth + 1)

    gather({name: value for name, value in card.items() if name not in {"type", "version", "children"}}, 0)
    return "".join(found)


CARDS: dict[str, Callable[[Card], str]] = {
    "image": _image,
    "gallery": _gallery,
    "bookmark": _bookmark,
    "embed": _embed,
    "html": lambda card: _said(card, "html"),
    "markdown": lambda card: markdown.html_of(_said(card, "markdown")),
    "codeblock": _code,
    "code": _code,
    "callout": _callout,
    "toggle": _toggle,
    "button": _button,
    "file": _file,
    "audio": _audio,
    "video": _video,
    "product": _product,
    "header": _header,
    "header-card": _header,
    "call-to-action": _call_to_action,
    "horizontalrule": lambda card: "<hr>",
    "hr": lambda card: "<hr>",
    "paywall": lambda card: '<div data-card="wall"></div>',
}


class Cards:
    """What the builder asks of each element; it gathers what is left out."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.left_out: list[str] = []

    def __call__(self, element: etree._Element) -> Iterable[Piece] | None:
        if why := element.get("data-left-out"):
            self.left_out.append(why)
            return []
        match element.get("data-card") or _rendered(element):
            case "wall":
                return [Wall()]
            case "pull-quote":
                words = " ".join("".join(str(part) for part in element.itertext()).split())
                return [PullQuote(words)] if words else []
            case "bookmark":
                return [
                    Related(
                        absolute(element.get("data-address", ""), self.base)
                        or element.get("data-address", ""),
                        element.get("data-title", ""),
                        element.get("data-words", ""),
                    )
                ]
            case "kept":
                return self._kept(element)
        return None

    def _kept(self, element: etree._Element) -> list[Piece]:
        what = element.get("data-what") or gettext("a card")
        for link in element.iter("a"):
            link.set("href", absolute(link.get("href", ""), self.base))
        pictures = [
            piece
            for piece in body_of(_markup(element), self.base).pieces
            if isinstance(piece, Shown | Gallery | Sound)
        ]
        if not "".join(str(part) for part in element.itertext()).strip():
            return list(pictures)
        return [Kept(_markup(element), what), *pictures]


def _rendered(element: etree._Element) -> str:
    """The card that an element of Ghost’s own HTML is, where only that was exported."""
    classes = (element.get("class") or "").split()
    if "kg-signup-card" in classes or "kg-email-cta-card" in classes:
        return ""
    if what := next((what for name, what in RENDERED.items() if name in classes), None):
        element.set("data-what", str(what))
        return "kept"
    return "pull-quote" if element.tag == "blockquote" and "kg-blockquote-alt" in classes else ""


def _markup(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def payload(raw: Any) -> Card:
    """The payload of a card of the older editor."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            return {}
    return raw if isinstance(raw, dict) else {}

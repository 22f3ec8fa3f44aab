"""WordPress: one or more export files, read twice: first for what articles need of one another."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.editorial.models import Publication
from broadsheet.importers.bodies.addresses import absolute, end_of, host_of
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.pieces import Body, Gallery, Piece, Shown, Sound
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Files
from broadsheet.importers.planning.places import slug_of
from broadsheet.importers.records import (
    Article,
    Author,
    Level,
    Note,
    NotReadable,
    Record,
    Remark,
    State,
    Subject,
    Wishes,
)
from broadsheet.importers.wordpress import markup
from broadsheet.importers.wordpress.about_itself import TAXONOMIES, AboutItself
from broadsheet.importers.wordpress.attachments import Attachment, Library, attachment_of, unserialized
from broadsheet.importers.wordpress.woocommerce import is_of_woocommerce, readers_in
from broadsheet.importers.wordpress.wxr import comments_of, is_cut, is_wxr, meta_of, parts_of, said, terms_of

STATES = {"publish": State.LIVE, "future": State.SCHEDULED}
LEFT_ALONE = {
    "trash": gettext_lazy("It lies in the trash there."),
    "auto-draft": gettext_lazy("It is an empty draft there."),
}
OF_THE_SYSTEM = {
    "attachment", "revision", "nav_menu_item", "wp_block", "guest-author", "custom_css",
    "customize_changeset",
    "oembed_cache", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation",
    "user_request", "wp_font_family", "wp_font_face",
}  # fmt: skip


class WordPressSource:
    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.files, self.wishes = files, wishes
        self.exports = [entry for entry in files.ending(".xml", ".wxr", ".rss") if is_wxr(entry)]
        self.tables = [entry for entry in files.ending(".csv") if is_of_woocommerce(entry)]
        if not self.exports and not self.tables:
            raise NotReadable(
                _("There is no export of WordPress in these files. In WordPress: Tools, Export, All content.")
            )
        self.site = wishes.site.rstrip("/")
        self.zone = Publication.load().zone
        self.library = Library()
        self.reused: dict[str, str] = {}
        self.shown_by: dict[str, list[str]] = defaultdict(list)
        """Number of a post → the addresses of its media, each of which had a page of its own there."""
        self.term_slugs: dict[str, str] = {}
        self.about_itself = AboutItself()
        self.guests: dict[str, Author] = {}
        self._look_ahead()
        host = host_of(self.site)
        bare = host.removeprefix("www.")
        self.hosts = frozenset(filter(None, {host, bare, f"www.{bare}" if bare else ""}))
        self.origin = f"wordpress:{bare or 'site'}"[:200]

    # --- The first time -------------------------------------------------------------------------------

    def _look_ahead(self) -> None:
        for entry in self.exports:
            for name, element in parts_of(entry):
                match name:
                    case "title" | "description":
                        self.about_itself.note(name, plain(element.text or ""))
                    case "link" | "wp:base_site_url" | "wp:base_blog_url":
                        if not self.site and (element.text or "").strip().startswith("http"):
                            self.site = (element.text or "").strip().rstrip("/")
                    case "wp:category" | "wp:tag" | "wp:term":
                        self._note_term(said(element))
                    case "item":
                        self._note_item(element)

    def _note_term(self, term: dict[str, str]) -> None:
        if (number := term.get("wp:term_id")) and (
            slug := term.get("wp:category_nicename") or term.get("wp:tag_slug") or term.get("wp:term_slug")
        ):
            self.term_slugs[number] = slug

    def _note_item(self, item: Any) -> None:
        kind = item.findtext("{*}post_type") or ""
        if kind not in {"attachment", "wp_block", "guest-author", "nav_menu_item"}:
            return
        about, meta = said(item), meta_of(item)
        number = about.get("wp:post_id", "")
        if kind == "attachment":
            if found := attachment_of(about, meta):
                self.library.add(number, replace(found, address=self._whole(found.address)))
            if (parent := about.get("wp:post_parent", "")) not in {"", "0"}:
                self.shown_by[parent] += self._addresses(about, "attachment_id")
        elif kind == "wp_block":
            self.reused[number] = about.get("content:encoded", "")
        elif kind == "nav_menu_item":
            self.about_itself.note_item(about, meta, terms_of(item))
        else:
            self._note_guest(about, meta)

    def _note_guest(self, about: dict[str, str], meta: dict[str, str]) -> None:
        key = (meta.get("cap-user_login") or about.get("wp:post_name", "")).removeprefix("cap-")
        if key:
            self.guests[key] = Author(
                key=key,
                name=meta.get("cap-display_name") or about.get("title", ""),
                slug=key if "@" not in key else "",
                biography=plain(meta.get("cap-description", "")),
            )

    # --- The second time --------------------------------------------------------------------------------

    def records(self) -> Iterator[Record]:
        self._authors: set[str] = set()
        self._subjects: set[str] = set()
        kinds: Counter[str] = Counter()
        comments = 0
        yield from self.about_itself.records(self.site, self.term_slugs)
        for author in self.guests.values():
            yield from self._author(author)
        for entry in self.exports:
            if is_cut(entry):
                words = _(
                    "This file ends in the middle: what stood behind that is not in it. Export it again."
                )
                yield Remark(about=entry.name, note=Note(Level.LEFT, words))
            for name, element in parts_of(entry):
                match name:
                    case "wp:author":
                        yield from self._author(self._author_in(said(element)))
                    case "wp:category" | "wp:tag" | "wp:term":
                        yield from self._term(name, said(element))
                    case "item":
                        about = said(element)
                        kind = about.get("wp:post_type") or "post"
                        comments += comments_of(element)
                        if kind in {"post", "page"} or kind in self.wishes.kinds:
                            yield from self._item(about, element, kind)
                        elif kind not in OF_THE_SYSTEM:
                            kinds[kind] += 1
        for kind, count in kinds.items():
            words = _(
                "%(count)d of the type “%(type)s” are left out. Name it under custom types to have them."
            ) % {"count": count, "type": kind}
            yield Remark(about=kind, note=Note(Level.LEFT, words))
        if comments:
            yield Remark(
                about=_("Comments"),
                note=Note(
                    Level.LEFT,
                    ngettext("%d comment stays behind.", "%d comments stay behind.", comments) % comments,
                ),
            )
        for table in self.tables:
            yield from readers_in(table)

    def _author(self, author: Author) -> Iterator[Author]:
        if author.key and author.key not in self._authors:
            self._authors.add(author.key)
            yield author

    def _author_in(self, about: dict[str, str]) -> Author:
        login = about.get("wp:author_login", "")
        names = (about.get("wp:author_first_name", ""), about.get("wp:author_last_name", ""))
        name = about.get("wp:author_display_name") or " ".join(names).strip() or login.partition("@")[0]
        slug = login if "@" not in login else ""
        old = [f"{self.site}/author/{slug_of(login)}/"] if slug else []
        if number := about.get("wp:author_id"):
            old.append(f"{self.site}/?author={number}")
        return Author(key=login, name=name, slug=slug_of(slug, name), old_addresses=tuple(old))

    def _term(self, name: str, term: dict[str, str]) -> Iterator[Subject]:
        taxonomy = {"wp:category": "category", "wp:tag": "post_tag"}.get(name) or term.get(
            "wp:term_taxonomy", ""
        )
        slug = term.get("wp:category_nicename") or term.get("wp:tag_slug") or term.get("wp:term_slug") or ""
        title = term.get("wp:cat_name") or term.get("wp:tag_name") or term.get("wp:term_name") or ""
        words = term.get("wp:category_description") or term.get("wp:tag_description") or ""
        yield from self._subject(taxonomy, slug, title, words, term.get("wp:term_id", ""))

    def _subject(
        self, taxonomy: str, slug: str, title: str, words: str = "", number: str = ""
    ) -> Iterator[Subject]:
        key = _key(taxonomy, slug, title)
        if (
            taxonomy in {"author", "nav_menu", "post_format", "wp_theme"}
            or key in self._subjects
            or not (slug or title)
        ):
            return
        self._subjects.add(key)
        base = TAXONOMIES.get(taxonomy, taxonomy)
        old = [f"{self.site}/{base}/{slug}/", f"{self.site}/?{base}={slug}"] if slug else []
        if taxonomy == "category":
            # By its number alone, as a site has it that wants no addresses in words.
            old = [*old[:1], *([f"{self.site}/?cat={number}"] if number else [])]
        yield Subject(
            key=key,
            name=title or slug,
            slug=slug,
            description=plain(words),
            may_be_section=taxonomy == "category" and slug != "uncategorized",
            old_addresses=tuple(old),
        )

    # --- Posts ---------------------------------------------------------------------------------------------

    def _item(self, about: dict[str, str], element: Any, kind: str) -> Iterator[Record]:
        status = about.get("wp:status", "publish")
        if status in LEFT_ALONE:
            yield Remark(about=about.get("title", ""), note=Note(Level.LEFT, str(LEFT_ALONE[status])))
            return
        terms, meta = terms_of(element), meta_of(element)
        for taxonomy, slug, title in terms:
            yield from self._subject(taxonomy, slug, title)
        authors = self._writers(about, terms)
        for key in authors:
            if key not in self._authors:
                named = next(
                    (title for taxonomy, slug, title in terms if taxonomy == "author" and _bare(slug) == key),
                    "",
                )
                yield from self._author(Author(key=key, name=named or key.partition("@")[0]))
        comments = comments_of(element)
        yield self._article(about, meta, terms, authors, kind, comments)

    def _writers(self, about: dict[str, str], terms: list[tuple[str, str, str]]) -> tuple[str, ...]:
        together = [_bare(slug or title) for taxonomy, slug, title in terms if taxonomy == "author"]
        creator = about.get("dc:creator", "")
        found = [key for key in together if key] or ([creator] if creator else [])
        return tuple(dict.fromkeys(found))

    def _article(
        self, about: dict[str, str], meta: dict[str, str], terms: list[tuple[str, str, str]],
        authors: tuple[str, ...], kind: str, comments: int,
    ) -> Article:  # fmt: skip
        link = self._whole(about.get("link", ""))
        number = about.get("wp:post_id", "")
        status = about.get("wp:status", "publish")
        lead = self.library.numbered(meta.get("_thumbnail_id", ""))
        published = self._moment(about, "wp:post_date_gmt", "wp:post_date") or moment_in(
            about.get("pubDate", ""), self.zone
        )
        notes = []
        if about.get("wp:post_password") or status == "private":
            notes.append(Note(Level.REPAIR, _("It was private or behind a password: here it is a draft.")))
            status = "draft"
        if comments:
            notes.append(
                Note(
                    Level.LEFT,
                    ngettext("%d comment stays behind.", "%d comments stay behind.", comments) % comments,
                )
            )
        old = self._addresses(about, "page_id" if kind == "page" else "p")
        return Article(
            key=number or about.get("guid") or link or about.get("title", ""),
            title=plain(about.get("title", "")),
            slug=about.get("wp:post_name") or unquote(end_of(link)),
            read_body=partial(self._body, about.get("content:encoded", ""), link, meta.get("enclosure", "")),
            standfirst=plain(about.get("excerpt:encoded", "")),
            authors=authors,
            subjects=self._ordered(terms, meta),
            published_at=published,
            updated_at=self._moment(about, "wp:post_modified_gmt", "wp:post_modified"),
            state=STATES.get(status, State.DRAFT),
            picture=lead.address if lead else "",
            picture_caption=lead.caption if lead else "",
            picture_alt=lead.alt if lead else "",
            picture_credit=lead.credit if lead else "",
            old_addresses=(*old, *self.shown_by.get(number, ())),
            seo_title=_untemplated(meta.get("_yoast_wpseo_title") or meta.get("rank_math_title", "")),
            seo_description=_untemplated(
                meta.get("_yoast_wpseo_metadesc") or meta.get("rank_math_description", "")
            ),
            is_page=kind == "page",
            kind_there=kind,
            notes=tuple(notes),
        )

    def _ordered(self, terms: list[tuple[str, str, str]], meta: dict[str, str]) -> tuple[str, ...]:
        """The keys of its subjects, that which Yoast calls primary first, then categories."""
        number = meta.get("_yoast_wpseo_primary_category") or meta.get("rank_math_primary_category", "")
        primary = _key("category", self.term_slugs.get(number, ""), "")
        keys = dict.fromkeys(
            _key(taxonomy, slug, title)
            for taxonomy, slug, title in terms
            if taxonomy not in {"author", "post_format"}
        )
        return tuple(sorted(keys, key=lambda key: (key != primary, not key.startswith("category:"))))

    def _moment(self, about: dict[str, str], in_utc: str, local: str) -> datetime | None:
        return moment_in(about.get(in_utc, ""), UTC) or moment_in(about.get(local, ""), self.zone)

    def _addresses(self, about: dict[str, str], by_number: str) -> list[str]:
        """Of an item: in words, where the site had them so, and by its number, which always answered."""
        link, number = self._whole(about.get("link", "")), about.get("wp:post_id", "")
        in_words = [link] if link and "?" not in link else []
        return [*in_words, f"{self.site}/?{by_number}={number}"] if number else in_words

    # --- Bodies --------------------------------------------------------------------------------------------

    def _body(self, content: str, link: str, enclosure: str) -> Body:
        html, left_out = markup.html_of(content, self._figure, self.reused)
        base = link or f"{self.site}/"
        body = body_of(html, base, markup.Blocks(base))
        body.pieces = [self._with_words(piece) for piece in body.pieces]
        body.left_out = left_out
        address = enclosure.partition("\n")[0].strip()
        if address.startswith("http") and not any(isinstance(piece, Sound) for piece in body.pieces):
            body.pieces.insert(0, Sound(address, _title_of(enclosure)))
        return body

    def _figure(self, number: str) -> str:
        found = self.library.numbered(number)
        return found.figure if found else ""

    def _with_words(self, piece: Piece) -> Piece:
        if isinstance(piece, Gallery):
            return replace(piece, pictures=tuple(self._described(shown) for shown in piece.pictures))
        return self._described(piece) if isinstance(piece, Shown) else piece

    def _described(self, shown: Shown) -> Shown:
        found: Attachment | None = self.library.at(shown.address)
        if found is None:
            return shown
        return replace(shown, alt=shown.alt or found.alt[:255], credit=shown.credit or found.credit)

    def _whole(self, address: str) -> str:
        return absolute(address, f"{self.site}/") if self.site else address


def _key(taxonomy: str, slug: str, title: str) -> str:
    return f"{taxonomy}:{slug_of(slug, title) or slug or title}"[:255]


def _bare(slug: str) -> str:
    return slug.removeprefix("cap-")


def _untemplated(words: str) -> str:
    """Not what only a plug-in can fill in: “%%title%% %%sep%% %%sitename%%”, “%title%”."""
    return "" if re.search(r"%\w+%", words) else words


def _title_of(enclosure: str) -> str:
    about = unserialized(enclosure.rpartition("\n")[2].strip())
    return str(about.get("title", ""))[:160] if isinstance(about, dict) else ""

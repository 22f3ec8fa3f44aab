"""Ghost 4 to 6: the JSON of its export, and the files that lie beside it.

https://docs.ghost.org/migration/ghost-cli/
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

from django.utils.translation import gettext as _

from broadsheet.importers.bodies.addresses import host_of, parts_of
from broadsheet.importers.bodies.credits import plain, with_credit
from broadsheet.importers.bodies.line import inline
from broadsheet.importers.bodies.pieces import Body
from broadsheet.importers.bodies.reading import body_of
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Entry, Files, whole
from broadsheet.importers.ghost import lexical, mobiledoc
from broadsheet.importers.ghost.addresses import About, Permalinks, redirects_in
from broadsheet.importers.ghost.cards import Cards
from broadsheet.importers.ghost.members import is_members, members_in
from broadsheet.importers.ghost.plans import plans_of
from broadsheet.importers.ghost.rows import Row, number, said
from broadsheet.importers.records import (
    Article,
    Author,
    Level,
    MenuLink,
    Newsletter,
    Note,
    NotReadable,
    Record,
    Remark,
    Site,
    State,
    Subject,
    Wishes,
)

SITE = "__GHOST_URL__"
STATES = {"published": State.LIVE, "sent": State.LIVE, "scheduled": State.SCHEDULED}
ACCESS = {"public": "free", "members": "metered", "paid": "subscribers", "tiers": "subscribers"}
PAGE_SIGNS = ("<!--members-only-->", "<!--kg-paywall-->")


class GhostSource:
    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.files, self.wishes = files, wishes
        self.data = self._data()
        self.site = self._site()
        host = host_of(self.site)
        self.hosts = frozenset(filter(None, {host, host.removeprefix("www."), f"www.{host}" if host else ""}))
        self.origin = f"ghost:{host or self._setting('title') or 'site'}"[:200]
        self.permalinks = Permalinks.of(files)

    # --- What the export holds ------------------------------------------------------------------------

    def _data(self) -> dict[str, list[Row]]:
        exports = [
            entry for entry in self.files.ending(".json") if "redirects" not in entry.name.rpartition("/")[2]
        ]
        members = [entry for entry in self.files.ending(".csv") if is_members(entry)]
        for entry in exports:
            if (found := _export_in(entry)) is not None:
                return found
        if members:
            return defaultdict(list)
        raise NotReadable(
            _(
                "There is no export of Ghost in these files. "
                "In Ghost: Settings, Import/Export, Export content."
            )
        )

    def _rows(self, table: str) -> list[Row]:
        rows = self.data.get(table)
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _setting(self, name: str) -> str:
        found = next((row.get("value") for row in self._rows("settings") if row.get("key") == name), "")
        return str(found or "")

    def _site(self) -> str:
        """An export of Ghost itself does not name its site."""
        if self.wishes.site:
            return self.wishes.site.rstrip("/")
        for post in self._rows("posts"):
            if (address := str(post.get("url") or "")).startswith("http"):
                parts = parts_of(address)
                return f"{parts.scheme}://{parts.netloc}"
        return ""

    @cached_property
    def _meta(self) -> dict[str, Row]:
        return {str(row.get("post_id")): row for row in self._rows("posts_meta")}

    def _joined(self, table: str, name: str) -> dict[str, list[str]]:
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in self._rows(table):
            found[str(row.get("post_id"))].append((number(row, "sort_order"), str(row.get(name))))
        return {post: [key for _order, key in sorted(keys)] for post, keys in found.items()}

    # --- Records ------------------------------------------------------------------------------------------

    def records(self) -> Iterator[Record]:
        yield from self._about_itself()
        yield from self._remarks()
        yield from self._authors()
        yield from self._subjects()
        yield from self._newsletters()
        yield from self._plans()
        yield from self._articles()
        for entry in self.files.ending(".csv"):
            if is_members(entry):
                keys = tuple(row.key for row in self._newsletters() if row.is_active)
                yield from members_in(entry, keys)
        yield from self.permalinks.remarks()
        yield from redirects_in(self.files)

    def _about_itself(self) -> Iterator[Site]:
        if name := " ".join(self._setting("title").split()):
            yield Site(
                name=name,
                motto=" ".join(self._setting("description").split()),
                main=self._menu("navigation"),
                # Where all of Ghost’s own themes show it.
                footer=self._menu("secondary_navigation"),
            )

    def _menu(self, setting: str) -> tuple[MenuLink, ...]:
        try:
            items = json.loads(self._setting(setting) or "[]")
        except ValueError:
            return ()
        rows = [row for row in items if isinstance(row, dict)] if isinstance(items, list) else []
        return tuple(
            MenuLink(label=said(row, "label").lstrip("- "), address=self._address(said(row, "url")))
            for row in rows
            if said(row, "url").strip("/") not in {"", SITE, self.site}
        )

    def _remarks(self) -> Iterator[Remark]:
        def left(about: str, words: str) -> Remark:
            return Remark(note=Note(Level.LEFT, words), about=about)

        if any(row.get("password") for row in self._rows("users")):
            yield left(
                _("Staff"), _("Accounts and password hashes are not taken over. Invite your staff here.")
            )
        if any(
            str(row.get("value") or "") and said(row, "key").endswith(("_key", "_secret", "_token"))
            for row in self._rows("settings")
        ):
            yield left(_("Settings"), _("Keys and secrets are not taken over."))
        if self._setting("codeinjection_head") or self._setting("codeinjection_foot"):
            yield left(
                _("Settings"), _("Injected code is not taken over: pages here run no scripts of others.")
            )
        if self._rows("snippets"):
            yield left(_("Snippets"), _("They have no counterpart here."))

    def _authors(self) -> Iterator[Author]:
        for row in self._rows("users"):
            yield Author(
                key=str(row.get("id")),
                name=said(row, "name"),
                slug=said(row, "slug"),
                biography=said(row, "bio"),
                picture=self._address(said(row, "profile_image")),
                old_addresses=(self._page(self.permalinks.author.replace("{slug}", said(row, "slug"))),),
            )

    def _subjects(self) -> Iterator[Subject]:
        primary = {next(iter(keys), "") for keys in self._joined("posts_tags", "tag_id").values()}
        for row in self._rows("tags"):
            if self._is_internal(row):
                continue
            yield Subject(
                key=str(row.get("id")),
                name=said(row, "name"),
                slug=said(row, "slug"),
                description=said(row, "description"),
                may_be_section=str(row.get("id")) in primary,
                old_addresses=(self._page(self.permalinks.tag.replace("{slug}", said(row, "slug"))),),
            )

    def _is_internal(self, row: Row) -> bool:
        return row.get("visibility") == "internal" or said(row, "name").startswith("#")

    def _newsletters(self) -> Iterator[Newsletter]:
        for row in self._rows("newsletters"):
            yield Newsletter(
                key=str(row.get("id")),
                name=said(row, "name"),
                slug=said(row, "slug"),
                description=said(row, "description"),
                is_active=row.get("status", "active") == "active",
            )

    def _plans(self) -> Iterator[Record]:
        tables = ("products", "benefits", "products_benefits", "offers")
        return plans_of(*map(self._rows, tables))

    def _articles(self) -> Iterator[Article]:
        authors, tags = self._joined("posts_authors", "author_id"), self._joined("posts_tags", "tag_id")
        hidden = {str(row.get("id")) for row in self._rows("tags") if self._is_internal(row)}
        slugs = {str(row.get("id")): said(row, "slug") for row in [*self._rows("tags"), *self._rows("users")]}
        for row in self._rows("posts"):
            key = str(row.get("id"))
            subjects = [tag for tag in tags.get(key, []) if tag not in hidden]
            written_by = authors.get(key) or ([str(row["author_id"])] if row.get("author_id") else [])
            yield self._article(row, key, written_by, subjects, slugs)

    def _article(
        self, row: Row, key: str, authors: list[str], subjects: list[str], slugs: dict[str, str]
    ) -> Article:
        meta = self._meta.get(key, {}) | {}
        is_page = row.get("type") == "page" or row.get("page") == 1
        published = _moment(row.get("published_at")) or _moment(row.get("created_at"))
        about = About(
            tags=[slugs.get(key, "") for key in subjects],
            authors=[slugs.get(key, "") for key in authors],
            is_featured=bool(row.get("featured")),
        )
        slug = said(row, "slug")
        old = f"/{slug}/" if is_page else self.permalinks.of_post(row, published, about)
        caption, credit = with_credit(inline(said(meta, "feature_image_caption"), self._page(old)))
        notes = []
        if said(row, "codeinjection_head") or said(row, "codeinjection_foot"):
            notes.append(
                Note(Level.LEFT, _("Injected code is not taken over: pages here run no scripts of others."))
            )
        if row.get("visibility") == "tiers" or str(row.get("visibility", "")).startswith("status:"):
            notes.append(
                Note(Level.MAPPED, _("It was for some tiers alone; here it is for all subscribers."))
            )
        if meta.get("email_only") or row.get("status") == "sent":
            notes.append(Note(Level.MAPPED, _("It was sent by mail alone; here it stands on the page.")))
        return Article(
            key=key,
            title=said(row, "title"),
            slug=slug,
            read_body=partial(self._body, row, self._page(old)),
            standfirst=said(row, "custom_excerpt"),
            authors=tuple(authors),
            subjects=tuple(subjects),
            published_at=published if row.get("status") != "draft" else None,
            updated_at=_moment(row.get("updated_at")),
            state=STATES.get(str(row.get("status")), State.DRAFT),
            access=ACCESS.get(str(row.get("visibility")), "subscribers" if row.get("visibility") else ""),
            picture=self._address(said(row, "feature_image")),
            picture_caption=plain(caption),
            picture_credit=credit,
            picture_alt=said(meta, "feature_image_alt"),
            old_addresses=(self._page(old),),
            seo_title=said(meta, "meta_title"),
            seo_description=said(meta, "meta_description"),
            is_page=is_page,
            notes=tuple(notes),
        )

    # --- Bodies --------------------------------------------------------------------------------------------

    def _body(self, row: Row, page: str) -> Body:
        cards = Cards(page)
        markup, trouble = self._markup(row)
        for sign in PAGE_SIGNS:
            markup = markup.replace(sign, '<div data-card="wall"></div>')
        body = body_of(markup.replace(SITE, self.site), page, cards)
        body.left_out = [*trouble, *cards.left_out]
        return body

    def _markup(self, row: Row) -> tuple[str, list[str]]:
        trouble: list[str] = []
        for name, read in (("lexical", lexical.html_of), ("mobiledoc", mobiledoc.html_of)):
            if document := row.get(name):
                try:
                    return read(document), trouble
                except (ValueError, RecursionError):
                    trouble.append(_("its %s document is damaged, so that its HTML was taken") % name)
        return said(row, "html"), trouble

    def _address(self, address: str) -> str:
        return address.replace(SITE, self.site)

    def _page(self, path: str) -> str:
        return f"{self.site}{path}"


def _export_in(entry: Entry) -> dict[str, list[Row]] | None:
    try:
        parsed = json.loads(whole(entry).decode("utf-8-sig"))
    except (ValueError, UnicodeDecodeError):
        return None
    match parsed:
        case {"db": [{"data": dict(data)}, *_]} | {"data": dict(data)}:
            return data
    return None


def _moment(value: Any) -> datetime | None:
    """Ghost writes UTC; in some older exports as milliseconds."""
    if isinstance(value, int | float):
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return moment_in(str(value or ""), UTC)

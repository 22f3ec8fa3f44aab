"""An edition as WordPress takes it in: an export file (WXR), and the media beside it.

https://github.com/WordPress/wordpress-importer
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.html import escape
from lxml import etree

from broadsheet.editorial.models import Author, Picture, StandingPage
from broadsheet.importers.exporting.archive import Archive
from broadsheet.importers.exporting.magazine import Magazine, Piece, redirects
from broadsheet.importers.exporting.members import HEADINGS, members
from broadsheet.importers.exporting.names import file_name
from broadsheet.importers.exporting.pieces import Places, body_of
from broadsheet.importers.wordpress.blocks import content_of
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.processes.progress import Advance

NAMES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
UPLOADS = "wp-content/uploads"
ATTACHMENTS_FROM = 1_000_000_000
"""WordPress numbers pages and media together; ours begin where no page of ours is."""


def write(archive: Archive, magazine: Magazine, advance: Advance, *, with_readers: bool) -> None:
    writer = _Writer(magazine, advance)
    with archive.writing("wordpress.xml") as file, etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("rss", {"version": "2.0"}, nsmap=NAMES), xml.element("channel"):
            for element in writer.elements():
                xml.write(element)
    for picture in writer.pictures.values():
        archive.add_file(f"{UPLOADS}/{file_name(picture)}", picture.file)
    for sound in writer.sounds.values():
        archive.add_file(f"{UPLOADS}/{file_name(sound)}", sound.file)
    rows = ((redirect.old_path, redirect.link) for redirect in redirects())
    archive.add_table("redirects.csv", ("source", "target"), rows)
    if with_readers:
        archive.add_table("readers.csv", HEADINGS, (member.row for member in members(magazine.tag)))


class _Writer:
    def __init__(self, magazine: Magazine, advance: Advance) -> None:
        self.magazine, self.advance = magazine, advance
        self.pictures: dict[int, Picture] = {}
        self.sounds: dict[int, Any] = {}
        self.places = Places(self._picture, self._sound)

    def elements(self) -> Iterator[Any]:
        edition = self.magazine.edition
        yield _element("title", edition.full_name)
        yield _element("link", absolute(edition.url or "/"))
        yield _element("description", self.magazine.publication.description)
        yield _element("language", edition.language_tag)
        yield _element("wp:wxr_version", "1.2")
        yield _element("wp:base_site_url", absolute(""))
        yield _element("wp:base_blog_url", absolute(""))
        for author in self.magazine.authors:
            yield self._author(author)
        for section in self.magazine.sections:
            yield _whole("wp:category", {
                "wp:term_id": section.pk,
                "wp:category_nicename": section.slug,
                "wp:category_parent": "",
                "wp:cat_name": section.title,
                "wp:category_description": section.description,
            })  # fmt: skip
        for topic in self.magazine.topics:
            yield _whole("wp:tag", {
                "wp:term_id": ATTACHMENTS_FROM + topic.pk,
                "wp:tag_slug": topic.slug,
                "wp:tag_name": topic.name,
                "wp:tag_description": topic.description,
            })  # fmt: skip
        for piece in self.magazine.pieces():
            yield self._post(piece)
            self.advance(1)
        for page in self.magazine.pages():
            yield self._page(page)
        for picture in self.pictures.values():
            yield self._attachment(picture)

    def _author(self, author: Author) -> Any:
        return _whole("wp:author", {
            "wp:author_id": author.pk,
            "wp:author_login": author.slug,
            # WordPress asks for one each. It is nobody's: no letter to it arrives.
            "wp:author_email": f"{author.slug}@authors.invalid",
            "wp:author_display_name": author.name,
            "wp:author_first_name": "",
            "wp:author_last_name": "",
        })  # fmt: skip

    # --- Items --------------------------------------------------------------------------------------------

    def _post(self, piece: Piece) -> Any:
        article = piece.article
        status = "publish" if article.live else "future" if piece.scheduled_for else "draft"
        logins = [author.slug for author in article.authors]
        item = _whole("item", {
            "title": escape(article.title),
            "link": absolute(article.url or "/"),
            "dc:creator": logins[0] if logins else "",
            "content:encoded": content_of(body_of(article, self.places).pieces),
            "excerpt:encoded": escape(article.standfirst),
            "wp:post_id": article.pk,
            **self._dates(piece.published_at, article.last_published_at),
            "wp:comment_status": "closed",
            "wp:post_name": article.slug,
            "wp:status": status,
            "wp:post_type": "post",
        })  # fmt: skip
        _term(item, "category", piece.section.slug, piece.section.title)
        for topic in article.topics.all():
            _term(item, "post_tag", topic.slug, topic.name)
        for author in article.authors:
            # As Co-Authors Plus has them: WordPress itself knows one author alone.
            _term(item, "author", f"cap-{author.slug}", author.name)
        if article.picture:
            self._picture(article.picture)
            _meta(item, "_thumbnail_id", ATTACHMENTS_FROM + article.picture.pk)
        _meta(item, "_yoast_wpseo_primary_category", piece.section.pk)
        _meta(item, "_yoast_wpseo_title", article.seo_title)
        _meta(item, "_yoast_wpseo_metadesc", article.search_description)
        _meta(item, "broadsheet_access", piece.access)
        return item

    def _page(self, page: StandingPage) -> Any:
        return _whole("item", {
            "title": escape(page.title),
            "link": absolute(page.url or "/"),
            "content:encoded": content_of(body_of(page, self.places).pieces),
            "excerpt:encoded": escape(page.standfirst),
            "wp:post_id": page.pk,
            **self._dates(page.first_published_at, page.last_published_at),
            "wp:comment_status": "closed",
            "wp:post_name": page.slug,
            "wp:status": "publish" if page.live else "draft",
            "wp:post_type": "page",
        })  # fmt: skip

    def _attachment(self, picture: Picture) -> Any:
        address = self._picture(picture)
        item = _whole("item", {
            "title": picture.title,
            "link": address,
            "excerpt:encoded": escape(picture.caption),
            "wp:post_id": ATTACHMENTS_FROM + picture.pk,
            **self._dates(picture.created_at, picture.created_at),
            "wp:status": "inherit",
            "wp:post_type": "attachment",
            "wp:attachment_url": address,
        })  # fmt: skip
        _meta(item, "_wp_attachment_image_alt", picture.description)
        _meta(item, "_media_credit", picture.credit)
        return item

    def _dates(self, published: datetime | None, updated: datetime | None) -> dict[str, str]:
        zone = self.magazine.publication.zone
        found = {}
        for name, at in (("date", published), ("modified", updated or published or clock.now())):
            found[f"wp:post_{name}"] = at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else NEVER
            found[f"wp:post_{name}_gmt"] = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else NEVER
        return found

    def _picture(self, picture: Picture) -> str:
        self.pictures[picture.pk] = picture
        return absolute(f"/{UPLOADS}/{file_name(picture)}")

    def _sound(self, sound: Any) -> str:
        self.sounds[sound.pk] = sound
        return absolute(f"/{UPLOADS}/{file_name(sound)}")


NEVER = "0000-00-00 00:00:00"


def _element(name: str, words: object = "", **attributes: str) -> Any:
    prefix, _colon, local = name.rpartition(":")
    element = etree.Element(f"{{{NAMES[prefix]}}}{local}" if prefix else local, attributes, nsmap=NAMES)
    element.text = without_forbidden(str(words))
    return element


def _whole(name: str, parts: dict[str, object]) -> Any:
    element = _element(name)
    element.extend([_element(part, words) for part, words in parts.items()])
    return element


def _term(item: Any, taxonomy: str, slug: str, words: str) -> None:
    item.append(_element("category", words, domain=taxonomy, nicename=slug))


def _meta(item: Any, key: str, value: object) -> None:
    if value:
        item.append(_whole("wp:postmeta", {"wp:meta_key": key, "wp:meta_value": value}))

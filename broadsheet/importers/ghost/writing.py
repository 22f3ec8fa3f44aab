"""An edition as Ghost takes it in: one JSON file, the images and media folders, members and redirects.

https://docs.ghost.org/migration/custom
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import yaml
from django.utils.html import escape

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Author, Picture, StandingPage
from broadsheet.importers.exporting.archive import Archive, said
from broadsheet.importers.exporting.magazine import Magazine, Piece, redirects
from broadsheet.importers.exporting.markup import html_of
from broadsheet.importers.exporting.members import Member, members
from broadsheet.importers.exporting.names import file_name, unlike
from broadsheet.importers.exporting.pieces import Places, body_of
from broadsheet.importers.ghost.documents import document_of
from broadsheet.platform import clock
from broadsheet.platform.processes.progress import Advance

SITE = "__GHOST_URL__"
VERSION = "6.0.0"
VISIBILITY = {Access.FREE: "public", Access.METERED: "members", Access.SUBSCRIBERS: "paid"}
MEMBERS = ("email", "name", "note", "subscribed_to_emails", "complimentary_plan", "stripe_customer_id",
           "created_at", "labels", "tiers")  # fmt: skip

type Row = dict[str, Any]


def write(archive: Archive, magazine: Magazine, advance: Advance, *, with_readers: bool) -> None:
    _Writer(archive, magazine, advance).write(with_readers=with_readers)


class _Writer:
    def __init__(self, archive: Archive, magazine: Magazine, advance: Advance) -> None:
        self.archive, self.magazine, self.advance = archive, magazine, advance
        self.pictures: dict[int, Picture] = {}
        self.sounds: dict[int, Any] = {}
        self.places = Places(self._picture, self._sound)
        # Ghost knows tags alone: a topic that is called as a section is needs a slug of its own.
        taken = {section.slug for section in magazine.sections}
        self.topic_slugs = {topic.pk: unlike(topic.slug, taken) for topic in magazine.topics}

    def write(self, *, with_readers: bool) -> None:
        with self.archive.writing("ghost.json") as file:
            for part in self._document():
                file.write(part.encode())
        for picture in self.pictures.values():
            self.archive.add_file(f"content/images/{file_name(picture)}", picture.file)
        for sound in self.sounds.values():
            self.archive.add_file(f"content/media/{file_name(sound)}", sound.file)
        self._redirects()
        if with_readers:
            self.archive.add_table("members.csv", MEMBERS, map(_member, members(self.magazine.tag)))

    def _document(self) -> Iterator[str]:
        """Table after table, the posts one by one, so that memory stays flat."""
        about = {"exported_on": int(clock.now().timestamp() * 1000), "version": VERSION}
        yield f'{{"db":[{{"meta":{said(about)},"data":{{'
        joins: dict[str, list[Row]] = {"posts_tags": [], "posts_authors": [], "posts_meta": []}
        yield '"posts":['
        for number, row in enumerate(self._posts(joins)):
            yield f"{',' if number else ''}{said(row)}\n"
        yield "]"
        tables = {
            "users": [self._user(author) for author in self.magazine.authors],
            "tags": list(self._tags()),
            "settings": list(self._settings()),
            **joins,
        }
        for name, rows in tables.items():
            yield f',"{name}":{said(rows)}\n'
        yield "}}]}"

    # --- Posts and pages -------------------------------------------------------------------------------

    def _posts(self, joins: dict[str, list[Row]]) -> Iterator[Row]:
        for piece in self.magazine.pieces():
            yield self._post(piece)
            self._join(piece, joins)
            self.advance(1)
        for page in self.magazine.pages():
            yield self._page(page)

    def _post(self, piece: Piece) -> Row:
        article = piece.article
        body = body_of(article, self.places).pieces
        status = "published" if article.live else "scheduled" if piece.scheduled_for else "draft"
        return _dated(article.first_published_at, article.last_published_at) | {
            "id": _id("post", article.pk),
            "uuid": str(article.uuid),
            "title": article.title,
            "slug": article.slug,
            "lexical": document_of(body),
            "html": html_of(body),
            "custom_excerpt": article.standfirst or None,
            "feature_image": self._picture(article.picture) if article.picture else None,
            "status": status,
            "type": "post",
            "visibility": VISIBILITY[Access(piece.access)],
            "published_at": _moment(piece.published_at),
            "featured": 0,
        }

    def _page(self, page: StandingPage) -> Row:
        body = body_of(page, self.places).pieces
        return _dated(page.first_published_at, page.last_published_at) | {
            "id": _id("post", page.pk),
            "title": page.title,
            "slug": page.slug,
            "lexical": document_of(body),
            "html": html_of(body),
            "custom_excerpt": page.standfirst or None,
            "status": "published" if page.live else "draft",
            "type": "page",
            "visibility": "public",
            "published_at": _moment(page.first_published_at),
        }

    def _join(self, piece: Piece, joins: dict[str, list[Row]]) -> None:
        article, post = piece.article, _id("post", piece.article.pk)
        tags = [_id("section", piece.section.pk), *(_id("topic", topic.pk) for topic in article.topics.all())]
        joins["posts_tags"] += (
            {"post_id": post, "tag_id": tag, "sort_order": order} for order, tag in enumerate(tags)
        )
        joins["posts_authors"] += (
            {"post_id": post, "author_id": _id("author", author.pk), "sort_order": order}
            for order, author in enumerate(article.authors)
        )
        joins["posts_meta"].append(_meta(article) | {"post_id": post})

    # --- What they name --------------------------------------------------------------------------------

    def _user(self, author: Author) -> Row:
        return {
            "id": _id("author", author.pk),
            "name": author.name,
            "slug": author.slug,
            # Ghost asks for one each. It is nobody's: no letter to it arrives.
            "email": f"{author.slug}@authors.invalid",
            "bio": author.biography or None,
            "profile_image": self._picture(author.picture) if author.picture else None,
        }

    def _tags(self) -> Iterator[Row]:
        for section in self.magazine.sections:
            yield _tag("section", section.pk, section.title, section.slug, section.description)
        for topic in self.magazine.topics:
            yield _tag("topic", topic.pk, topic.name, self.topic_slugs[topic.pk], topic.description)

    def _settings(self) -> Iterator[Row]:
        publication, edition = self.magazine.publication, self.magazine.edition
        for key, value in (
            ("title", edition.full_name),
            ("description", publication.description),
            ("timezone", publication.time_zone),
            ("locale", edition.language_tag),
        ):
            yield {"id": _id("setting", sum(key.encode())), "key": key, "value": value}

    def _redirects(self) -> None:
        found: dict[int, dict[str, str]] = {301: {}, 302: {}}
        for redirect in redirects():
            found[301 if redirect.is_permanent else 302][redirect.old_path] = redirect.link
        self.archive.add("redirects.yaml", yaml.safe_dump(found, allow_unicode=True))

    # --- Files ------------------------------------------------------------------------------------------

    def _picture(self, picture: Picture) -> str:
        self.pictures[picture.pk] = picture
        return f"{SITE}/content/images/{file_name(picture)}"

    def _sound(self, sound: Any) -> str:
        self.sounds[sound.pk] = sound
        return f"{SITE}/content/media/{file_name(sound)}"


def _meta(article: Article) -> Row:
    picture = article.picture
    caption = str(escape(article.caption))
    if picture and picture.credit:
        caption = f"{caption} (Photo: {escape(picture.credit)})".strip()
    return {
        "feature_image_alt": picture.description if picture else None,
        "feature_image_caption": caption or None,
        "meta_title": article.seo_title or None,
        "meta_description": article.search_description or None,
    }


def _tag(kind: str, number: int, name: str, slug: str, description: str) -> Row:
    return {
        "id": _id(kind, number),
        "name": name,
        "slug": slug,
        "description": description or None,
        "visibility": "public",
    }


def _dated(created: datetime | None, updated: datetime | None) -> Row:
    return {"created_at": _moment(created or clock.now()), "updated_at": _moment(updated or clock.now())}


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


KINDS = ("post", "author", "section", "topic", "setting")


def _id(kind: str, number: int) -> str:
    """As long as Ghost's are, and the same in each export."""
    return f"{KINDS.index(kind) + 1:08x}{number:016x}"


def _member(member: Member) -> tuple[object, ...]:
    return (
        member.address,
        member.name,
        member.note,
        "true" if member.gets_newsletters else "false",
        "true" if member.is_complimentary else "false",
        member.stripe_customer,
        _moment(member.since) or "",
        ",".join(member.labels),
        member.plan,
    )

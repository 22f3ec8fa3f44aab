"""beehiiv: its export of posts as a CSV, with the HTML of each letter, and its lists of subscribers.

https://www.beehiiv.com/support/article/13091918395799
"""

from collections.abc import Iterator
from datetime import UTC
from functools import partial

from django.utils.translation import gettext as _

from broadsheet.importers.beehiiv.letters import body_of_letter
from broadsheet.importers.bodies.addresses import end_of, host_of, parts_of
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.dates import moment_in
from broadsheet.importers.files import Files
from broadsheet.importers.lists.tables import is_list, readers_in
from broadsheet.importers.planning.places import slug_of
from broadsheet.importers.records import (
    Article,
    Level,
    Note,
    NotReadable,
    Record,
    State,
    Subject,
    Wishes,
)
from broadsheet.importers.tables import Line, headings_of, lines_of
from broadsheet.platform import clock

SIGNS = {"web_title", "content_html"}
PUBLIC = {"confirmed", "published"}
ACCESS = {
    "free": "free",
    "all free subscribers": "free",
    "both": "metered",
    "premium": "subscribers",
    "all premium subscribers": "subscribers",
}
MEDIA = "https://media.beehiiv.com/cdn-cgi/image/quality=100"


class BeehiivSource:
    def __init__(self, files: Files, wishes: Wishes) -> None:
        self.wishes = wishes
        tables = [
            (entry, {heading.strip().lower() for heading in headings_of(entry)})
            for entry in files.ending(".csv")
        ]
        self.posts = [entry for entry, headings in tables if headings >= SIGNS]
        self.lists = [entry for entry, _headings in tables if is_list(entry)]
        if not self.posts and not self.lists:
            raise NotReadable(
                _(
                    "There is no export of beehiiv in these files. In beehiiv: Settings, Export data, "
                    "for posts and for subscribers."
                )
            )
        self.site = wishes.site.rstrip("/") or self._site()
        host = host_of(self.site)
        self.hosts = frozenset({host} - {""})
        self.origin = f"beehiiv:{host or 'site'}"[:200]

    def _site(self) -> str:
        for entry in self.posts:
            for line in lines_of(entry):
                if (parts := parts_of(line.get("url"))).hostname:
                    return f"{parts.scheme}://{parts.netloc}"
        return ""

    def records(self) -> Iterator[Record]:
        known: set[str] = set()
        for posts in self.posts:
            for line in lines_of(posts):
                for name in _tags(line):
                    if (key := _key(name)) not in known:
                        known.add(key)
                        yield Subject(key=key, name=name, slug=slug_of(name))
                yield self._article(line)
        for readers in self.lists:
            yield from readers_in(readers, self.wishes)

    def _article(self, line: Line) -> Article:
        address = line.get("url")
        title, subtitle = plain(line.get("web_title")), plain(line.get("web_subtitle"))
        slug = end_of(address)
        at = moment_in(line.get("publish_date", "published_at", "created_at"), UTC)
        is_public = line.get("status").lower() in PUBLIC
        state = State.DRAFT
        if is_public:
            state = State.SCHEDULED if at and at > clock.now() else State.LIVE
        notes = []
        if line.get("status").lower() == "archived":
            notes.append(Note(Level.REPAIR, _("It was archived there: here it is a draft.")))
        base = address or f"{self.site}/"
        return Article(
            key=line.get("id") or address or title,
            title=title,
            slug=slug,
            read_body=partial(body_of_letter, line.get("content_html"), base, title, subtitle),
            standfirst=subtitle,
            subjects=tuple(map(_key, _tags(line))),
            published_at=at if is_public else None,
            state=state,
            access=ACCESS.get(line.get("audience", "web_audiences").lower(), ""),
            picture=_picture(line.get("thumbnail_url")),
            old_addresses=(address,) if address else (),
            notes=tuple(notes),
        )


def _tags(line: Line) -> list[str]:
    names = (" ".join(name.split()) for name in line.get("content_tags").split(";"))
    return list(dict.fromkeys(filter(None, names)))


def _key(tag: str) -> str:
    return f"tag:{slug_of(tag) or tag}"[:255]


def _picture(address: str) -> str:
    return f"{MEDIA}/{address.lstrip('/')}" if address.lstrip("/").startswith("uploads/") else address

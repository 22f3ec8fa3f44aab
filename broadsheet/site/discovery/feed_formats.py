"""How a feed is written: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1.

Django's writers leave out several authors, a picture's credit, and JSON.
"""

import json
from datetime import UTC, datetime
from typing import IO, Any
from xml.sax.xmlreader import AttributesImpl

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import linebreaks
from django.utils.xmlutils import SimplerXMLGenerator

from broadsheet.platform.characters import without_forbidden

# A feed without articles has never changed: with the present moment its bytes would never be the same.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

type Item = dict[str, Any]


class Steady(SyndicationFeed):
    content_type: str

    def writeString(self, encoding: str) -> str:
        self.feed, self.items = without_forbidden(self.feed), without_forbidden(self.items)
        return super().writeString(encoding)

    def latest_post_date(self) -> datetime:
        dates = [date for item in self.items for date in (item["updateddate"], item["pubdate"]) if date]
        return max(dates, default=NEVER)


class Rss(Steady, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def add_item_elements(self, handler: SimplerXMLGenerator, item: Item) -> None:
        # Its readers take a description for HTML.
        super().add_item_elements(
            handler, item | {"description": linebreaks(item["description"], autoescape=True)}
        )
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author["name"])
        if image := item["image"]:
            handler.startElement("media:content", AttributesImpl({"url": image["url"], "medium": "image"}))
            handler.addQuickElement("media:credit", image["credit"])
            handler.addQuickElement("media:description", image["alt"], {"type": "plain"})
            handler.endElement("media:content")


class Atom(Steady, Atom1Feed):
    def add_item_elements(self, handler: SimplerXMLGenerator, item: Item) -> None:
        # Django declares every summary as HTML.
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        for author in item["authors"]:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", author["name"])
            handler.addQuickElement("uri", author["url"])
            handler.endElement("author")


class Json(Steady):
    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: IO[str], encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"], "url": self.feed["author_link"]}],
            "items": [self._written(item) for item in self.items],
        }
        json.dump(
            {key: value for key, value in feed.items() if value is not None}, outfile, ensure_ascii=False
        )

    def _written(self, item: Item) -> Item:
        written = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_text": item["description"] or item["title"],
            "date_published": item["pubdate"].isoformat(),
            "authors": item["authors"],
            "tags": list(item["categories"]),
        }
        if item["updateddate"]:
            written["date_modified"] = item["updateddate"].isoformat()
        if image := item["image"]:
            written["image"] = image["url"]
            written["_image"] = {"credit": image["credit"], "alt": image["alt"]}
        return written


FORMATS: dict[str, type[Steady]] = {"rss.xml": Rss, "atom.xml": Atom, "feed.json": Json}

"""A podcast: RSS 2.0 with what podcast apps want besides.

https://help.apple.com/itc/podcasts_connect/#/itcb54353390
"""

from xml.sax.xmlreader import AttributesImpl

from django.utils.xmlutils import SimplerXMLGenerator

from broadsheet.site.discovery.feed_formats import Item, Rss


class Podcast(Rss):
    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {"xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd"}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("itunes:author", self.feed["author_name"])
        handler.addQuickElement("itunes:type", "episodic")
        handler.addQuickElement("itunes:explicit", "false")
        handler.addQuickElement("itunes:category", attrs={"text": "News"})
        if self.feed["icon"]:
            handler.addQuickElement("itunes:image", attrs={"href": self.feed["icon"]})
        if self.feed["is_private"]:
            # It shall stand in no directory.
            handler.addQuickElement("itunes:block", "Yes")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: Item) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("itunes:duration", str(item["seconds"]))
        handler.addQuickElement("itunes:explicit", "false")
        if byline := ", ".join(author["name"] for author in item["authors"]):
            handler.addQuickElement("itunes:author", byline)
        if item["image"]:
            handler.startElement("itunes:image", AttributesImpl({"href": item["image"]["url"]}))
            handler.endElement("itunes:image")

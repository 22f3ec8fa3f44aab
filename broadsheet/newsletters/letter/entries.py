"""What is in an issue, in order."""

from django.utils.functional import cached_property

from broadsheet.editorial.models import Article, Picture, attach_sections
from broadsheet.newsletters.models import Issue, Item
from broadsheet.platform.http.addresses import absolute


class Entry:
    """An item, as its issue shows it: in the editor's words, without anything of the article's text."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.is_lead = item.is_lead
        self.source = item.source_name if item.url else ""

    @cached_property
    def article(self) -> Article | None:
        """As it was pinned, while it is in print."""
        article = self.item.article
        if article is None or not article.live:
            return None
        return self.item.revision.as_object() if self.item.revision else article

    @property
    def is_shown(self) -> bool:
        return bool(self.article or self.item.url)

    @property
    def address(self) -> str:
        """Absolute, without anything that counts."""
        return article_address(self.article) if self.article else self.item.url

    @property
    def kicker(self) -> str:
        return (self.article.kicker or self.article.section.title) if self.article else ""

    @property
    def headline(self) -> str:
        return self.item.headline or (self.article.headline if self.article else self.item.url)

    @property
    def standfirst(self) -> str:
        return self.item.standfirst or (self.article.standfirst if self.article else "")

    @property
    def picture(self) -> Picture | None:
        picture: Picture | None = self.item.picture or (self.article.picture if self.article else None)
        return picture


def entries_of(issue: Issue) -> list[Entry]:
    needed = ("article__picture", "article__locale", "picture", "revision", "issue__newsletter")
    items = issue.items.filter(is_dropped=False).select_related(*needed).order_by("position")
    entries = [entry for item in items if (entry := Entry(item)).is_shown]
    attach_sections(entry.article for entry in entries if entry.article)
    return entries


def article_address(article: Article) -> str:
    parts = article.get_url_parts()
    return absolute(parts[2] if parts and parts[2] else "/")

"""What pages are made of, by the names under which it is invalidated. Plain Python."""

from uuid import UUID

ADDRESSES = "addresses"
"""Of answers that say that there is no such page, or that it is elsewhere."""
RULES = "rules"
"""What the front decides by."""


def article_tag(uuid: UUID) -> str:
    """Of an article in whatever edition."""
    return f"article:{uuid.hex}"


def weekly_tag(edition: str) -> str:
    """Of all that shows weekly issues of an edition, by its language tag."""
    return f"weekly:{edition}"


def lists_tag(edition: str) -> str:
    """Of all that lists articles of an edition, by its language tag: fronts, feeds, archive, sitemaps."""
    return f"lists:{edition}"

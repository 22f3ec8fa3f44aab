"""Wagtail loads this: everything of the desk that registers itself is imported here."""

from broadsheet.desk import (  # noqa: F401 (imported for what they register)
    articles,
    authors,
    decisions,
    gates,
    home,
    opens,
    pictures,
    post,
    preview_links,
    readers,
    sharing,
    wall,
)

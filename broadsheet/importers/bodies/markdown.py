"""Markdown of other systems as HTML, which is read like any other."""

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

_reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)


def html_of(markdown: str) -> str:
    return str(_reader.render(markdown))

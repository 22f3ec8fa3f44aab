"""Wagtail loads this: everything of the desk that registers itself is imported here."""

# Imported for what they register.
# ruff: noqa: F401
from broadsheet.desk import contact, fields, identity, letters, mail, newsletters, weekly
from broadsheet.desk.home import page
from broadsheet.desk.newsroom import (
    articles,
    audio,
    authors,
    galleries,
    gates,
    live,
    picture_library,
    pictures,
    preview_links,
    sharing,
    staff_bar,
    writing,
)
from broadsheet.desk.newsroom.evidence import choosing, dead_sources, merging, voices
from broadsheet.desk.paywall import decisions, opens, wall
from broadsheet.desk.printed import menu
from broadsheet.desk.readers import readers

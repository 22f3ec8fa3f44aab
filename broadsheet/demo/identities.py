"""How The Meridian looks: as it comes, and the British edition in a colour of its own."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from broadsheet.demo.people import STAFF
from broadsheet.editorial.models import Edition, Section
from broadsheet.identity.choices import Masthead
from broadsheet.identity.models import Identity, Menus
from broadsheet.people.models import Person

MARK = settings.ROOT / "broadsheet/platform/static/platform/favicon.svg"
ABOUT = (
    "The Meridian is made by a small newsroom in Port Ellery and London. It shows its sources, corrects"
    " itself in the open, and belongs to its readers."
)
type Block = dict[str, Any]

LINKS = "https://social.example/@meridian\nhttps://bsky.app/profile/meridian.example"


def make_identities(editions: dict[str, Edition], now: datetime) -> None:
    by = Person.objects.filter(email=STAFF[0][0]).first()
    earlier = Identity.like(None, by, None)
    earlier.accent, earlier.motto = "#1f4e79", "The week, in short"
    _apply(earlier, by, now - timedelta(days=400))
    today = Identity.like(None, by, None)
    today.motto, today.about, today.links = "The week, from both sides of the line", ABOUT, LINKS
    _apply(today, by, now - timedelta(days=200))
    british = Identity.like(today, by, editions["uk"].locale)
    british.accent, british.masthead = "#1d4f63", Masthead.LEFT
    _apply(british, by, now - timedelta(days=120))


def _apply(identity: Identity, by: Person | None, at: datetime) -> None:
    identity.take_icon(MARK.read_bytes())
    identity.apply(by)
    Identity.objects.filter(pk=identity.pk).update(applied_at=at, changed_at=at)


def make_menus(editions: dict[str, Edition]) -> None:
    for edition in editions.values():
        sections = {section.slug: section for section in Section.objects.child_of(edition)}
        main: list[Block] = []
        if edition == editions["uk"]:
            within = [_page(sections[slug]) for slug in ("culture", "ideas")]
            group = {"type": "group", "value": {"label": "Culture and ideas", "links": within}}
            first = [_page(sections[slug]) for slug in ("world", "politics", "business", "science")]
            main = [*first, group, _page(sections["good-news"])]
        second = [_place("newsletters"), _place("gift")]
        Menus.objects.create(edition=edition.locale, main=json.dumps(main), secondary=json.dumps(second))


def _place(key: str) -> Block:
    return {"type": "place", "value": {"place": key, "label": ""}}


def _page(section: Section) -> Block:
    return {"type": "page", "value": {"page": section.pk, "label": ""}}

"""Menus: what editors make of them, what stands there without any, and what disappears."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from broadsheet.editorial.models import Edition, Topic
from broadsheet.identity.destinations import destinations
from broadsheet.identity.menus.blocks import FLAT, NESTED, AddressBlock
from broadsheet.identity.menus.shown import main_menu
from broadsheet.identity.models import Menus
from broadsheet.platform.models import Invalidation
from tests.magazine import Magazine
from tests.weekly.issues import make_issue

type Block = dict[str, Any]


def to_page(page: Any, label: str = "") -> Block:
    return {"type": "page", "value": {"page": page.pk, "label": label}}


def to_address(address: str, label: str) -> Block:
    return {"type": "address", "value": {"address": address, "label": label}}


def group(label: str, *links: Block) -> Block:
    return {"type": "group", "value": {"label": label, "links": list(links)}}


def menus(edition: Edition, **streams: list[Block]) -> Menus:
    row, _new = Menus.objects.get_or_create(edition=edition.locale)
    for name, blocks in streams.items():
        setattr(row, name, json.dumps(blocks))
    row.full_clean()
    row.save()
    return Menus.objects.get(pk=row.pk)


def links_in(client: Client, selector: str, path: str = "/") -> list[tuple[str, str, str]]:
    soup = BeautifulSoup(client.get(path).text, "html.parser")
    found = soup.select(f"{selector} a")
    return [(one.get_text(strip=True), str(one["href"]), str(one.get("aria-current", ""))) for one in found]


def test_without_a_menu_the_sections_stand_there(client: Client, magazine: Magazine) -> None:
    found = links_in(client, ".sections", "/world/")
    assert found[0] == ("World", "/world/", "page")
    assert [one[0] for one in found] == [section.title for section in magazine.us.sections]
    assert links_in(client, ".sections", "/world/harbour/")[0] == ("World", "/world/", "true")
    assert links_in(client, ".menu-sections", "/world/") == found


def test_a_menu_leads_anywhere_in_its_order(client: Client, magazine: Magazine) -> None:
    topic = Topic.objects.get(slug="oceans")
    menus(
        magazine.us,
        main=[
            to_address("https://shop.example/", "Shop"),
            to_page(magazine.section("world"), "The world"),
            to_page(magazine.free),
            {"type": "topic", "value": {"topic": topic.pk, "label": ""}},
            {"type": "place", "value": {"place": "plans", "label": ""}},
            {"type": "place", "value": {"place": "rss", "label": "Feed"}},
        ],
        secondary=[{"type": "place", "value": {"place": "newsletters", "label": ""}}],
    )
    assert links_in(client, ".sections", "/topics/oceans/") == [
        ("Shop", "https://shop.example/", ""),
        ("The world", "/world/", ""),
        (magazine.free.title, magazine.free.url, ""),
        (topic.name, "/topics/oceans/", "page"),
        ("Plans and prices", "/subscribe/", ""),
        ("Feed", "/feed/rss.xml", ""),
    ]
    assert links_in(client, ".menu-second") == [("Newsletters", "/newsletters/", "")]
    # The other edition has its own.
    assert links_in(client, ".sections", "/uk/")[0][1].startswith("/uk/")


def test_groups_stand_one_level_deep(client: Client, magazine: Magazine) -> None:
    world = magazine.section("world")
    menus(magazine.us, main=[group("News", to_page(world), to_address("/about/", "About"))])
    soup = BeautifulSoup(client.get("/world/").text, "html.parser")
    summary = soup.select_one(".sections summary")
    assert summary is not None
    assert (summary.get_text(strip=True), summary["aria-current"]) == ("News", "true")
    assert [one.get_text(strip=True) for one in soup.select(".sections .group a")] == ["World", "About"]
    assert "identity/css/menus.css" in client.get("/world/").text
    assert "group" not in NESTED.child_blocks["group"].child_blocks["links"].child_blocks
    assert "group" not in FLAT.child_blocks


def test_what_is_withdrawn_disappears(client: Client, magazine: Magazine) -> None:
    swifts, world = magazine.free, magazine.section("world")
    menus(magazine.us, main=[to_page(world), to_page(swifts)], footer=[group("Read", to_page(swifts))])
    assert len(links_in(client, ".sections")) == 2
    before = Invalidation.objects.filter(tag="all").count()
    swifts.unpublish()
    assert [one[0] for one in links_in(client, ".sections")] == ["World"]
    assert Invalidation.objects.filter(tag="all").count() > before
    # The group is empty, so that what stands there without one does again.
    footer = BeautifulSoup(client.get("/").text, "html.parser").select(".colophon h2")
    assert [one.get_text(strip=True) for one in footer][:1] == ["Sections"]


def test_the_footer_has_columns_and_what_the_law_asks_for(client: Client, magazine: Magazine) -> None:
    about = magazine.us.standing_pages[0]
    menus(magazine.us, footer=[group("Read us", to_address("/archive/", "All of it")), to_page(about)])
    soup = BeautifulSoup(client.get("/").text, "html.parser")
    heads = [one.get_text(strip=True) for one in soup.select(".colophon h2")]
    assert heads == ["Read us", "The Meridian", "More"]
    assert soup.select_one(f'.colophon a[href="{reverse("cancel_subscription")}"]')


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", "shop", "/a b"],
)
def test_an_address_that_could_do_harm_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        AddressBlock(max_length=300).clean(address)


def test_every_destination_has_an_address_in_every_edition(client: Client, magazine: Magazine) -> None:
    keys = [key for key, _label in destinations()]
    assert {"front", "search", "newsletters", "plans", "account", "archive", "rss"} <= set(keys)
    blocks = [{"type": "place", "value": {"place": key, "label": ""}} for key in keys]
    menus(magazine.uk, main=blocks)
    assert len(links_in(client, ".sections", "/uk/")) == len(keys) - 2  # it has no letters and no issues
    uk = magazine.uk
    uk.takes_letters = True
    uk.save()
    issue = make_issue(magazine, edition="en-gb")
    issue.add(magazine.article("harbour", "uk"))
    issue.publish()
    found = links_in(client, ".sections", "/uk/")
    assert len(found) == len(keys)
    for _label, address, _current in found:
        assert client.get(address).status_code in {200, 302}


@pytest.mark.django_db(transaction=True)
def test_menus_cost_no_query_however_long(
    magazine: Magazine, django_assert_num_queries: Callable[..., Any]
) -> None:
    for length in (2, 12):
        menus(magazine.us, main=[to_page(magazine.section("world"))] * length)
        edition = magazine.us
        assert len(main_menu(edition)) == length
        with django_assert_num_queries(0):
            main_menu(edition)


def test_a_label_is_text(client: Client, magazine: Magazine) -> None:
    menus(magazine.us, main=[to_address("/about/", '<b>"x"</b>')])
    page = client.get("/").text
    assert "<b>" not in re.sub(r"<body.*?<main", "", page, flags=re.DOTALL)
    assert "&lt;b&gt;" in page

"""An article is heard by whoever may read it: with a script and without, and in a podcast app."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Page, expect

from broadsheet.demo.people import SUBSCRIBER
from broadsheet.editorial.models import Article, Narration, Voice
from broadsheet.editorial.narration.files import read_upload
from tests.editorial.narration.made import mp3
from tests.journeys.conftest import Piece, sign_in

FREE = "/good-news/the-last-lump/"
PLACES = [[0, "The headline."], [12.5, "The standfirst, which says more."], [30, "What came next …"]]


def heard(page: Page, path: str) -> None:
    """A minute of silence for the article at `path`, with three passages, once readers are shown it."""
    shown = Article.objects.get(url_path__endswith=path, locale__language_code=settings.LANGUAGE_CODE)
    article = Article.objects.get(pk=shown.alias_of_id or shown.pk)
    with transaction.atomic():
        found: Narration = Narration.objects.upload(
            article, read_upload(mp3(2500)), Voice.SYNTHETIC, "", None
        )
        found.places = PLACES
        found.save()
    for _ in range(40):
        # Its public page says that there is one.
        if 'id="listen"' in page.request.get(path).text():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{path} is still shown without its sound")


def position(page: Page) -> float:
    return float(page.locator("audio").evaluate("sound => sound.currentTime"))


def width_beyond(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_whoever_opens_an_article_sets_the_speed_and_goes_to_a_paragraph(
    page: Page, pieces: list[Piece], axe: Callable[..., None]
) -> None:
    heard(page, pieces[-1].path)
    page.goto(pieces[-1].path)
    # The answer to the reader's post brings it.
    player = page.locator("broadsheet-listen")
    expect(player.locator("audio")).to_be_visible()
    expect(player).to_contain_text("Read by a synthetic voice.")
    player.get_by_label("Speed").select_option("1.5")
    assert page.locator("audio").evaluate("sound => sound.playbackRate") == 1.5
    place = player.get_by_label("Go to")
    place.select_option("What came next …")
    expect(page.locator("audio")).to_have_js_property("paused", False)
    expect(page.locator("audio")).not_to_have_js_property("readyState", 0)
    assert position(page) >= 30
    page.locator("audio").evaluate("sound => sound.pause()")
    assert page.locator("audio").evaluate("sound => sound.playbackRate") == 1.5
    page.locator("audio").evaluate("sound => { sound.currentTime = 15; }")
    expect(place).to_have_value("12.50")
    assert position(page) == pytest.approx(15, abs=1)
    axe(page)
    assert width_beyond(page) <= 0


def test_without_script_it_is_the_browsers_own_player(rows: None, no_script: Page) -> None:
    heard(no_script, FREE)
    no_script.goto(FREE)
    expect(no_script.locator("audio")).to_be_visible()
    expect(no_script.locator(".listen select")).to_have_count(0)
    expect(no_script.get_by_text("Listen, 1 minute.")).to_be_visible()


def test_a_subscriber_gets_a_podcast_and_replaces_its_address(
    rows: None, page: Page, axe: Callable[..., None]
) -> None:
    heard(page, FREE)
    sign_in(page, SUBSCRIBER[0])
    page.goto("/account/")
    section = page.locator("#podcast")
    section.get_by_role("button", name=re.compile("Get (my|a new) address")).click()
    field = page.get_by_label("Address of your podcast")
    first = field.input_value()
    axe(page)
    assert width_beyond(page) <= 0
    feed = page.request.get(first)
    channel = ET.fromstring(feed.body()).find("channel")  # noqa: S314 (our own)
    sound = channel.find("item/enclosure").attrib["url"]
    part = page.request.get(sound, headers={"Range": "bytes=0-99"})
    assert (part.status, len(part.body())) == (206, 100)
    page.locator("#podcast").get_by_role("button", name="Get a new address").click()
    expect(page.get_by_text("Your podcast has a new address.")).to_be_visible()
    assert field.input_value() != first
    assert page.request.get(first).status == page.request.get(sound).status == 410

"""A reader follows a topic, with script and without, and chooses to get it by mail."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from broadsheet.demo.people import PASSWORD, SUBSCRIBER
from tests.journeys.conftest import COLOURS, NARROWEST, sign_in

TOPIC, AUTHOR = "/topics/energy/", "/authors/priya-raghunathan/"
FOLLOWING = "/account/following/"


def test_a_stranger_without_script_follows_by_signing_in(no_script: Page) -> None:
    no_script.goto(TOPIC)
    no_script.get_by_role("button", name=re.compile("^Follow .*Energy")).click()
    expect(no_script).to_have_url(re.compile(r"/account/sign-in/"))
    no_script.get_by_text("Use a password").click()
    form = no_script.locator("details", has_text="Use a password")
    form.get_by_label("E-mail address").fill(SUBSCRIBER[0])
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    expect(no_script.get_by_text("You follow this topic.")).to_be_visible()
    no_script.get_by_role("link", name="What you follow").click()
    expect(no_script.get_by_role("main").get_by_role("link", name="Energy", exact=True)).to_be_visible()
    no_script.get_by_role("button", name=re.compile("^Stop following.*Energy")).click()
    expect(no_script.get_by_role("main").get_by_role("link", name="Energy", exact=True)).to_have_count(0)


def test_a_reader_follows_in_place_and_finds_it_again(page: Page, axe: Callable[..., None]) -> None:
    sign_in(page, SUBSCRIBER[0])
    for address, name in ((TOPIC, "Energy"), (AUTHOR, "Priya Raghunathan")):
        page.goto(address)
        button = page.locator("form.follow button")
        expect(button).to_have_text(f"Follow: {name}")
        button.click()
        expect(button).to_have_text(f"Following: {name}")
        expect(button).to_have_attribute("aria-pressed", "true")
        axe(page)
        page.reload()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(FOLLOWING)
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page, COLOURS)
    page.emulate_media(color_scheme="light")
    size = page.viewport_size
    page.set_viewport_size(NARROWEST)
    page.wait_for_timeout(200)  # it is laid out anew
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert size
    page.set_viewport_size(size)
    page.get_by_label("Every Saturday").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Every Saturday")).to_be_checked()
    page.get_by_label("Never").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Never")).to_be_checked()
    for name in ("Energy", "Priya Raghunathan"):
        page.get_by_role("button", name=re.compile(f"^Stop following.*{name}")).click()
        expect(page.get_by_role("button", name=re.compile(f"^Stop following.*{name}"))).to_have_count(0)


def test_the_end_of_an_article_offers_its_topics_and_its_authors(
    page: Page, axe: Callable[..., None]
) -> None:
    page.goto("/world/assad-in-moscow/")
    expect(page.get_by_role("button", name=re.compile("^Follow ")).first).to_be_attached()
    assert page.locator(".article-end .authors form.follow").count() >= 1
    assert page.locator(".article-end .topics form.follow").count() >= 1
    axe(page, within=".article-end")

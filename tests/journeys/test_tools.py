"""What a reader does with an article: share it, set its type, print it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

ARTICLE = "/world/assad-in-moscow/"


def text_size(page: Page) -> float:
    size = page.locator(".prose p").first.evaluate("text => getComputedStyle(text).fontSize")
    return float(str(size).removesuffix("px"))


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_text_and_colors_are_set_by_keyboard_and_remembered_on_all_pages(
    page: Page, axe: Callable[..., None]
) -> None:
    page.goto(ARTICLE)
    usual, light = text_size(page), background(page)
    display = page.get_by_text("Display", exact=True)
    display.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Larger").check()
    page.get_by_label("Dark").check()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Larger")).to_be_hidden()
    expect(display).to_be_focused()
    assert text_size(page) > usual * 1.2
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto("/")
    assert background(page) != light
    page.goto(ARTICLE)
    assert text_size(page) > usual * 1.2
    page.get_by_text("Display", exact=True).click()
    expect(page.get_by_label("Larger")).to_be_checked()
    page.get_by_label("Normal").check()
    page.get_by_label("As this device").check()
    assert (text_size(page), background(page)) == (usual, light)


def test_a_link_to_the_article_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{ARTICLE}?utm_source=somewhere")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_attached()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(ARTICLE)


def test_nothing_is_offered_that_would_not_work_without_script(no_script: Page) -> None:
    no_script.goto(ARTICLE)
    expect(no_script.get_by_role("heading", level=1)).to_be_visible()
    expect(no_script.locator("broadsheet-tools").get_by_role("button")).to_have_text(["Save"])
    expect(no_script.get_by_text("-minute read")).to_be_visible()

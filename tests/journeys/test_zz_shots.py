import pytest
from tests.journeys.conftest import sign_in

OUT = "/tmp/w/index/shots"


def test_shots(open_window):
    for name, size in (("d", {"width": 1440, "height": 1000}), ("p", {"width": 360, "height": 760})):
        for scheme in ("light", "dark"):
            page = open_window(viewport=size, color_scheme=scheme)
            for a in (
                "/authors/",
                "/topics/",
                "/feeds/",
                "/help/",
                "/archive/",
                "/topics/energy/",
                "/authors/lucia-ferran/",
            ):
                if scheme == "dark" and a not in ("/authors/", "/archive/", "/feeds/"):
                    continue
                page.goto(a)
                page.screenshot(
                    path=f"{OUT}/{name}-{scheme}-{a.strip('/').replace('/', '_')}.png", full_page=True
                )
            page.goto("/archive/")
            page.get_by_role("main").get_by_role("link", name="2026", exact=True).click()
            page.wait_for_load_state()
            page.screenshot(path=f"{OUT}/{name}-{scheme}-year.png", full_page=True)
            page.locator(".calendar-name a").last.click()
            page.wait_for_load_state()
            page.screenshot(path=f"{OUT}/{name}-{scheme}-month.png")
            if scheme == "light":
                page.goto("/world/assad-in-moscow/")
                page.locator(".article-end").screenshot(path=f"{OUT}/{name}-end.png")
                sign_in(page, "reader@meridian.example")
                page.goto("/account/following/")
                page.screenshot(path=f"{OUT}/{name}-following.png", full_page=True)
                page.goto("/follow/topic/climate")
                page.screenshot(path=f"{OUT}/{name}-follow.png")

"""What the README shows, taken by `bin/pictures`. In a test run it proves that the pictures can be taken."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

SIZE = {"width": 1280, "height": 800}
BLANK = 5_000
"""A blank page has fewer bytes than this."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = Path(os.environ.get("PICTURES", tmp_path))
    found.mkdir(parents=True, exist_ok=True)
    return found


def take(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.resize((960, 600), Image.Resampling.LANCZOS).save(path, "WEBP", quality=80, method=6)


def test_the_front_page(open_window: Callable[..., Page], folder: Path) -> None:
    page = open_window(viewport=SIZE, color_scheme="light")
    page.goto("/")
    take(page, folder / "front.webp")

    assert (folder / "front.webp").stat().st_size > BLANK


def test_the_wall(open_window: Callable[..., Page], folder: Path) -> None:
    page = open_window(viewport=SIZE, color_scheme="light")
    with page.expect_response("**/read/*"):
        page.goto("/science/the-long-call-home/")
    page.goto("/world/assad-in-moscow/")
    page.locator(".wall").wait_for()
    page.locator(".wall").evaluate("wall => scrollTo(0, wall.getBoundingClientRect().top + scrollY - 260)")
    take(page, folder / "wall.webp")

    assert (folder / "wall.webp").stat().st_size > BLANK

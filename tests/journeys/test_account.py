"""What an account needs a browser for."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.people.conftest import code_in
from tests.post import LetterBox

DEVICE_WITH_FINGERPRINT = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_reader_registers_adds_a_passkey_and_signs_in_with_it(
    page: Page, axe: Callable[[Page], None], smtp: LetterBox
) -> None:
    width = (page.viewport_size or {}).get("width")
    nina = f"nina-{width}@reader.example"  # the other size's Nina has a passkey already
    page.goto("/account/sign-in/")
    axe(page)
    page.get_by_label("E-mail address").first.fill(nina)
    page.get_by_role("button", name="E-mail me a code").click()
    axe(page)
    page.get_by_label("Code").fill(code_in(smtp.await_message(nina)))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    axe(page)

    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE_WITH_FINGERPRINT})
    page.get_by_role("link", name="Add a passkey").click()
    axe(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    axe(page)

    page.goto("/account/sign-out/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto("/account/sign-in/")
    page.get_by_text("Use a passkey").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()

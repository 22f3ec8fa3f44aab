"""From the wall to the till and back into the open article; gifts, donations, and what promotions show."""

import re
from collections.abc import Callable
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from broadsheet.billing.models import Payment
from broadsheet.editorial.models import Article
from broadsheet.editorial.templatetags.editorial_tags import place_for_promotion
from broadsheet.membership.models import Entitlement, Gift
from broadsheet.paywall.access import ruling
from broadsheet.people.models import Person
from tests.journeys.conftest import NARROWEST, PHONE, Piece, forget_limits
from tests.journeys.test_wall import code_in, meet_the_wall
from tests.post import LetterBox

numbers = count(1)


@pytest.fixture(autouse=True)
def _fresh_limits(rows: None) -> None:
    """All buyers sit at one address here, which may not ask for that many codes."""
    forget_limits()


@pytest.fixture
def email() -> str:
    """Of somebody whom the magazine has never seen."""
    return f"buyer-{next(numbers)}@reader.example"


def give_address(page: Page, email: str, smtp: LetterBox) -> None:
    """Registers on the page of an order, and comes back to it."""
    page.get_by_label("Your e-mail address", exact=True).fill(email)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    page.get_by_label("Code").fill(code_for(email, smtp))
    page.get_by_role("button", name="Sign in").click()


def code_for(email: str, smtp: LetterBox) -> str:
    """Of the letter with a code, beside which a gift may have arrived."""
    for number in (1, 2):
        smtp.await_message(email, number)
        with_codes = [letter for letter in smtp.to(email) if "code" in letter["Subject"]]
        if with_codes:
            return code_in(with_codes[-1])
    raise AssertionError(f"no code for {email}")


def pay(page: Page, answer: str = "Accept") -> None:
    expect(page.get_by_text("No money moves.")).to_be_visible()
    page.get_by_role("button", name=answer, exact=True).click()


def buy_from_the_wall(
    page: Page, piece: Piece, email: str, smtp: LetterBox, look: Callable[[Page], None]
) -> None:
    wall = page.locator(".wall")
    expect(wall.get_by_text("$1 for 6 weeks")).to_be_visible()
    expect(wall.get_by_text("Then $40 a year, until you cancel.")).to_be_visible()
    wall.get_by_role("link", name="Subscribe").click()
    look(page)
    give_address(page, email, smtp)
    expect(page.get_by_text("it renews at $40 a year, until you cancel.")).to_be_visible()
    look(page)
    page.get_by_label("Your name").fill("Ada Brandt")
    page.get_by_role("button", name="Subscribe and pay $1.00").click()
    look(page)
    pay(page)
    expect(page).to_have_url(re.compile(re.escape(piece.path) + "$"))
    expect(page.get_by_text("Thank you, and welcome.")).to_be_visible()
    look(page)
    expect(page.get_by_text(piece.withheld)).to_be_visible()
    expect(page.locator(".wall, .promotion")).to_have_count(0)


def test_a_stranger_buys_at_the_wall_and_lands_in_the_open_article(
    page: Page, pieces: list[Piece], email: str, smtp: LetterBox, axe: Callable[[Page], None]
) -> None:
    piece = meet_the_wall(page, pieces)
    axe(page)
    buy_from_the_wall(page, piece, email, smtp, axe)
    assert Payment.objects.get(invoice__person__email=email).amount == 100


def test_the_same_without_javascript(
    no_script: Page, pieces: list[Piece], email: str, smtp: LetterBox
) -> None:
    page, (first, second) = no_script, pieces[:2]
    for piece in (first, second):
        page.goto(piece.path)
        page.get_by_role("button", name="Continue reading").click()
    buy_from_the_wall(page, second, email, smtp, lambda page: None)


def test_declined_at_first_then_confirmed_and_paid_once(
    page: Page, email: str, smtp: LetterBox, rows: None, axe: Callable[[Page], None]
) -> None:
    page.goto("/subscribe/")
    page.get_by_role("link", name="Subscribe to Digital, Monthly").click()
    give_address(page, email, smtp)
    page.get_by_label("Your name").fill("Ada Brandt")
    page.get_by_role("button", name="Subscribe and pay $4.50").click()
    pay(page, "Decline")
    expect(page.get_by_role("heading", name="Your payment did not go through")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Try again").click()
    pay(page, "Ask for confirmation")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Yes, it is me").click()
    expect(page.get_by_role("heading", name="Thank you, and welcome")).to_be_visible()
    page.go_back()
    page.goto("/subscribe/")
    expect(page.get_by_role("heading", name="You are a subscriber")).to_be_visible()
    assert Payment.objects.filter(invoice__person__email=email).count() == 1


def test_by_invoice_one_reads_at_once(
    page: Page, pieces: list[Piece], email: str, smtp: LetterBox, axe: Callable[[Page], None]
) -> None:
    page.goto("/uk/subscribe/")
    page.get_by_role("link", name="Subscribe to Supporter, Yearly").click()
    give_address(page, email, smtp)
    page.get_by_label("Your name").fill("Ada Brandt")
    page.get_by_label("Bank transfer, on an invoice").check()
    page.get_by_text("Buying for a company").click()
    page.get_by_label("Company", exact=True).fill("Brandt Ltd")
    page.get_by_role("button", name="Subscribe and pay £90.00").click()
    expect(page.get_by_text("Enter the company’s address for its invoice.")).to_be_visible()
    axe(page)
    page.get_by_label("Company address").fill("1 Quay Road\nHarbour Town")
    page.get_by_role("button", name="Subscribe and pay £90.00").click()
    expect(page.get_by_text(re.compile("Please transfer £90.00 by"))).to_be_visible()
    axe(page)
    invoice = page.get_by_role("link", name=re.compile("as PDF")).get_attribute("href")
    assert page.request.get(str(invoice)).body().startswith(b"%PDF-")
    for piece in pieces[:3]:
        page.goto(piece.path)
        expect(page.get_by_text(piece.withheld)).to_be_visible()


def test_a_gift_is_bought_for_somebody_who_unwraps_it(
    open_window: Callable[..., Page],
    pieces: list[Piece],
    email: str,
    smtp: LetterBox,
    axe: Callable[[Page], None],
) -> None:
    giver, taker = open_window(), open_window(viewport=PHONE)
    theirs = f"lotte-of-{email}"
    giver.goto("/gift/")
    giver.get_by_role("link", name="Give Digital for a year").click()
    axe(giver)
    give_address(giver, email, smtp)
    giver.get_by_label("Their name").fill("Lotte")
    giver.get_by_label("Their e-mail address").fill(theirs)
    giver.get_by_label("A message from you").fill("For the long winter.")
    giver.get_by_label("Your name").fill("Bruno Keller")
    axe(giver)
    giver.get_by_role("button", name="Buy this gift and pay $40.00").click()
    pay(giver)
    expect(giver.get_by_role("heading", name="Your gift is ready")).to_be_visible()
    axe(giver)
    code = giver.locator(".gift-code").inner_text().strip()

    taker.goto("/redeem/")
    axe(taker)
    taker.get_by_label("Code").fill(code.lower().replace("-", " "))
    taker.get_by_role("button", name="Continue").click()
    expect(taker.get_by_text("Bruno Keller has given you a year of Digital")).to_be_visible()
    axe(taker)
    give_address(taker, theirs, smtp)
    axe(taker)
    taker.get_by_role("button", name="Redeem the gift").click()
    expect(
        taker.get_by_text(re.compile("The gift is yours. You can read without limit until"))
    ).to_be_visible()
    assert Entitlement.objects.entitle(Person.objects.get(email=theirs))
    for piece in pieces[:2]:
        taker.goto(piece.path)
        expect(taker.get_by_text(piece.withheld)).to_be_visible()
    assert Gift.objects.get(code=code).redeemed_by.email == theirs


def test_a_donation_of_ones_own_amount(
    page: Page, email: str, smtp: LetterBox, rows: None, axe: Callable[[Page], None]
) -> None:
    page.goto("/donate/")
    field = page.get_by_label("Another amount once, in USD")
    field.fill("much")
    page.get_by_role("button", name="Give once").click()
    expect(page.get_by_text("Enter an amount such as 12 or 12.50.")).to_be_visible()
    expect(field).to_have_value("much")
    axe(page)
    field.fill("12,50")
    page.get_by_role("button", name="Give once").click()
    axe(page)
    give_address(page, email, smtp)
    page.get_by_label("Your name").fill("Winifred Achebe")
    axe(page)
    page.get_by_role("button", name="Give $12.50").click()
    pay(page)
    expect(page.get_by_text("$12.50 for Reporting fund is a real help.")).to_be_visible()
    axe(page)


def reach(page: Page, target: Locator) -> None:
    """By the tabulator key alone."""
    for __ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} can’t be reached")


def test_all_of_it_by_the_keyboard_alone(desktop: Page, email: str, smtp: LetterBox, rows: None) -> None:
    page, keyboard = desktop, desktop.keyboard
    page.goto("/subscribe/")
    reach(page, page.get_by_role("link", name="Subscribe to Digital, Yearly"))
    keyboard.press("Enter")
    reach(page, page.get_by_label("Your e-mail address", exact=True))
    keyboard.type(email)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    expect(page.locator("[autocomplete=one-time-code]")).to_be_focused()
    keyboard.type(code_in(smtp.await_message(email)))
    keyboard.press("Enter")
    name = page.get_by_label("Your name")
    expect(name).to_be_visible()
    reach(page, name)
    keyboard.type("Ada Brandt")
    reach(page, page.get_by_role("button", name="Subscribe and pay $1.00"))
    keyboard.press("Enter")
    accept = page.get_by_role("button", name="Accept", exact=True)
    expect(accept).to_be_visible()
    reach(page, accept)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you, and welcome")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, NARROWEST, {"width": 1440, "height": 900}])
def test_the_pages_that_sell_are_readable_by_all(
    open_window: Callable[..., Page], rows: None, axe: Callable[..., None], scheme: str, viewport: object
) -> None:
    page = open_window(viewport=viewport, color_scheme=scheme)
    for path in (
        "/subscribe/",
        "/subscribe/?offer=SUMMER",
        "/uk/subscribe/?offer=FRIENDS-UK",
        "/gift/",
        "/redeem/?code=AAAA-AAAA-AAAA",
        "/donate/",
    ):
        page.goto(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def promoted() -> Article:
    """A free article of the American edition that is long enough for a promotion."""
    live = Article.objects.live().filter(locale__language_code="en-us")
    return next(a for a in live if ruling(a).access == "free" and place_for_promotion(a.parts.rest))


def test_a_promotion_shows_the_offer_once_it_is_seen_and_leads_back(desktop: Page, rows: None) -> None:
    article = promoted()
    desktop.goto(article.get_url())
    promotion = desktop.locator("broadsheet-offer")
    promotion.scroll_into_view_if_needed()
    expect(promotion.get_by_text("$1 for 6 weeks")).to_be_visible()
    expect(promotion.get_by_text("Then $40 a year, until you cancel.")).to_be_visible()
    promotion.get_by_role("link", name="Subscribe").click()
    expect(desktop).to_have_url(re.compile("offer=SIXWEEKS"))
    assert parse_qs(urlsplit(desktop.url).query)["next"] == [article.get_url()]


def test_without_javascript_it_leads_to_where_the_prices_are(no_script: Page, rows: None) -> None:
    no_script.goto(promoted().get_url())
    promotion = no_script.locator("broadsheet-offer")
    expect(promotion).not_to_contain_text("$")
    promotion.get_by_role("link", name="See what it costs").click()
    expect(no_script.get_by_text("$1 for 6 weeks")).to_be_visible()

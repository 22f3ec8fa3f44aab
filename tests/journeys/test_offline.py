"""An issue is kept in a browser, read there without a network, and gone with the right and at sign-out."""

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Error, Locator, Page, expect

from broadsheet import settings as product
from broadsheet.demo.people import PASSWORD, READER
from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.access import ruling
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.weekly.content import Length
from broadsheet.weekly.models import State, WeeklyIssue
from tests.journeys.conftest import COLOURS, NARROWEST, Served, forget_limits, go_where, serving, sign_in
from tests.journeys.relay import relaying
from tests.post import LetterBox

FIRST = 950
"""The number of the first issue; each journey makes its own."""
numbers = itertools.count()
END_IT = """async () => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  const [request] = (await cache.keys()).filter(({ url }) => url.endsWith("/offline"));
  const plan = await (await cache.match(request)).json();
  await cache.put(request, new Response(JSON.stringify({ ...plan, until: Date.now() - 1 })));
}"""
"""Lets what is kept have ended a moment ago."""


@pytest.fixture
def subscriber(rows: None) -> Iterator[Person]:
    forget_limits()  # all sit at one address here, which may not sign in that often
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        person = Person.objects.create_user(f"offline-{next(numbers)}@reader.example", PASSWORD)
    now = clock.now()
    Entitlement.objects.create(
        person=person, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9), reason="A journey"
    )
    yield person
    person.delete()


@pytest.fixture
def issue(rows: None) -> WeeklyIssue:
    return issue_of(settings.LANGUAGE_CODE)


def issue_of(edition: str) -> WeeklyIssue:
    """A published issue of three articles that are not free, each with a picture."""
    articles = Article.objects.live().originals().exclude(picture=None).exclude(kind="live").order_by("pk")
    here = articles.filter(locale__language_code=edition)
    found = [article for article in here if ruling(article).access != "free"][:3]
    today = clock.now().date()
    issue: WeeklyIssue = WeeklyIssue.objects.create(
        edition=edition,
        number=FIRST + next(numbers),
        first_day=today,
        last_day=today,
        state=State.PUBLISHED,
        published_at=clock.now(),
    )
    department = issue.departments.create(name="World", position=0)
    for article in found:
        issue.append(article, department, Length.FULL)
    return issue


def address(issue: WeeklyIssue, article: Article | None = None) -> str:
    prefix = f"/{settings.EDITIONS[issue.edition]}".rstrip("/")
    within = f"{article.section.slug}/{article.slug}/" if article else ""
    return f"{prefix}/issues/{issue.number}/{within}"


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Keep for reading offline")


def remove(page: Page) -> Locator:
    return page.get_by_role("button", name="Remove from this device")


def keep(page: Page, issue: WeeklyIssue) -> None:
    go_where(page, address(issue), lambda: page.locator("broadsheet-offline"))
    button(page).press("Enter")
    expect(remove(page)).to_be_focused()
    expect(page.get_by_text(re.compile("Kept on this device until"))).to_be_visible()


def place(page: Page, number: int) -> Locator:
    return page.get_by_text(re.compile(rf"^\s*{number} of 3\s*$"))


def shows_its_picture(page: Page) -> None:
    picture = page.locator("article img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate("caches.keys()")
    return found


def workers(page: Page) -> int:
    found: int = page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)")
    return found


@pytest.mark.parametrize("edition", ["en-us", "en-gb"])
def test_it_is_read_without_a_network(
    page: Page, subscriber: Person, axe: Callable[..., None], edition: str
) -> None:
    issue = issue_of(edition)
    sign_in(page, subscriber.email)
    keep(page, issue)
    axe(page)
    page.context.set_offline(True)
    page.goto(address(issue))
    expect(remove(page)).to_be_visible()
    shows_its_picture(page)
    page.get_by_role("link", name="Begin reading").click()
    for number in (1, 2):
        expect(place(page, number)).to_be_visible()
        assert page.get_by_role("button", name="Continue reading").count() == 0
        shows_its_picture(page)
        page.get_by_role("link", name="Next", exact=True).click()
    expect(place(page, 3)).to_be_visible()
    page.get_by_role("link", name="Previous", exact=True).click()
    expect(place(page, 2)).to_be_visible()
    page.goto(address(issue))
    expect(page.get_by_role("link", name="Continue at 2 of 3")).to_be_visible()
    # What is not kept says so, and what is.
    page.goto(address(issue).replace(str(issue.number), "613"))
    expect(page.get_by_text("There is no connection, and this page is not kept")).to_be_visible()
    page.get_by_role("link", name=f"No. {issue.number}").click()
    expect(remove(page)).to_be_visible()


def test_what_is_kept_is_listed_and_removed(
    page: Page, issue: WeeklyIssue, subscriber: Person, axe: Callable[..., None]
) -> None:
    sign_in(page, subscriber.email)
    keep(page, issue)
    page.get_by_role("link", name="All that is kept on this device").click()
    expect(page.get_by_role("link", name=f"No. {issue.number}")).to_be_visible()
    axe(page)
    page.set_viewport_size(NARROWEST)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page, COLOURS)
    page.get_by_role("button", name=f"Remove No. {issue.number}").press("Enter")
    expect(page.get_by_text("Nothing is kept in this browser.")).to_be_visible()
    expect(page.get_by_role("heading", name="Kept on this device")).to_be_focused()
    assert (kept(page), workers(page)) == ([], 0)


def test_with_the_right_all_of_it_ends(page: Page, issue: WeeklyIssue, subscriber: Person) -> None:
    sign_in(page, subscriber.email)
    keep(page, issue)
    Entitlement.objects.filter(person=subscriber).update(ends_at=clock.now())
    # The button's script asks, or on an article's page that which remembers the place.
    first, *_ = issue.items.all()
    page.goto(address(issue, first.article))
    wait_until_nothing_is_kept(page)
    assert workers(page) == 0
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(address(issue))


def wait_until_nothing_is_kept(page: Page) -> None:
    for _ in range(100):
        if not kept(page):
            return
        page.wait_for_timeout(200)
    assert kept(page) == []


def wait_until_it_is_not_kept(page: Page, path: str) -> None:
    for _ in range(100):
        if not page.evaluate("path => caches.match(path).then(Boolean)", path):
            return
        page.wait_for_timeout(200)
    assert not page.evaluate("path => caches.match(path).then(Boolean)", path)


def test_without_a_network_the_clock_ends_it(page: Page, issue: WeeklyIssue, subscriber: Person) -> None:
    sign_in(page, subscriber.email)
    keep(page, issue)
    page.evaluate(END_IT)
    page.context.set_offline(True)
    with pytest.raises(Error, match=r"ERR_FAILED|ERR_INTERNET_DISCONNECTED"):
        page.goto(address(issue))
    page.context.set_offline(False)
    page.goto("/about/")
    assert kept(page) == []


def test_signed_out_nothing_is_left(page: Page, issue: WeeklyIssue, subscriber: Person) -> None:
    sign_in(page, subscriber.email)
    keep(page, issue)
    page.goto("/account/")
    page.evaluate("localStorage.setItem('remembered', 'yes')")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(re.compile(r":\d+/$"))
    assert (kept(page), workers(page)) == ([], 0)
    assert "broadsheet_offline" not in page.evaluate("document.cookie")
    # A script had let go of it, so that the browser remembers the rest.
    assert page.evaluate("localStorage.getItem('remembered')") == "yes"


def test_signed_out_without_that_script_nothing_is_left_either(
    page: Page, issue: WeeklyIssue, subscriber: Person
) -> None:
    sign_in(page, subscriber.email)
    keep(page, issue)
    page.goto("/account/")
    page.evaluate("document.querySelector('form[action$=\"/sign-out/\"]').submit()")
    page.wait_for_url(re.compile(r":\d+/$"))
    assert (kept(page), workers(page)) == ([], 0)


def test_signed_out_elsewhere_it_goes_when_next_online(
    page: Page, issue: WeeklyIssue, subscriber: Person
) -> None:
    sign_in(page, subscriber.email)
    keep(page, issue)
    subscriber.end_sessions()
    page.goto(address(issue))
    wait_until_nothing_is_kept(page)


def test_an_article_that_is_withdrawn_goes_when_next_online(
    desktop: Page, issue: WeeklyIssue, subscriber: Person
) -> None:
    page = desktop
    sign_in(page, subscriber.email)
    keep(page, issue)
    *_, last = issue.items.all()
    gone = address(issue, last.article)
    assert page.evaluate("path => caches.match(path).then(Boolean)", gone)
    last.delete()
    page.goto(address(issue))
    wait_until_it_is_not_kept(page, gone)
    assert kept(page) == [f"issue:{address(issue)}"]


def test_an_article_of_a_withdrawn_issue_goes_when_it_is_opened(
    desktop: Page, issue: WeeklyIssue, subscriber: Person
) -> None:
    page = desktop
    sign_in(page, subscriber.email)
    keep(page, issue)
    first, *_ = issue.items.all()
    gone = address(issue, first.article)
    assert page.evaluate("path => caches.match(path).then(Boolean)", gone)
    issue.withdraw()
    for _ in range(20):
        page.goto(gone)
        if "/issues/" not in page.url:
            break
        page.wait_for_timeout(200)
    assert page.url.endswith(f"/{first.article.section.slug}/{first.article.slug}/")
    assert "/issues/" not in page.url
    wait_until_it_is_not_kept(page, gone)


def test_nothing_is_registered_for_those_who_do_not_ask(
    desktop: Page, issue: WeeklyIssue, subscriber: Person
) -> None:
    page = desktop
    sign_in(page, subscriber.email)
    go_where(page, address(issue), lambda: page.locator("broadsheet-offline"))
    expect(button(page)).to_be_visible()
    assert (kept(page), workers(page)) == ([], 0)


def test_without_script_or_right_there_is_no_button(
    no_script: Page, desktop: Page, issue: WeeklyIssue, subscriber: Person
) -> None:
    sign_in(no_script, subscriber.email)
    go_where(no_script, address(issue), lambda: no_script.get_by_text("Begin reading"))
    expect(no_script.locator("broadsheet-offline")).to_be_hidden()
    sign_in(desktop, READER[0])
    go_where(desktop, address(issue), lambda: desktop.get_by_text("Begin reading"))
    expect(desktop.locator("broadsheet-offline")).to_have_count(0)


# --- Without room, without patience, and without the magazine's leave ------------------------------


def test_where_there_is_no_room_it_says_so_and_keeps_nothing_half(
    desktop: Page, issue: WeeklyIssue, subscriber: Person, served: Served
) -> None:
    page, other = desktop, issue_of(settings.LANGUAGE_CODE)
    sign_in(page, subscriber.email)
    allow(page, served, 400_000)  # bytes: no issue is as small
    press(page, issue)
    expect(page.get_by_text("There is not enough room in this browser.")).to_be_visible()
    expect(button(page)).to_be_visible()
    assert (kept(page), workers(page)) == ([], 0)
    assert "broadsheet_offline" not in page.evaluate("document.cookie")
    # Beside another one it is the same, and that one stays whole.
    allow(page, served, None)
    keep(page, issue)
    taken = page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")
    allow(page, served, taken + 20_000)
    press(page, other)
    expect(page.get_by_text("There is not enough room in this browser.")).to_be_visible()
    expect(page.get_by_role("link", name="All that is kept on this device")).to_be_visible()
    assert kept(page) == [f"issue:{address(issue)}"]
    page.context.set_offline(True)
    page.goto(address(issue))
    page.get_by_role("link", name="Begin reading").click()
    expect(place(page, 1)).to_be_visible()
    shows_its_picture(page)


def press(page: Page, issue: WeeklyIssue) -> None:
    go_where(page, address(issue), lambda: page.locator("broadsheet-offline"))
    button(page).click()


def allow(page: Page, served: Served, size: int | None) -> None:
    """Gives the magazine so many bytes in this browser; None: as many as any other."""
    asked = {"origin": served.address} | ({} if size is None else {"quotaSize": size})
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", asked)


def test_on_a_network_that_does_not_answer_it_is_read_from_what_is_kept(
    open_window: Callable[..., Page], issue: WeeklyIssue, subscriber: Person, served: Served
) -> None:
    with relaying(served.port) as relay:
        page = open_window(base_url=relay.address)
        sign_in(page, subscriber.email)
        keep(page, issue)
        first, *_ = issue.items.all()
        relay.hold()
        # What never answers shows nothing, so that all of it comes from the browser.
        page.goto(address(issue))
        expect(remove(page)).to_be_visible()
        page.goto(address(issue, first.article))
        expect(place(page, 1)).to_be_visible()
        shows_its_picture(page)


def test_where_the_magazine_ends_it_the_worker_deletes_what_is_kept_and_itself(
    open_window: Callable[..., Page],
    issue: WeeklyIssue,
    subscriber: Person,
    served: Served,
    smtp: LetterBox,
    tmp_path: Path,
) -> None:
    with (
        relaying(served.port) as relay,
        serving(tmp_path, smtp.url, OFFLINE_ISSUES="no") as ended,
    ):
        page = open_window(base_url=relay.address)
        sign_in(page, subscriber.email)
        keep(page, issue)
        relay.lead_to(ended.port)
        go_where(page, address(issue), lambda: page.get_by_text("Begin reading"))
        wait_until_nothing_is_kept(page)
        for _ in range(100):
            if not workers(page):
                break
            page.wait_for_timeout(200)
        assert workers(page) == 0
        page.reload()
        expect(page.get_by_text("Begin reading")).to_be_visible()
        expect(page.locator("broadsheet-offline")).to_have_count(0)

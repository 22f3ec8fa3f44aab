"""The database is away: a fault put in front of each of its queries."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from math import inf
from threading import Event, Semaphore

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from broadsheet.edge import standby
from broadsheet.edge.keeping import WHOLE, store
from broadsheet.edge.store.memory import MemoryStore
from broadsheet.edge.store.page import StoredPage
from broadsheet.editorial.models import Article, Publication, Section
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import AccessRule
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.rendition import PUBLIC
from broadsheet.platform.invalidation import known
from tests.cast import employ, introduce, signed_in
from tests.magazine import Magazine, marks_in

# The fault outlives the connection, which is closed and opened anew: so no test may be in a transaction.
pytestmark = pytest.mark.django_db(transaction=True)

AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
REEF = "/world/reef/"


@contextmanager
def database_away() -> Iterator[list[str]]:
    """No query is answered; the list that it gives holds those that were asked."""
    asked: list[str] = []

    def fail(execute: Callable, sql: str, *args: object) -> None:
        asked.append(sql)
        raise OperationalError("the server closed the connection unexpectedly")

    with connection.execute_wrapper(fail):
        yield asked


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # What the middleware remembers of an outage would last into the next test.
    monkeypatch.setattr(standby, "RETRY_AFTER", 0.0)
    store.clear()
    yield
    store.clear()


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def bruno(magazine: Magazine) -> Person:
    person = introduce("Bruno Keller", "bruno@reader.example")
    now = clock.now()
    Entitlement.objects.create(
        person=person, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=30), reason="Quiz"
    )
    return person


def subscriber(bruno: Person) -> Client:
    """Bruno's browser, which has been given an entitlement cookie."""
    client = signed_in(bruno)
    client.raise_request_exception = False
    client.get("/world/orchard/")
    assert client.cookies["broadsheet_entitlement"].value
    return client


def test_a_stranger_still_gets_the_public_rendition(magazine, stranger: Client) -> None:
    before = stranger.get(REEF)
    with database_away():
        response = stranger.get(REEF)
    assert response.status_code == 200
    assert response.content == before.content
    assert response.headers["Broadsheet-Verdict"] == "meter"
    assert response.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=10")
    assert not response.cookies


def test_a_subscriber_is_not_locked_out(magazine, stranger: Client, bruno: Person) -> None:
    stranger.get(REEF)
    client = subscriber(bruno)
    with database_away():
        response = client.get(REEF)
    assert (response.status_code, response.headers["Broadsheet-Verdict"]) == (200, "subscription")
    assert response.headers["Broadsheet-Rendition"] == "full"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert len(marks_in(response.text, "reef")) == 8
    assert "broadsheet-slot" not in response.text


def test_nor_from_an_article_for_subscribers_only(magazine, stranger: Client, bruno: Person) -> None:
    path = magazine.for_subscribers.get_url()
    stranger.get(path)
    client = subscriber(bruno)
    with database_away():
        assert len(marks_in(client.get(path).text, "index")) == 8
        assert len(marks_in(stranger.get(path).text, "index")) == 3


@pytest.mark.parametrize(("after", "rendition"), [(47.9, "full"), (48.1, "public")])
def test_an_entitlement_cookie_is_honoured_for_48_hours_of_it(
    magazine, stranger, bruno, after: float, rendition
) -> None:
    client = subscriber(bruno)
    with clock.moved_to(clock.now() + timedelta(hours=after)):
        stranger.get(REEF)
        with database_away():
            assert client.get(REEF).headers["Broadsheet-Rendition"] == rendition


def test_an_entitlement_cookie_ends_with_its_subscription_even_then(magazine, stranger, bruno) -> None:
    Entitlement.objects.update(ends_at=clock.now() + timedelta(hours=1))
    client = subscriber(bruno)
    stranger.get(REEF)
    with clock.moved_to(clock.now() + timedelta(hours=1)), database_away():
        assert client.get(REEF).headers["Broadsheet-Rendition"] == "public"


def test_a_revoked_cookie_opens_nothing_even_then(magazine, stranger, bruno) -> None:
    known.refresh()
    client = subscriber(bruno)
    stranger.get(REEF)
    Entitlement.objects.get(person=bruno).delete()
    known.asked_at = -inf
    # This process hears of it with the next request that it answers.
    assert client.get(REEF).headers["Broadsheet-Rendition"] == "public"
    with database_away():
        assert client.get(REEF).headers["Broadsheet-Rendition"] == "public"


def test_a_forged_cookie_opens_nothing(magazine, stranger: Client, bruno: Person) -> None:
    stranger.get(REEF)
    client = subscriber(bruno)
    client.cookies["broadsheet_entitlement"] = client.cookies["broadsheet_entitlement"].value[:-2] + "AA"
    with database_away():
        assert client.get(REEF).headers["Broadsheet-Rendition"] == "public"


@pytest.mark.parametrize("path", ["/", "/world/", "/about/", "/good-news/swifts/", "/uk/"])
def test_fronts_and_free_articles_are_shown_as_they_were(magazine, stranger: Client, path: str) -> None:
    before = stranger.get(path)
    with database_away():
        assert stranger.get(path).content == before.content


def test_what_is_not_in_store_says_so_and_when_to_come_again(magazine, stranger: Client) -> None:
    with database_away():
        response = stranger.get(REEF)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "show this page right now" in response.text


def test_a_post_is_answered_with_a_reason_and_spends_nothing(magazine, stranger: Client) -> None:
    address = f"/read/{magazine.article('reef').uuid}"
    with database_away():
        response = stranger.post(address, headers=AS_SCRIPT)
    assert response.status_code == 503
    assert "try again in a minute" in response.json()["error"]
    assert not response.cookies
    assert stranger.post(address, headers=AS_SCRIPT).json()["verdict"] == "meter"


def test_an_article_that_was_withdrawn_is_not_shown_again(magazine, stranger: Client) -> None:
    stranger.get(REEF)
    magazine.article("reef").unpublish()
    with database_away():
        assert stranger.get(REEF).status_code == 503


def test_what_a_subscriber_reads_is_kept_as_long_as_the_page_is_served(magazine, stranger, bruno) -> None:
    stranger.get(REEF)
    with clock.moved_to(clock.now() + timedelta(hours=49)):
        stranger.get(REEF)
        client = subscriber(bruno)
        with database_away():
            assert client.get(REEF).headers["Broadsheet-Rendition"] == "full"


def test_what_left_the_store_is_kept_again_when_it_is_served(magazine, stranger, bruno) -> None:
    stranger.get(REEF)
    store._drop((REEF, WHOLE))
    stranger.get(REEF)
    client = subscriber(bruno)
    with database_away():
        assert client.get(REEF).headers["Broadsheet-Rendition"] == "full"


def test_an_article_that_was_deleted_is_not_shown_again(magazine, stranger: Client) -> None:
    stranger.get(REEF)
    magazine.article("reef").delete()
    with database_away():
        assert stranger.get(REEF).status_code == 503


def test_an_article_that_another_process_withdrew_is_not_shown_once_it_was_missed(magazine, stranger) -> None:
    stranger.get(REEF)
    Article.objects.filter(slug="reef").update(live=False)
    assert stranger.get(REEF).status_code == 410
    with database_away():
        assert stranger.get(REEF).status_code == 503


def test_a_page_is_kept_for_48_hours(magazine, stranger: Client) -> None:
    stranger.get(REEF)
    with clock.moved_to(clock.now() + timedelta(hours=49)), database_away():
        assert stranger.get(REEF).status_code == 503


def test_nothing_of_a_signed_in_visitors_page_is_kept(magazine, stranger: Client) -> None:
    dev = signed_in(employ("Dev Patel", "dev@magazine.example", "Reporter"))
    assert dev.get(REEF).headers["Broadsheet-Rendition"] == "full"
    with database_away():
        assert stranger.get(REEF).status_code == 503


def test_an_address_with_a_query_string_fills_no_store(magazine, stranger: Client) -> None:
    stranger.get(REEF + "?utm_source=x")
    with database_away():
        assert stranger.get(REEF).status_code == 503


def page_at(path: str, length: int) -> StoredPage:
    return StoredPage(
        path=path,
        rendition=PUBLIC,
        status=200,
        headers=(),
        cache_control="",
        gzip=bytes(length),
        brotli=b"",
        length=length,
        digest="",
        verdict="meter",
        made={},
        made_at=clock.now(),
        fresh_for=60,
    )


def test_the_store_is_bounded_and_forgets_what_was_served_longest_ago() -> None:
    pages = [page_at(f"/{n}/", 9_000) for n in range(4)]
    bounded = MemoryStore(most=3 * pages[0].size + 1)
    for page in pages[:3]:
        bounded.keep(page)
    assert bounded.find("/0/", PUBLIC)
    bounded.keep(pages[3])
    assert [bounded.find(page.path, PUBLIC) is not None for page in pages] == [True, False, True, True]
    assert bounded.size == 3 * pages[0].size
    bounded.keep(page_at("/vast/", 90_000))
    assert len(bounded) == 3


def test_while_it_is_away_one_request_in_a_second_asks_for_it(magazine, stranger, monkeypatch) -> None:
    monkeypatch.setattr(standby, "RETRY_AFTER", 60.0)
    client = Client(raise_request_exception=False)
    client.get(REEF)
    with database_away() as asked:
        client.get(REEF)
        assert asked
        asked.clear()
        assert client.get(REEF).status_code == 200
        assert asked == []


def test_a_fault_of_ours_with_the_database_there_stays_a_fault(magazine, stranger: Client) -> None:
    def fail_once(execute: Callable, sql: str, params: object, many: bool, context: object) -> object:
        if "wagtailcore_page" in sql:
            raise OperationalError("no such column")
        return execute(sql, params, many, context)

    stranger.get(REEF)
    with connection.execute_wrapper(fail_once):
        assert stranger.get(REEF).status_code == 500


def test_a_subscriber_with_the_cookie_is_known_without_a_question(magazine, bruno: Person) -> None:
    client = subscriber(bruno)
    client.get(REEF)
    with database_queries() as asked:
        assert client.get(REEF).headers["Broadsheet-Verdict"] == "subscription"
    tables = " ".join(asked)
    assert "membership_entitlement" not in tables
    assert "people_person" not in tables
    assert "paywall_grant" not in tables


@contextmanager
def database_queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(execute: Callable, sql: str, params: object, many: bool, context: object) -> object:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


# --- Free no more ----------------------------------------------------------------------------------------


def by_rule(magazine: Magazine) -> Callable[[], object]:
    rule = AccessRule.objects.create(position=0, section=magazine.section("world"), access="free")
    return rule.delete


def by_order(magazine: Magazine) -> Callable[[], object]:
    world = magazine.section("world")
    AccessRule.objects.create(position=0, section=world, access="free")
    last = AccessRule.objects.create(position=1, section=world, access="metered")
    return lambda: AccessRule.objects.filter(access="free").update(position=last.position + 1)


def published_free(page: Article | Section) -> Callable[[], object]:
    def publish(access: str) -> None:
        page.access = access
        page.save_revision().publish()

    publish("free")
    return lambda: publish("")


def by_section(magazine: Magazine) -> Callable[[], object]:
    return published_free(magazine.section("world"))


def by_publication(magazine: Magazine) -> Callable[[], object]:
    publication = Publication.load()

    def save(access: str) -> None:
        publication.access = access
        publication.save()

    save("free")
    return lambda: save("metered")


def by_itself(magazine: Magazine) -> Callable[[], object]:
    return published_free(magazine.article("reef"))


@pytest.mark.parametrize("free", [by_rule, by_order, by_section, by_publication, by_itself])
@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_what_is_free_no_more_is_shown_whole_no_more(
    magazine: Magazine,
    stranger: Client,
    monkeypatch: pytest.MonkeyPatch,
    free: Callable[[Magazine], Callable[[], object]],
    is_elsewhere: bool,
) -> None:
    ends = free(magazine)
    assert len(marks_in(stranger.get(REEF).text, "reef")) == 8
    kept = store._pages.copy()
    ends()
    monkeypatch.setattr(standby, "POLL_EVERY", 0.0)
    if is_elsewhere:  # this process has heard nothing
        store._pages.update(kept)
    stranger.get("/about/")  # whatever comes next
    with database_away():
        assert stranger.get(REEF).status_code == 503


def test_what_is_free_while_it_is_young_is_shown_whole_no_longer(
    magazine: Magazine, stranger: Client
) -> None:
    article = magazine.article("reef")
    AccessRule.objects.create(position=0, younger_than=30, access="free")
    grows_old = article.first_published_at + timedelta(days=30)
    with clock.moved_to(grows_old - timedelta(hours=1)):
        assert len(marks_in(stranger.get(REEF).text, "reef")) == 8
        with database_away():
            assert len(marks_in(stranger.get(REEF).text, "reef")) == 8
    with clock.moved_to(grows_old + timedelta(minutes=1)), database_away():
        assert stranger.get(REEF).status_code == 503


def test_a_process_that_has_not_looked_shows_no_free_article(magazine: Magazine, stranger: Client) -> None:
    for path in ("/good-news/swifts/", REEF):
        stranger.get(path)
    known.read_at -= 61
    with database_away():
        assert stranger.get("/good-news/swifts/").status_code == 503
        assert stranger.get(REEF).status_code == 200


def test_of_many_who_come_at_once_one_asks_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    asking, over = Semaphore(0), Event()
    asked: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        asked.append(request.path)
        asking.release()
        over.wait(5)
        request.fault = OperationalError()
        return HttpResponse(status=500)

    monkeypatch.setattr(standby, "_is_away", lambda: True)
    over.set()
    middleware = standby.StandbyMiddleware(answer)
    get = RequestFactory().get
    middleware(get("/first/"))
    over.clear()
    with ThreadPoolExecutor(8) as pool:
        held = pool.submit(middleware, get("/held/"))
        asking.acquire(timeout=5)
        asking.acquire(timeout=5)
        others = [pool.submit(middleware, get("/other/")) for __ in range(7)]
        assert all(other.result(timeout=5).status_code == 503 for other in others)
        over.set()
        assert held.result(timeout=5).status_code == 503
    assert asked == ["/first/", "/held/"]

"""What was answered lately is answered again only as long as it is what would be found."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet.edge.front.asked import Told
from broadsheet.edge.front.looking import Looking
from broadsheet.edge.front.pages import Pages
from broadsheet.edge.front.ready import ReadyPage
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.front.upstream import Upstream
from broadsheet.edge.store.page import StoredPage
from broadsheet.membership.entitlement_cookie import person_tag
from broadsheet.paywall.gift_links.cookie import sign_gift
from broadsheet.paywall.reader_cookie import reader_tag
from broadsheet.platform import clock
from broadsheet.platform.generations import ALL, Generation, Generations, Row
from broadsheet.platform.http import rendition
from tests.edge.front.stand_in import ARTICLE, FREE, KEY, LIST, REEF, StandIn
from tests.edge.front.test_pages import opener, reader, subscriber
from tests.examples import EXAMPLES, many

pytestmark = pytest.mark.sqlite
PATHS = ARTICLE, FREE, LIST
RENDITIONS = sorted(rendition.ALL.values(), key=str)
WHOLE = rendition.Rendition.of(rendition.Audience.SUBSCRIBER, is_full=True)
PAGES: dict[tuple[str, rendition.Rendition], StoredPage] = {}


def gift() -> str:
    return f"broadsheet_gift_{REEF.hex}={sign_gift(REEF, clock.now() + timedelta(days=9), [KEY])}"


WHO = (
    *(str, lambda: "_ga=1", lambda: "broadsheet_left=1", gift, opener),
    *(reader, lambda: reader(REEF), lambda: reader(spent=5), subscriber),
)
TAGS = ALL, ARTICLE, LIST, person_tag(7), reader_tag(8), person_tag(8)


def told(**more: bytes) -> Told:
    names = ("host", "cookie", "browser", "encoding", "none_match", "since", *"abcd")
    return tuple(({"encoding": b"gzip"} | more).get(name, b"") for name in names)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    found = StandIn(tmp_path_factory.mktemp("looking"))
    for path in PATHS:
        for one in RENDITIONS:
            if page := found.page(path, one):
                PAGES[path, one] = page
    yield found
    found.stop()


def keep(
    pages: Pages, key: tuple[str, rendition.Rendition], generations: Generations, waited: float = 0
) -> None:
    """Made just now, which is `waited` seconds later than the clock says."""
    made = {tag: generations.now.get(tag, Generation()) for tag in (ALL, key[0])}
    ready = ReadyPage(replace(PAGES[key], made=made, made_at=clock.now()), clock.now())
    ready.fresh_until, ready._stale_at = ready.fresh_until + waited, ready._stale_at + waited
    ready._ends_at += waited
    ready.accept(generations)
    pages._keep(key, ready)


keys = st.tuples(st.sampled_from(PATHS), st.sampled_from(RENDITIONS))
changes = st.one_of(
    st.tuples(st.just("invalidate"), st.sampled_from(TAGS), st.booleans()),
    st.tuples(st.just("make"), keys),
    st.tuples(st.just("drop"), keys),
    st.tuples(st.just("wait"), st.sampled_from([0.2, 0.7, 50.0, 700.0])),
    st.tuples(st.just("rules"), st.integers(0, 3)),
)


class Walk:
    """A front that remembers, beside one that doesn't, while things change."""

    def __init__(self, stand_in: StandIn) -> None:
        self.written = stand_in.rules
        self.generations, self.numbers = Generations(), count(1)
        self.now = self.began = time.monotonic()
        self.pages = Pages(Upstream(stand_in.socket), self.generations, 4_000_000, "")
        self.looking = Looking(Rules(self.written), self.pages, self.generations)
        for key in PAGES:
            keep(self.pages, key, self.generations)
        self.cookies = [who().encode() for who in WHO]
        etags = [PAGES[path, rendition.PUBLIC].digest.encode() for path in (ARTICLE, LIST)]
        self.told = [told(), told(encoding=b"br"), *(told(none_match=b'"%b-gzip"' % one) for one in etags)]

    def change(self, what: str, *of: Any) -> None:
        match what:
            case "invalidate":
                tag, at_once = of
                row = Row(next(self.numbers), tag, clock.now(), at_once)
                self.generations.take_in([row], clock.now())
            case "make":
                keep(self.pages, of[0], self.generations, self.now - self.began)
            case "drop":
                self.pages._kept.drop(of[0])
            case "wait":
                self.now += of[0]
            case "rules":
                self.looking.take(Rules(self.written | {"allowances": {"en-us": [1, of[0]]}}))

    def ask_all(self) -> None:
        remembered = self.pages.when_dropped
        fresh = Looking(self.looking.rules, self.pages, self.generations)
        self.pages.when_dropped = remembered
        for path, cookies, told in product(PATHS, self.cookies, self.told):
            found, making = self.ask(self.looking, path, cookies, told), set(self.pages._making)
            assert found == self.ask(fresh, path, cookies, told)
            assert making == set(self.pages._making), "what is out of date was not made anew"
            fresh.forget()

    def ask(self, looking: Looking, path: str, cookies: bytes, told: Told) -> object:
        form, who = looking.form_of(told), looking.who(cookies, self.now)
        assert form
        found = looking.again(path, form, who, self.now)
        if found is None:
            return looking.look(looking.rules.target(path.encode()), form, who, self.now)
        self.remembered += 1
        return found

    remembered = 0


@settings(many, max_examples=max(1, EXAMPLES // 5))
@given(st.lists(changes, max_size=6))
@example([("wait", 50.0), ("make", (ARTICLE, rendition.PUBLIC)), ("wait", 50.0)])
@example([("wait", 50.0), ("make", (ARTICLE, WHOLE)), ("wait", 50.0)])
def test_it_is_what_is_found_by_looking_anew(stand_in: StandIn, taken: list[tuple[Any, ...]]) -> None:
    async def walk() -> None:
        here = Walk(stand_in)
        for _ in range(2):
            here.ask_all()
        assert here.remembered > len(PATHS) * len(WHO)
        for change in taken:
            here.change(*change)
            here.ask_all()
        for task in here.pages._making.values():
            task.cancel()

    asyncio.run(walk())


def test_forms_that_differ_in_the_browser_s_name_alone_are_one(stand_in: StandIn) -> None:
    looking = Looking(
        Rules(stand_in.rules), Pages(Upstream(stand_in.socket), Generations(), 1, ""), Generations()
    )
    assert looking.form_of(told(browser=b"Safari")) is looking.form_of(told(browser=b"Firefox"))
    assert looking.form_of(told(browser=b"Safari")) is not looking.form_of(told(encoding=b"br"))
    assert looking.form_of(told(browser=b"Googlebot/2.1")) is None


def test_a_page_that_left_the_memory_is_not_held(stand_in: StandIn) -> None:
    async def leave() -> None:
        generations = Generations()
        pages = Pages(Upstream(stand_in.socket), generations, 4_000_000, "")
        looking, now = Looking(Rules(stand_in.rules), pages, generations), time.monotonic()
        for key in PAGES:
            keep(pages, key, generations)
        form = looking.form_of(told())
        assert form
        for path in PATHS:
            looking.look(looking.rules.target(path.encode()), form, looking.who(b"", now), now)
        assert set(looking._lately) == set(PATHS)
        for key in PAGES:
            pages._kept.drop(key)
        assert looking._lately == {}

    asyncio.run(leave())

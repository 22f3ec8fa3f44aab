"""The demo's magazine, walked from outside by every link there is: no withheld block shows anywhere.

What marks a withheld block are five words in a row that stand in no public text of the magazine.
"""

import json
import re
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.html import strip_tags

from broadsheet import settings as product
from broadsheet.editorial.models import Article
from broadsheet.editorial.opening import plain_text
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import Grant
from broadsheet.paywall.standing import current_meter_rules
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.journeys.conftest import Served
from tests.passes import issue

RUN = 5
LINK = re.compile(
    r'(?:href|src|action)="([^"]+)"|<loc>([^<]+)</loc>|<link>([^<]+)</link>'
    r'|"url": ?"([^"]+)"|^Sitemap: (\S+)',
    re.MULTILINE,
)
# Files, the desk and the account hold no article; what posts is tried by itself below.
ELSEWHERE = re.compile(r"^/(static|pictures|sounds|media|documents|desk|account|demo)/")
MOST = 1500

NEVER_GRANTED = {
    "a reader with none left",
    "a reader whose subscription has ended",
    "a false Googlebot",
    "a robot that gathers text",
    "a link unfurler",
}

type Headers = dict[str, str]


def words(text: str) -> str:
    return " ".join(unescape(text).split())


def readable(text: str) -> str:
    """The words that a reader finds in a page, and those that a robot finds in its markup or JSON."""
    if text.startswith("{"):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return words(strip_tags(text.replace("><", "> <"))) + " " + words(text)


@pytest.fixture(scope="module")
def walled(django_db_setup: None, django_db_blocker) -> dict[Article, list[str]]:
    """Every article that is not free, with a mark of each block that is withheld."""
    with django_db_blocker.unblock():
        articles = list(Article.objects.live().originals())
        kept_back = [article for article in articles if ruling(article).access != "free"]
        public = " ".join(_public_text(article) for article in articles)
        public += " ".join(words(plain_text(b.value)) for a in articles if a not in kept_back for b in a.body)
        return {
            article: [mark for block in article.parts.rest if (mark := _mark(block, public))]
            for article in kept_back
        }


def _public_text(article: Article) -> str:
    fields = (article.title, article.standfirst, article.caption, article.public_text)
    # A correction is public, and may repeat the words that it corrects.
    notes = (correction.note for correction in article.corrections.all())
    return words(" ".join((*fields, *notes)))


def _mark(block, public: str) -> str:
    run = words(plain_text(block.value)).split()
    windows = (" ".join(run[start : start + RUN]) for start in range(len(run) - RUN + 1))
    return next((window for window in windows if window not in public), "")


class Walker:
    """Asks as one visitor does, over one connection."""

    def __init__(self, served: Served, headers: Headers | None = None) -> None:
        self.headers = headers or {}
        self._connection = HTTPConnection(urlsplit(served.address).netloc, timeout=60)

    def ask(self, method: str, path: str, headers: Headers | None = None) -> tuple[int, str]:
        self._connection.request(method, path, headers=self.headers | (headers or {}))
        response = self._connection.getresponse()
        return response.status, response.read().decode(errors="replace")  # icons are walked to, too

    def close(self) -> None:
        self._connection.close()


def read_address(article: Article) -> str:
    return f"{article.edition.prefix}/read/{article.uuid}"


def found_in(text: str, marks: Iterable[str]) -> list[str]:
    shown = readable(text)
    return [mark for mark in marks if mark in shown]


def test_nearly_every_withheld_block_has_a_mark(walled: dict[Article, list[str]]) -> None:
    assert len(walled) >= 25
    for article, marks in walled.items():
        assert marks, article.slug
    blocks = sum(len(article.parts.rest) for article in walled)
    assert sum(map(len, walled.values())) / blocks > 0.75  # the others are a crosshead, a picture, a slot


def test_a_walk_by_every_link_meets_no_withheld_block(served: Served, walled, rows: None) -> None:
    marks = [mark for each in walled.values() for mark in each]
    waiting = deque(["/", "/uk/", "/robots.txt", "/sitemap.xml", "/search/?q=the", "/uk/search/?q=the"])
    # No link leads a stranger there.
    waiting += ["/issues/offline.js", "/issues/kept/", "/uk/issues/kept/"]
    seen = set(waiting)
    with closing(Walker(served)) as stranger:
        while waiting:
            path = waiting.popleft()
            status, text = stranger.ask("GET", path)
            assert status in {200, 301, 302, 303, 404, 405, 410}, path
            assert found_in(text, marks) == [], path
            for link in _links(text, served, path):
                if link not in seen and not ELSEWHERE.match(link):
                    seen.add(link)
                    waiting.append(link)
            assert len(seen) < MOST
    # It has come to every article, in every edition, and to every feed that the heads name.
    for article in Article.objects.live():
        assert article.get_url() in seen
    assert {"/feed/rss.xml", "/uk/feed/feed.json", "/news-sitemap.xml"} <= seen


def _links(text: str, served: Served, base: str) -> Iterable[str]:
    for groups in LINK.findall(text):
        link = unescape(next(filter(None, groups)))
        target = urlsplit(urljoin(served.address + base, link))
        if f"{target.scheme}://{target.netloc}" == served.address:
            yield target.path + (f"?{target.query}" if target.query else "")


def _signed_in(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = product.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"broadsheet_session={session.session_key}"


def _reader(name: str) -> Person:
    return Person.objects.create_user(f"{name}@leaks.example")


def _with_none_left() -> Headers:
    person, meter_rules = _reader("none-left"), current_meter_rules()
    for number in range(meter_rules.allowance.readers):
        Grant.objects.create(
            reader=person,
            article=f"00000000-0000-4000-8000-{number:012}",
            period=meter_rules.period.key,
            open_until=meter_rules.period.ends_at,
        )
    return {"Cookie": _signed_in(person)}


def _lapsed() -> Headers:
    headers, person = _with_none_left(), Person.objects.get(email="none-left@leaks.example")
    now = clock.now()
    Entitlement.objects.create(
        person=person,
        starts_at=now - timedelta(days=30),
        ends_at=now - timedelta(seconds=1),
        reason="It has ended",
    )
    return headers


def _with_another_articles_pass(served: Served, article: Article) -> Headers:
    token = issue(article.uuid, "somebody")
    return {"Cookie": f"broadsheet_pass_{'0' * 32}={token}"}


@pytest.mark.parametrize(
    "who",
    [
        "a stranger without cookies",
        "a reader with none left",
        "a reader whose subscription has ended",
        "a false Googlebot",
        "a robot that gathers text",
        "a link unfurler",
        "a holder of a pass for another article",
        "a forger",
    ],
)
def test_nobody_who_is_not_entitled_is_sent_a_withheld_block(who: str, served: Served, walled, rows) -> None:
    some = next(iter(walled))
    Person.objects.filter(email__endswith="@leaks.example").delete()
    headers = {
        "a stranger without cookies": dict,
        "a reader with none left": _with_none_left,
        "a reader whose subscription has ended": _lapsed,
        "a false Googlebot": lambda: {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        "a robot that gathers text": lambda: {"User-Agent": "GPTBot/1.2"},
        "a link unfurler": lambda: {"User-Agent": "facebookexternalhit/1.1"},
        "a holder of a pass for another article": lambda: _with_another_articles_pass(served, some),
        "a forger": lambda: {
            "Cookie": f"broadsheet_session=x; broadsheet_entitlement=1.2.3; {_forged(walled)}"
        },
    }[who]()
    with closing(Walker(served, headers)) as walker:
        # What to keep of an issue nobody is told who may not keep it.
        assert walker.ask("GET", "/issues/613/offline", {"Accept": "application/json"})[0] in {401, 403}
        for article, marks in walled.items():
            for path in (article.get_url(), read_address(article)):
                status, text = walker.ask("GET", path)
                assert status == 200, path
                assert found_in(text, marks) == [], path
            if who in NEVER_GRANTED:
                status, text = walker.ask("POST", read_address(article), {"Accept": "application/json"})
                assert json.loads(text)["opened"] is False
                assert found_in(text, marks) == []


def test_a_refused_post_tells_nothing(served: Served, walled, rows: None) -> None:
    with closing(Walker(served)) as stranger:
        for article, marks in walled.items():
            for refused in ({"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Site": "cross-site"}):
                status, text = stranger.ask("POST", read_address(article), refused)
                assert status == 403
                assert found_in(text, marks) == []


def _forged(walled: dict[Article, list[str]]) -> str:
    return "; ".join(f"broadsheet_read_{article.uuid.hex}=2026-11.1.:forged" for article in list(walled)[:20])

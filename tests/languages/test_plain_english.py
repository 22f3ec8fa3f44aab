"""Every page of readers in a language of the tests' own: what is in English there was never marked."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from lxml import etree, html
from pypdf import PdfReader

from broadsheet.billing.documents import pdf_of
from broadsheet.billing.models import Invoice, Seller
from broadsheet.membership.models import Group, Plan, Price, Subscription
from broadsheet.people.models import Person
from broadsheet.site.errors import bad_request, csrf_failure, forbidden, not_found, server_error
from tests.billing.test_account import fund, give  # noqa: F401
from tests.billing.test_group_pages import bought, seller  # noqa: F401
from tests.languages.plain_english import Reader
from tests.languages.pseudo import foreign, spoken_in
from tests.magazine import Magazine
from tests.shop import BY_TRANSFER, buy, subscribe
from tests.site.test_leaks import walk  # noqa: F401

type Found = dict[str, set[str]]
TOLD = {"title", "subtitle", "description", "summary", "rights", "copyright"}
"""What a feed says itself; its articles' text is what their authors wrote."""
READ = ("text/html", "rss+xml", "atom+xml", "feed+json")
# What pages say is the same on any database.
pytestmark = pytest.mark.sqlite


def test_words_in_the_tests_language_keep_what_must_stay() -> None:
    assert foreign('Pay %(sum)s <a href="/x">now</a>') == '⟦Þàý %(sum)s <a href="/x">ñöŵ</a>··········⟧'


def test_english_that_is_not_marked_is_found(magazine: Magazine) -> None:
    reader = Reader()
    page = f"""
        <h1>{foreign("Your account")}</h1><p>{foreign("Dear")} Ada <b>Read on</b></p><img alt="A lake">
        <input type="submit" value="Save"><code>not read</code><p>The Meridian UK, 3.50, a@b.example</p>
    """
    assert list(reader.english_in_page(page)) == ["Ada", "Read on", "A lake", "Save"]


class Walk:
    def __init__(self, person: Person | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.person = person
        self.reader = Reader()
        self.found: Found = defaultdict(set)
        self.tried: set[str] = set()

    def look(self, address: str, page: str, kind: str) -> None:
        if "xml" in kind:
            told = (
                one for one in etree.fromstring(page.encode()).iter() if etree.QName(one).localname in TOLD
            )
            page = " ⟦⟧ ".join(one.text or "" for one in told)
        elif "json" in kind:
            feed = json.loads(page)
            page = " ⟦⟧ ".join(filter(None, [feed["title"], feed.get("description")]))
        said = self.reader.english_in_page(page) if "html" in kind else self.reader.english_in(page)
        for words in said:
            self.found[words].add(address)

    def get(self, address: str) -> None:
        if self.person:
            # One of the buttons before may have signed them out.
            self.client.force_login(self.person)
        response = self.client.get(address)
        assert response.status_code != 500, address
        kind = response.headers.get("Content-Type", "")
        if response.streaming:
            response.getvalue()  # read to its end its file is closed
            return
        if not any(name in kind for name in READ) or "sitemap" in address:
            return
        self.look(address, response.text, kind)
        if "html" in kind and response.text.strip():
            self.send_forms(address, response.text)

    def send_forms(self, address: str, page: str) -> None:
        """Each form of the page, without what it asks for, and with nonsense."""
        for form in html.document_fromstring(page).iter("form"):
            target = form.get("action") or address
            if (
                (form.get("method") or "").lower() != "post"
                or not target.startswith("/")
                or "sign-out" in target
            ):
                continue
            fields = {
                field.get("name"): field.get("value") or ""
                for field in form.iter("input", "select", "textarea")
                if field.get("name")
            }
            key = f"{target.split('?')[0].rstrip('0123456789')} {sorted(fields)}"
            if key in self.tried:
                continue
            self.tried.add(key)
            hidden = {
                f.get("name"): f.get("value") or ""
                for f in form.iter("input")
                if f.get("type") == "hidden" and f.get("name")
            }
            for data in (
                hidden,
                {name: hidden.get(name, "0×0") for name in fields},
                fields | {name: "nina@reader.example" for name in fields if "email" in name},
            ):
                response = self.client.post(target, data)
                if not response.streaming and response.headers.get("Content-Type", "").startswith(
                    "text/html"
                ):
                    self.look(f"POST {target}", response.text, "html")

    def letters(self) -> None:
        self.reader.learn()
        for letter in mail.outbox:
            self.look(f"letter {letter.subject}", f"{letter.subject}\n\n{letter.body}", "text")
            for body, kind in getattr(letter, "alternatives", []):
                self.look(f"letter {letter.subject} (HTML)", str(body), kind)

    def named(self) -> str:
        return "\n".join(f"{words!r}: {sorted(where)[:2]}" for words, where in sorted(self.found.items()))


def test_no_page_for_strangers_says_anything_in_plain_english(
    walk: dict[str, list[str]],  # noqa: F811
) -> None:
    there = Walk()
    with spoken_in():
        for addresses in walk.values():
            for address in addresses[:6]:
                there.get(address)
        there.letters()
    assert not there.found, there.named()


def own_addresses(person: Person) -> Iterator[str]:
    """Every page under `account/`, of what `person` has."""
    subscriptions = Subscription.objects.filter(person=person)
    own = {
        "donations/": [row.pk for row in subscriptions.filter(price__plan__kind=Plan.Kind.DONATION)],
        "groups/": [row.pk for row in Group.objects.filter(subscription__person=person)],
        "seats/": [],
        "invoices/": [row.number for row in Invoice.objects.filter(person=person)],
    }
    for pattern in _patterns(get_resolver().url_patterns):
        path = str(pattern.pattern)
        if "<" not in path:
            yield f"/account/{path}"
        for start, keys in own.items():
            if path.startswith(start):
                yield from (f"/account/{re.sub('<[^>]*>', str(key), path)}" for key in keys)


def _patterns(patterns: list[URLPattern | URLResolver], *, inside: bool = False) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, inside=inside or str(pattern.pattern) == "account/")
        elif inside:
            yield pattern


def test_no_page_of_one_s_own_says_anything_in_plain_english(
    magazine: Magazine,
    ada: Person,
    bruno: Person,
    yearly: Price,
    monthly: Price,
    seat_price: Price,
    fund: Price,  # noqa: F811
    seller: Seller,  # noqa: F811
) -> None:
    subscribe(ada, yearly)
    subscribe(ada, fund, purpose="donate")
    bought(ada, seat_price, 4)
    give(yearly, ada)
    buy(bruno, yearly, BY_TRANSFER)
    for person in (ada, bruno):
        there = Walk(person)
        addresses = list(own_addresses(person))
        assert len(addresses) > 30
        with spoken_in():
            for address in ["/", "/world/harbour/", *addresses]:
                there.get(address)
            there.letters()
        with spoken_in():
            for invoice in Invoice.objects.filter(person=person):
                pages = PdfReader(BytesIO(pdf_of(invoice))).pages
                there.look(f"{invoice.number}.pdf", " ".join(page.extract_text() for page in pages), "text")
        assert not there.found, there.named()


@pytest.mark.parametrize("handler", [bad_request, csrf_failure, forbidden, not_found, server_error])
def test_no_fault_is_told_in_plain_english(handler: Any, magazine: Magazine, rf: RequestFactory) -> None:
    request = rf.get("/")
    SessionMiddleware(lambda request: HttpResponse()).process_request(request)
    request.user = AnonymousUser()
    given = {server_error: (), csrf_failure: ()}.get(handler, (Exception(),))
    with spoken_in():
        response = handler(request, *given)
    assert list(Reader().english_in_page(response.text)) == []

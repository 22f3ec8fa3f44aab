"""Every page of readers in a language of the tests' own: what is in English there was never marked."""

from collections import defaultdict

from django.core import mail
from django.test import Client
from lxml import html

from tests.languages.plain_english import Reader
from tests.languages.pseudo import foreign, spoken_in
from tests.site.test_leaks import walk  # noqa: F401

type Found = dict[str, set[str]]
FORMS_LEFT = {"/desk/", "sign-out"}


def test_words_in_the_tests_language_keep_what_must_stay() -> None:
    assert foreign('Pay %(sum)s <a href="/x">now</a>') == '⟦Þàý %(sum)s <a href="/x">ñöŵ</a>··········⟧'


class Walk:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.reader = Reader()
        self.found: Found = defaultdict(set)
        self.tried: set[str] = set()

    def look(self, address: str, page: str, kind: str) -> None:
        said = self.reader.english_in_page(page) if "html" in kind else self.reader.english_in(page)
        for words in said:
            self.found[words].add(address)

    def get(self, address: str) -> None:
        response = self.client.get(address)
        kind = response.headers.get("Content-Type", "")
        if response.streaming or not kind.startswith(("text/html", "text/plain")):
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
                {name: "nonsense" if name not in hidden else hidden[name] for name in fields},
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
    walk: dict[str, list[str]],
    client: Client,
) -> None:
    there = Walk(client)
    with spoken_in():
        for addresses in walk.values():
            for address in addresses[:6]:
                there.get(address)
        there.letters()
    assert not there.found, there.named()

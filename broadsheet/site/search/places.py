"""What readers look for besides articles: how to subscribe, to cancel, to sign in. It leads there.

Each place names the words that mean it, which translators choose for their language. What they lead to stands
beside the articles that were found and never in their place.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from broadsheet.billing.templatetags.billing_tags import may_sell
from broadsheet.editorial.models import Edition, Narration, Publication
from broadsheet.editorial.opening import plain_text
from broadsheet.site.search.asking import Asked, Part
from broadsheet.site.search.named import Named
from broadsheet.site.search.text import Stemmed
from broadsheet.site.weekly.slots import has_issues

MOST = 4

type Words = Promise | str


def _sells(edition: Edition) -> bool:
    return may_sell(Publication.load())


def _has_podcast(edition: Edition) -> bool:
    return Narration.objects.ready().exists()


def _in_each(edition: Edition) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Place:
    label: Words
    url_name: str
    words: Words
    """Each of these means it, in whatever form, unless something else is asked for with it."""
    beside: Words = ""
    """What may be asked for with it."""
    anchor: str = ""
    has_it: Callable[[Edition], bool] = _in_each

    @property
    def address(self) -> str:
        path = reverse(self.url_name)
        return f"{path}#{self.anchor}" if self.anchor else path


# Translators: “readers type” are words by which readers look for a page of ours, with commas between them.
# “readers type as well” are those that may stand beside one of them. Write what readers of your language
# type; any form of a word will do.
_PLACES = (
    Place(
        _("Plans and prices"),
        "subscribe",
        pgettext_lazy("readers type", "subscribe, subscription, price"),
        pgettext_lazy(
            "readers type as well", "cost, plan, offer, discount, student, trial, buy, new, digital"
        ),
        has_it=_sells,
    ),
    Place(
        _("Your subscription"),
        "people:account",
        pgettext_lazy("readers type", "cancel, pause, my subscription, renewal, invoice, refund"),
        pgettext_lazy(
            "readers type as well", "subscription, stop, end, renew, change, manage, card, payment"
        ),
        anchor="rights-title",
        has_it=_sells,
    ),
    Place(
        _("Sign in"),
        "account_login",
        pgettext_lazy("readers type", "login, log in, logon, sign in, signin, password, my account"),
        pgettext_lazy("readers type as well", "forgot, forgotten, lost, reset, account, e-mail"),
    ),
    Place(
        _("Give a subscription"),
        "gift_purchase",
        pgettext_lazy("readers type", "gift, voucher"),
        pgettext_lazy("readers type as well", "subscription, give, card, buy, Christmas, birthday"),
        has_it=_sells,
    ),
    Place(
        _("Redeem a gift"),
        "redeem",
        pgettext_lazy("readers type", "redeem"),
        pgettext_lazy("readers type as well", "gift, voucher, code, card, subscription"),
        has_it=_sells,
    ),
    Place(
        _("Newsletters"),
        "newsletters",
        pgettext_lazy("readers type", "newsletter, unsubscribe"),
        pgettext_lazy("readers type as well", "subscribe, cancel, stop, e-mail, daily, weekly, sign up"),
    ),
    Place(
        _("Podcast"),
        "feeds",
        pgettext_lazy("readers type", "podcast"),
        pgettext_lazy("readers type as well", "listen, audio, app, feed"),
        anchor="podcast",
        has_it=_has_podcast,
    ),
    Place(_("Feeds"), "feeds", pgettext_lazy("readers type", "rss, rss feed")),
    Place(
        _("The weekly issue on your e-reader"),
        "e_reader",
        pgettext_lazy("readers type", "kindle, e-reader, pocketbook"),
        pgettext_lazy("readers type as well", "issue, send, weekly, e-mail, address, set up"),
        has_it=has_issues,
    ),
    Place(
        _("Issues"),
        "weekly_issues",
        pgettext_lazy("readers type", "epub, kindle, e-reader, weekly issue, back issues"),
        pgettext_lazy("readers type as well", "issue, download, pdf, magazine, send"),
        has_it=has_issues,
    ),
)
_CONTACT = pgettext_lazy("readers type", "contact, customer service, support")
_BESIDE_CONTACT = pgettext_lazy(
    "readers type as well", "phone, telephone, number, e-mail, address, editor, write"
)


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a place as stems."""

    any_of: tuple[frozenset[str], ...]
    also: frozenset[str]

    def are_in(self, typed: frozenset[str]) -> bool:
        return any(typed.issuperset(words) for words in self.any_of)

    def are_all_of(self, asked: "Typed") -> bool:
        return self.are_in(asked.words) and self.also.issuperset(asked.telling)


@dataclass(frozen=True, slots=True)
class Typed:
    words: frozenset[str]
    telling: frozenset[str]
    """Of these those that say something."""

    @classmethod
    def of(cls, asked: Asked) -> "Typed":
        def words(parts: Iterable[Part]) -> frozenset[str]:
            return frozenset(stem for part in parts for stem in part.any_of[0])

        return cls(words(asked.parts), words(asked.needed))


@lru_cache(1_000)
def _said(language: str, words: str, beside: str) -> Said:
    any_of = tuple(frozenset(Stemmed.of(language, one).main) for one in words.split(","))
    return Said(any_of, frozenset(Stemmed.of(language, beside).main).union(*any_of))


def looked_for(asked: Asked, edition: Edition) -> list[Named]:
    """At most `MOST`: places, then questions that the help page answers."""
    typed = Typed.of(asked)
    places = [(place, _said(asked.language, str(place.words), str(place.beside))) for place in _PLACES]
    contact = _said(asked.language, str(_CONTACT), str(_BESIDE_CONTACT))
    if not any(words.are_in(typed.words) for words in (contact, *(said for _place, said in places))):
        return []
    found = [
        Named(str(place.label), place.address, "", "place")
        for place, said in places
        if said.are_all_of(typed) and place.has_it(edition)
    ]
    page = edition.contact_page
    if page and contact.are_all_of(typed):
        found.append(Named(page.title, f"{edition.prefix}/{page.slug}/", "", "place"))
    return [*found, *_answered(typed, edition, asked.language)][:MOST]


def _answered(typed: Typed, edition: Edition, language: str) -> Iterator[Named]:
    """Questions that name something of it, and with their answers all."""
    page = edition.help_page
    if page is None:
        return
    for block in page.body:
        if block.block_type != "question":
            continue
        question, answer = block.value["question"], plain_text(block.value["answer"])
        asked = set(Stemmed.of(language, question).main)
        if (
            not asked.isdisjoint(typed.telling)
            and asked.union(Stemmed.of(language, answer).main) >= typed.telling
        ):
            yield Named(question, f"{edition.prefix}/{page.slug}/#q-{block.id[:8]}", "", "place")

"""What leads from a card, or from a name with a postcode, to an account: what its mandates say."""

import re
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models import Mandate
from broadsheet.membership.models import Subscription
from broadsheet.membership.models.subscription.queryset import NUMBER
from broadsheet.people import finding
from broadsheet.people.finding import Clues, Found
from broadsheet.people.models import Person

ZIP_PLUS_FOUR = re.compile(r"(\d{5})-\d{4}")
"""Of an American one people know the first five digits, and their bills may say all nine."""
MOST_NAMESAKES = 500


def stands_in(postcode: str, address: str) -> bool:
    """Whether `address`, in several lines, has that postcode, however either is spaced."""
    whole = ZIP_PLUS_FOUR.fullmatch(postcode.strip())
    letters = [letter for letter in (whole[1] if whole else postcode).casefold() if letter.isalnum()]
    if len(letters) < 3:
        return False
    spaced = r"[\s-]*".join(map(re.escape, letters))
    return re.search(rf"(?<![^\W_]){spaced}(?![^\W_])", address.casefold()) is not None


def plain_name(name: str) -> str:
    return " ".join(name.casefold().split())


def by_card(clues: Clues) -> Iterator[Found]:
    if clues.has_card:
        cards = Mandate.objects.filter(last_digits=clues.last_digits, expires_on=clues.expires_on)
        for mandate in _of_readers(cards):
            is_at_home = bool(clues.postcode) and stands_in(clues.postcode, mandate.buyer_address)
            if is_at_home or (clues.name and plain_name(clues.name) in _names(mandate)):
                yield Found(mandate.subscription.person_id)


def by_name(clues: Clues) -> Iterator[Found]:
    if clues.has_name:
        for mandate in _of_readers(_named(clues.name))[:MOST_NAMESAKES]:
            if plain_name(clues.name) in _names(mandate) and stands_in(clues.postcode, mandate.buyer_address):
                yield Found(mandate.subscription.person_id)


def by_number(clues: Clues) -> Iterator[Found]:
    """By the number of the subscription itself, as it stands in our letters."""
    if clues.has_number and (number := NUMBER.fullmatch(clues.number.strip())):
        for mandate in _of_readers(Mandate.objects.filter(subscription=int(number[1]))):
            if stands_in(clues.postcode, mandate.buyer_address):
                yield Found(mandate.subscription.person_id)


def _of_readers(mandates: QuerySet[Mandate]) -> QuerySet[Mandate]:
    active = mandates.filter(subscription__person__is_active=True)
    return active.select_related("subscription__person").order_by("pk")


def _names(mandate: Mandate) -> set[str]:
    person: Person = mandate.subscription.person
    return {plain_name(mandate.buyer_name), plain_name(person.get_full_name())} - {""}


def _named(name: str) -> QuerySet[Mandate]:
    """By the buyer's name, or the account's."""
    name = " ".join(name.split()).lower()
    # SQLite makes small letters of ASCII alone.
    in_ascii = "".join(letter.lower() if letter.isascii() else letter for letter in name)
    theirs = Subscription.objects.filter(person__in=Person.objects.called(name).values("pk"))
    by_buyer = Mandate.objects.annotate(lower_buyer=Lower("buyer_name")).filter(
        lower_buyer__in={name, in_ascii}
    )
    # With “or”, PostgreSQL would look at every mandate instead of two indexes.
    return Mandate.objects.filter(
        Q(pk__in=by_buyer.values("pk").union(Mandate.objects.filter(subscription__in=theirs).values("pk")))
    )


def register() -> None:
    finding.register("card", _("the card"), by_card)
    finding.register("name", _("the name and the postcode"), by_name)
    finding.register("subscription_number", _("the number of the subscription"), by_number)

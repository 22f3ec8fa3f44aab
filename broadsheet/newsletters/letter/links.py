"""Where the links of a letter lead: to their targets, or there by way of us."""

from uuid import UUID

from django.urls import reverse
from django.utils import translation

from broadsheet.newsletters.clicks import LONGEST, token_of
from broadsheet.newsletters.models import Issue, Link
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.signed_cookies import signing_keys


class Direct:
    """For previews, and for the archive: nothing is counted."""

    def through(self, address: str, text: str, article: UUID | None = None) -> str:
        return address


class Counted(Direct):
    """For what is sent. The same address has the same number in each message of an issue."""

    def __init__(self, issue: Issue, variant: str = "") -> None:
        self._issue, self._variant = issue, variant
        self._numbers = dict(issue.links.values_list("url", "number"))
        self._new: list[Link] = []
        self._key = signing_keys()[0]

    def through(self, address: str, text: str, article: UUID | None = None) -> str:
        if len(address) > LONGEST:
            return address
        number = self._numbers.get(address)
        if number is None:
            number = self._numbers[address] = max(self._numbers.values(), default=0) + 1
            self._new.append(
                Link(issue=self._issue, number=number, url=address, article_uuid=article, text=text[:255])
            )
        token = token_of(self._issue.pk, number, self._variant, address, self._key)
        with translation.override(None):
            return absolute(reverse("newsletter_click", args=[token]))

    def save(self) -> None:
        Link.objects.bulk_create(self._new)
        self._new = []

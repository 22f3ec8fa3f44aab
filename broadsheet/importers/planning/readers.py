"""What a list of readers would bring, without keeping any of it."""

from collections import Counter
from collections.abc import Callable

from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import NotAnAddress, NotForOurServer, reachable
from broadsheet.importers.planning.places import Places
from broadsheet.importers.records import Level, Reader, Wish, Wishes
from broadsheet.newsletters.models import Newsletter

MOST_LINES = 1000
"""Lines of a list that are named one by one; the others are counted."""

type Say = Callable[[Level, str, str], None]


class ReaderCount:
    def __init__(self, say: Say) -> None:
        self.say = say
        self.count = 0
        self.counts: Counter[str] = Counter()
        self._seen: set[int] = set()
        self._said = 0

    def take(self, reader: Reader) -> None:
        self.count += 1
        try:
            address = reachable(reader.address)
        except NotAnAddress as error:
            self.counts["bad"] += 1
            why = _("Our mail server takes only plain letters before the @.")
            is_ours = isinstance(error, NotForOurServer)
            self._line(reader, why if is_ours else _("“%s” is no e-mail address.") % reader.address[:100])
            return
        # A million addresses are kept as numbers: memory stays small.
        if (mark := hash(address)) in self._seen:
            self.counts["merged"] += 1
            self._line(reader, _("%s is in the list twice: it comes once.") % address)
            return
        self._seen.add(mark)
        self.counts[reader.wish] += 1
        if reader.wish == Wish.SUBSCRIBED and not reader.proof:
            self.counts["without_proof"] += 1
        if reader.is_complimentary:
            self.counts["complimentary"] += 1
        if reader.is_paying:
            self.counts["paying"] += 1
        if reader.wish == Wish.PENDING:
            self._line(reader, _("%s never confirmed there: it does not come.") % address)

    def _line(self, reader: Reader, words: str) -> None:
        self._said += 1
        if self._said <= MOST_LINES:
            self.say(Level.LEFT, _("Line %d") % reader.line, words)

    def finish(self, wishes: Wishes, places: Places) -> None:
        if not self.count:
            return
        if self._said > MOST_LINES:
            self.say(Level.LEFT, "", _("%d more lines like these.") % (self._said - MOST_LINES))
        if not wishes.newsletter:
            offered = Newsletter.objects.offered(places.edition.locale.language_code)
            wishes.newsletter = offered.values_list("slug", flat=True).first() or "newsletter"
        if self.counts["without_proof"]:
            said = _(
                "%d readers are subscribed there, and the file does not say how they agreed. Declare it."
            )
            self.say(Level.REPAIR, _("Consent"), said % self.counts["without_proof"])
        if self.counts["paying"]:
            said = _(
                "%(count)d readers pay there. They read on for %(days)d days; their Stripe numbers are kept."
            )
            self.say(
                Level.REPAIR,
                _("Subscriptions"),
                said % {"count": self.counts["paying"], "days": wishes.paying_days},
            )

    def summary(self) -> dict[str, int]:
        return (
            {"lines": self.count, **{str(name): count for name, count in self.counts.items()}}
            if self.count
            else {}
        )

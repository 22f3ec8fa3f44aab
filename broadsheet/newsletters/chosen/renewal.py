"""What is asked before each batch of a letter that readers chose: who still gets it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical
from broadsheet.delivery.models import Recipient
from broadsheet.delivery.sources import Renewal, Skip
from broadsheet.newsletters.letter.tokens import LEAVE, PREFERENCES
from broadsheet.newsletters.models import EReader, FollowedLetter, LetterItem, WeeklyLetter
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.notices.seen import Witness
from broadsheet.people.models import Person
from broadsheet.platform.http.signed_cookies import signing_keys


def renewal_of[Letter: (FollowedLetter, WeeklyLetter, EReader)](
    recipients: Sequence[Recipient],
    letters: Mapping[str, Letter],
    why_not: Callable[[Letter | None, Recipient], str],
) -> Renewal:
    """`letters` by the keys of recipients. `why_not` is empty where they get it."""
    keys = signing_keys()
    found: dict[str, dict[str, str] | Skip] = {}
    for recipient in recipients:
        letter = letters.get(recipient.key)
        why = why_not(letter, recipient)
        if letter is None or why:
            found[recipient.key] = Skip(why)
        else:
            token = ReaderToken(letter.mailbox_id, None).sealed(keys)
            found[recipient.key] = {PREFERENCES: token, LEAVE: token}
    return found


def why_not(
    letter: FollowedLetter | WeeklyLetter | EReader | None,
    recipient: Recipient,
    *,
    unwanted: str,
    lacks: Callable[[Person], str] = lambda person: "",
) -> str:
    """Why this reader doesn't get it now; empty where they do. `unwanted` says that they want it no longer,
    `lacks` what right they lack."""
    if letter is None or letter.mailbox.is_erased:
        return unwanted
    if letter.mailbox.is_paused:
        return _("All newsletters are paused.")
    person = letter.mailbox.person
    if person is None or not person.is_active:
        return _("No account any more.")
    if why := lacks(person):
        return why
    if canonical(recipient.address) != letter.goes_to:
        return _("The reader’s address has changed.")
    return ""


def mailed_to(source: str, article: UUID, edition_of: Callable[[str], str]) -> Iterator[Witness]:
    """Who was sent a letter of `source` that held the article, and from whom it didn't come back.

    `edition_of` tells the edition by the key of a send.
    """
    cohorts = LetterItem.objects.filter(article_uuid=article).values("cohort")
    got_it = Recipient.objects.filter(
        send__source=source, batch__cohort__in=cohorts, state__in=["submitted", "unknown"]
    )
    for address, key in got_it.order_by().values_list("address", "send__key").iterator():
        yield Witness(canonical(address), edition_of(key))

"""What the post room asks before each batch: who still gets their letter, and is all in it in print."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical
from broadsheet.delivery.models import Cohort, Recipient, Send
from broadsheet.delivery.sources import Held, Renewal, Skip
from broadsheet.editorial.models import Edition, outline
from broadsheet.newsletters.followed.composing import articles_of, compose
from broadsheet.newsletters.followed.sending import SOURCE, note_items
from broadsheet.newsletters.letter.tokens import LEAVE, PREFERENCES
from broadsheet.newsletters.models import FollowedItem, FollowedLetter
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.notices.seen import Witness
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys

STALE = timedelta(hours=24)


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held."""
    tag, pace, day = send.key.split(":")
    _refuse_stale(send)
    edition = next((one for one in outline.editions() if one.locale.language_code == tag), None)
    if edition is None:
        raise Held(_("Its edition is not published any more."))
    empty = {
        cohort.pk
        for cohort in Cohort.objects.filter(batches__recipients__in=recipients).distinct()
        if not _pull_withdrawn(cohort, edition, date.fromisoformat(day))
    }
    keys = signing_keys()
    known = FollowedLetter.objects.filter(pk__in=[one.key for one in recipients], pace=pace)
    letters = {str(letter.pk): letter for letter in known.select_related("mailbox__person")}
    found: dict[str, dict[str, str] | Skip] = {}
    for recipient in recipients:
        letter = letters.get(recipient.key)
        why = (
            _("Nothing is left in it.") if recipient.batch.cohort_id in empty else why_not(letter, recipient)
        )
        if letter is None or why:
            found[recipient.key] = Skip(why)
        else:
            token = ReaderToken(letter.mailbox_id, None).sealed(keys)
            found[recipient.key] = {PREFERENCES: token, LEAVE: token}
    return found


def why_not(letter: FollowedLetter | None, recipient: Recipient) -> str:
    """Why this reader doesn't get it now; empty where they do."""
    if letter is None or letter.mailbox.is_erased:
        return _("No longer wants the letter of what they follow.")
    if letter.mailbox.is_paused:
        return _("All newsletters are paused.")
    person = letter.mailbox.person
    if person is None or not person.is_active:
        return _("No account any more.")
    if canonical(recipient.address) != letter.mailbox.address:
        return _("The reader’s address has changed.")
    return ""


def _refuse_stale(send: Send) -> None:
    """The database may be a backup that was restored, or mail was down for days."""
    let_go = send.instructions.filter(state=Send.State.SENDING).aggregate(last=Max("at"))["last"]
    last = max(filter(None, (send.begun_at, let_go)), default=None)
    if last and clock.now() > last + STALE:
        raise Held(_("It was due more than a day ago. Let it go on if its readers are still to get it."))


def _pull_withdrawn(cohort: Cohort, edition: Edition, day: date) -> bool:
    """Has whoever was not served yet get it without what was withdrawn; whether anything is left."""
    uuids = list(FollowedItem.objects.filter(cohort=cohort).values_list("article_uuid", flat=True))
    articles = articles_of(edition, uuids)
    if articles and len(articles) < len(uuids):
        with transaction.atomic():
            replaced = cohort.replace(compose(edition, day, articles).frozen())
            note_items(replaced, [article.uuid for article in articles])
    return bool(articles)


def mailed_to(article: UUID) -> Iterator[Witness]:
    """Who was sent a letter that held the article, and from whom it didn't come back."""
    cohorts = FollowedItem.objects.filter(article_uuid=article).values("cohort")
    got_it = Recipient.objects.filter(
        send__source=SOURCE, batch__cohort__in=cohorts, state__in=["submitted", "unknown"]
    )
    for address, key in got_it.order_by().values_list("address", "send__key").iterator():
        yield Witness(canonical(address), key.partition(":")[0])

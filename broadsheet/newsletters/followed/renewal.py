"""What the post room asks before each batch: who still gets their letter, and is all in it in print."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Cohort, Recipient, Send
from broadsheet.delivery.sources import Held, Renewal
from broadsheet.editorial.models import Edition, outline
from broadsheet.newsletters.chosen import renewal as chosen
from broadsheet.newsletters.followed.composing import articles_of, compose
from broadsheet.newsletters.followed.sending import SOURCE, note_items
from broadsheet.newsletters.models import FollowedLetter, LetterItem
from broadsheet.newsletters.sending.staleness import refuse_stale
from broadsheet.notices.seen import Witness


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held."""
    tag, pace, day = send.key.split(":")
    refuse_stale(send, send.begun_at)
    edition = outline.edition_of(tag)
    if edition is None:
        raise Held(_("Its edition is not published any more."))
    empty = {
        cohort.pk
        for cohort in Cohort.objects.filter(batches__recipients__in=recipients).distinct()
        if not _pull_withdrawn(cohort, edition, date.fromisoformat(day))
    }
    known = FollowedLetter.objects.filter(pk__in=[one.key for one in recipients], pace=pace)
    letters = {str(letter.pk): letter for letter in known.select_related("mailbox__person")}

    def why_not(letter: FollowedLetter | None, recipient: Recipient) -> str:
        if recipient.batch.cohort_id in empty:
            return _("Nothing is left in it.")
        return chosen.why_not(
            letter, recipient, unwanted=_("No longer wants the letter of what they follow.")
        )

    return chosen.renewal_of(recipients, letters, why_not)


def _pull_withdrawn(cohort: Cohort, edition: Edition, day: date) -> bool:
    """Has whoever was not served yet get it without what was withdrawn; whether anything is left."""
    uuids = list(LetterItem.objects.filter(cohort=cohort).values_list("article_uuid", flat=True))
    articles = articles_of(edition, uuids)
    if articles and len(articles) < len(uuids):
        with transaction.atomic():
            replaced = cohort.replace(compose(edition, day, articles).frozen())
            note_items(replaced, [article.uuid for article in articles])
    return bool(articles)


def mailed_to(article: UUID) -> Iterator[Witness]:
    """Who was sent a letter that held the article, and from whom it didn't come back."""
    return chosen.mailed_to(SOURCE, article, lambda key: key.partition(":")[0])

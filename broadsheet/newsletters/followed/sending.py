"""Hands what is new to the post room: one send for each edition, pace and day, made once.

Who gets the same articles is one cohort. What a reader was sent moves on in the transaction that begins the
send; until then whatever was cut short is done again from the beginning, and nobody is on the send twice.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.tasks import task
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Addressee, Cohort, Send
from broadsheet.editorial.models import Edition, outline
from broadsheet.newsletters.followed.composing import articles_of, compose
from broadsheet.newsletters.followed.new_pieces import Piece, Readers, pieces_in
from broadsheet.newsletters.models import FollowedLetter, LetterItem, Pace
from broadsheet.newsletters.models.followed import FollowedLetterQuerySet
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import DAY, MINUTE, once_every, worker_id

SOURCE = "followed"
CHUNK = 500
"""Readers whose follows are read at once."""
MISSED_AFTER = timedelta(hours=6)
"""So long after its hour a letter is not begun any more: the next one has what it would have held."""
KEPT = timedelta(days=30)


def send_due(at: datetime | None = None, **kwargs: object) -> None:
    at = at or clock.now()
    for edition in outline.editions():
        tag = edition.locale.language_code
        for pace in Pace:
            day, due_at = pace.last_due(at, edition.zone)
            if at - due_at < MISSED_AFTER and _waiting(tag, pace, due_at).exists():
                send_soon.enqueue(tag, pace.value, day.isoformat())


@task
def send_soon(tag: str, pace: str, day: str) -> None:
    """By one process at a time; what one that died left is taken up when its lease has expired."""
    with Lease.objects.turn(f"newsletters.followed.{tag}.{pace}", worker_id(), 15 * MINUTE) as is_ours:
        edition = outline.edition_of(tag)
        if is_ours and edition:
            make(edition, Pace(pace), date.fromisoformat(day))


def _waiting(tag: str, pace: Pace, due_at: datetime) -> FollowedLetterQuerySet:
    return FollowedLetter.objects.filter(edition=tag, pace=pace, covered_until__lt=due_at)


def make(edition: Edition, pace: Pace, day: date) -> Send | None:
    """The send of that day, begun; None where there was nothing new for anybody, or it was begun before."""
    tag = edition.locale.language_code
    noon = datetime.combine(day, time(12), edition.zone).astimezone(UTC)
    _day, due_at = pace.last_due(noon, edition.zone)
    waiting = _waiting(tag, pace, due_at)
    since = waiting.aggregate(since=Min("covered_until"))["since"]
    if since is None:
        return None
    send, _new = Send.objects.freeze(SOURCE, f"{tag}:{pace}:{day}", subject=_subject(tag, day))
    if send.state != Send.State.FROZEN:
        return None  # whoever chose the letter since then has the next one
    pieces = pieces_in(edition, since, due_at)
    letters = list(waiting.order_by("pk").values_list("pk", flat=True))
    cohorts = Cohorts(send, edition, day)
    for chunk in batched(letters, CHUNK, strict=False):
        for uuids, addressees in _by_contents(chunk, pieces):
            if cohort := cohorts.of(uuids):
                cohort.materialise(addressees)
    with transaction.atomic():
        for chunk in batched(letters, CHUNK, strict=False):
            FollowedLetter.objects.filter(pk__in=chunk, covered_until__lt=due_at).update(covered_until=due_at)
        if send.recipients.exists():
            send.begin()
            return send
        send.delete()
    return None


def _subject(tag: str, day: date) -> str:
    with translation.override(tag):
        return _("What you follow, %s") % date_format(day, "DATE_FORMAT")


def _by_contents(
    pks: Sequence[int], pieces: list[Piece]
) -> Iterator[tuple[tuple[UUID, ...], list[Addressee]]]:
    """What each set of new articles is, and who gets it."""
    columns = ("pk", "mailbox__address", "mailbox__person", "covered_until")
    receiving = FollowedLetter.objects.filter(pk__in=pks).receiving(clock.now())
    rows = list(receiving.order_by("pk").values_list(*columns))
    readers = Readers([person for _pk, _address, person, _at in rows])
    found: dict[tuple[UUID, ...], list[Addressee]] = {}
    for pk, address, person, since in rows:
        if uuids := tuple(readers.new_for(person, pieces, since)):
            found.setdefault(uuids, []).append(Addressee(address, str(pk)))
    yield from found.items()


class Cohorts:
    """Those of one send, each by the articles that its message has."""

    def __init__(self, send: Send, edition: Edition, day: date) -> None:
        self._send, self._edition, self._day = send, edition, day
        self._known = {cohort.name: cohort for cohort in send.cohorts.all()}

    def of(self, uuids: Sequence[UUID]) -> Cohort | None:
        """None where none of them may be sent any more."""
        name = hashlib.sha256(b"".join(uuid.bytes for uuid in uuids)).hexdigest()
        if name not in self._known:
            articles = articles_of(self._edition, uuids)
            if not articles:
                return None
            message = compose(self._edition, self._day, articles).frozen()
            with transaction.atomic():
                cohort = self._send.cohorts.create(name=name, message=message)
                note_items(cohort, [article.uuid for article in articles])
            self._known[name] = cohort
        return self._known[name]


def note_items(cohort: Cohort, uuids: Sequence[UUID]) -> None:
    LetterItem.objects.bulk_create(
        LetterItem(cohort=cohort, article_uuid=uuid, position=place) for place, uuid in enumerate(uuids)
    )


@once_every(DAY, "newsletters.followed")
def forget_old(at: datetime) -> None:
    """Deletes letters that are long over: nobody asks for them, and there are many each day."""
    Send.objects.filter(source=SOURCE, ended_at__lte=at - KEPT).delete()

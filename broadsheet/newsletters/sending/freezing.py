"""An approved issue becomes a send: what it says is pinned, and who gets it is written down."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Addressee, Send
from broadsheet.newsletters.chosen.sending import by_ranges
from broadsheet.newsletters.issues.errors import TooLate
from broadsheet.newsletters.issues.life import SOURCE
from broadsheet.newsletters.letter.composing import compose
from broadsheet.newsletters.models import Clock, Issue, IssueCohort, Mailbox, MailedArticle, Variant
from broadsheet.newsletters.segments.matching import sign_ups_in
from broadsheet.newsletters.sending.mornings import mornings
from broadsheet.newsletters.sending.pulling import withdrawn_items
from broadsheet.platform import clock
from broadsheet.platform.days import day_of

FLUSH = 4_000
"""Recipients of one cohort that are written at once: as many in memory for each of the mornings, at most."""
TESTING = timedelta(hours=2)
"""From the first readers of two subjects to the choice between them."""


class Group(NamedTuple):
    """Readers who get the same message at the same moment."""

    due_at: datetime
    variant: str


def moments_of(issue: Issue, zones: Sequence[str] | None = None) -> dict[str, datetime]:
    """The name of a zone → when the issue is due there, for `zones`, those of all readers."""
    newsletter = issue.newsletter
    names = [""]
    if newsletter.clock == Clock.READER:
        names += zones_of_readers() if zones is None else zones
    day = issue.send_on or day_of(clock.now(), newsletter.zone)
    found = mornings(day, issue.send_at or newsletter.send_at, names, newsletter.zone)
    return {name: moment for moment, names in found.items() for name in names}


def zones_of_readers() -> list[str]:
    return list(
        Mailbox.objects.order_by().exclude(time_zone="").values_list("time_zone", flat=True).distinct()
    )


def freeze(issue: Issue, at: datetime | None = None) -> bool:
    """Pins an approved issue; whether it can be handed over now. With nothing left in it, it is held."""
    at = at or clock.now()
    with transaction.atomic():
        try:
            issue._move([Issue.State.APPROVED], Issue.State.FROZEN)
        except TooLate:
            return False
        for item, why in withdrawn_items(issue):
            item.is_dropped = True
            item.save(update_fields=["is_dropped"])
            issue.record(Issue.State.FROZEN, why=why)
        _drop_mailed(issue, at)
        if issue.is_empty:
            issue._move([Issue.State.FROZEN], Issue.State.HELD, why=_("Nothing is left in it."))
            return False
        for item in issue.shown_items:
            if item.article:
                item.revision_id = item.article.live_revision_id
                item.save(update_fields=["revision"])
        sender = issue.newsletter.sender_email
        send, _new = Send.objects.freeze(SOURCE, issue.send_key, subject=issue.subject, sender=sender)
        for variant in variants_of(issue):
            send.cohorts.get_or_create(name=variant, defaults={"message": compose(issue, variant).frozen()})
    return True


def _drop_mailed(issue: Issue, at: datetime) -> None:
    """What another issue has mailed since this one was put together isn't mailed again."""
    items = {item.article_uuid: item.pk for item in issue.shown_items if item.article_uuid}
    MailedArticle.objects.bulk_create(
        (MailedArticle(newsletter=issue.newsletter, article_uuid=uuid, issue=issue, at=at) for uuid in items),
        ignore_conflicts=True,
    )
    mine = set(issue.mailed_articles.values_list("article_uuid", flat=True))
    twice = [pk for uuid, pk in items.items() if uuid not in mine]
    issue.items.filter(pk__in=twice).update(is_dropped=True, is_lead=False)


def variants_of(issue: Issue) -> list[str]:
    return ["", Variant.A, Variant.B] if issue.subject_b else [""]


def hand_over(issue: Issue, at: datetime | None = None) -> int:
    """Queues the message for everyone, grouped by their morning, and lets the send begin; how many are new.

    What was cut short is done again from the beginning, and nobody is on the send twice.
    """
    at = at or clock.now()
    send = issue.send
    if send is None or issue.state != Issue.State.FROZEN:
        return 0
    cohorts = {cohort.name: cohort for cohort in send.cohorts.all()}
    groups = Groups(issue, at)
    new = 0
    for group, addressees in groups.filled():
        new += cohorts[group.variant].materialise(addressees, group.due_at)
    with transaction.atomic():
        for group, count in groups.counts.items():
            IssueCohort.objects.update_or_create(
                issue=issue,
                due_at=group.due_at,
                variant=group.variant,
                defaults={"readers": count, "made_at": clock.now()},
            )
        issue._move([Issue.State.FROZEN], Issue.State.SENDING)
        send.begin()
    return new


class Groups:
    def __init__(self, issue: Issue, at: datetime) -> None:
        self.counts: dict[Group, int] = defaultdict(int)
        self._issue, self._at = issue, at
        self._moments = {name: max(moment, at) for name, moment in moments_of(issue).items()}
        self._otherwise = self._moments[""]
        # When it is known which of two subjects is better: those outside of the sample wait for it.
        self._chosen_at = max(at, min(self._moments.values())) + TESTING

    def filled(self) -> Iterator[tuple[Group, list[Addressee]]]:
        """Everyone who is to get the issue, some thousand at a time."""
        waiting: dict[Group, list[Addressee]] = defaultdict(list)
        for sign_up, address, zone in self._readers():
            group = self._group_of(sign_up, zone)
            waiting[group].append(Addressee(address, str(sign_up)))
            self.counts[group] += 1
            if len(waiting[group]) >= FLUSH:
                yield group, waiting.pop(group)
        yield from waiting.items()

    def _readers(self) -> Iterator[tuple[int, str, str]]:
        sign_ups = self._issue.newsletter.sign_ups.all()
        receiving = sign_ups_in(sign_ups.receiving(self._at), self._issue.segment, self._at)
        return by_ranges(sign_ups, receiving, "pk", "mailbox__address", "mailbox__time_zone")

    def _group_of(self, sign_up: int, zone: str) -> Group:
        due_at = self._moments.get(zone, self._otherwise)
        issue = self._issue
        if not issue.subject_b:
            return Group(due_at, "")
        variant = variant_of(issue.pk, sign_up, issue.sample_percent or 0)
        return Group(due_at, variant) if variant else Group(max(due_at, self._chosen_at), "")


def variant_of(issue: int, sign_up: int, percent: int) -> str:
    """Which of two subjects a reader tries; empty for those outside of the sample.

    Always the same for an issue and a reader, and by chance between issues.
    """
    place = crc32(f"{issue}:{sign_up}".encode()) % 10_000
    if place >= percent * 100:
        return ""
    return Variant.A if place % 2 else Variant.B

"""“What we told you was wrong”: to whoever was mailed an article or opened it, once for each correction."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from itertools import batched
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical
from broadsheet.delivery.letters import sender
from broadsheet.delivery.message import Segments, place_of_token
from broadsheet.delivery.models import Addressee, Recipient, Send
from broadsheet.delivery.sources import Renewal, Skip
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, Correction
from broadsheet.newsletters.issues.life import SOURCE as ISSUES
from broadsheet.newsletters.letter.tokens import PREFERENCES
from broadsheet.newsletters.models import Issue, Mailbox, MailboxQuerySet, MailedArticle
from broadsheet.newsletters.models.recall import Recall
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.notices.seen import Witness, who_has_seen
from broadsheet.people.letters import Letter, written
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import MINUTE, worker_id
from broadsheet.platform.signed_values import Keys

SOURCE = "corrections"
CHUNK = 500


def note_corrections(sender: Any, instance: Any, **kwargs: Any) -> None:
    """When an article is published: writes down each correction of which its readers are to be told."""
    if not isinstance(instance, Article):
        return
    for correction in instance.corrections.filter(tells_readers=True):
        said = "\0".join((correction.kind, correction.date.isoformat(), correction.note))
        Recall.objects.bulk_create(
            [
                Recall(
                    article=instance,
                    article_uuid=instance.uuid,
                    digest=hashlib.sha256(said.encode()).hexdigest(),
                    kind=correction.kind,
                    headline=instance.title[:255],
                    note=correction.note,
                )
            ],
            ignore_conflicts=True,
        )


def tell_due(at: datetime | None = None, **kwargs: object) -> None:
    for pk in Recall.objects.filter(told_at=None).values_list("pk", flat=True):
        tell_soon.enqueue(pk)


@task
def tell_soon(recall: int) -> None:
    with Lease.objects.turn(f"newsletters.recall.{recall}", worker_id(), 15 * MINUTE) as is_ours:
        if is_ours:
            tell(Recall.objects.get(pk=recall))


def tell(recall: Recall) -> int:
    """Hands the letter to the post room for everyone whom it concerns; how many are new.

    What was cut short is done again from the beginning, and nobody is on the send twice.
    """
    if recall.told_at:
        return 0
    # By the edition of each: the same letter in the words and with the addresses of theirs.
    send, _new = Send.objects.freeze(SOURCE, recall.send_key, subject=_subject(recall))
    cohorts = {cohort.name: cohort for cohort in send.cohorts.all()}
    new = 0
    for chunk in batched(who_has_seen(recall.article_uuid), CHUNK, strict=False):
        for edition, addressees in _by_edition(chunk).items():
            if edition not in cohorts:
                message = _message(recall, edition).frozen()
                cohorts[edition] = send.cohorts.create(name=edition, message=message)
            new += cohorts[edition].materialise(addressees)
    with transaction.atomic():
        recall.told_at, recall.readers = clock.now(), send.recipients.count()
        recall.save(update_fields=["told_at", "readers"])
        send.begin()
    return new


def _by_edition(witnesses: Sequence[Witness]) -> dict[str, list[Addressee]]:
    """Those who want such letters, by the edition that they read."""
    editions = {witness.email: witness.edition for witness in reversed(witnesses)}
    default = next(iter(settings.EDITIONS))
    # A mailbox for everyone, so that each letter leads to where such letters are switched off.
    missing = editions.keys() - set(_mailboxes(editions).values_list("address", flat=True))
    Mailbox.objects.bulk_create(
        Mailbox(address=address, edition=editions[address] or default) for address in sorted(missing)
    )
    found: dict[str, list[Addressee]] = {}
    for mailbox in _mailboxes(editions).filter(wants_corrections=True).order_by("pk"):
        edition = editions[mailbox.address] or mailbox.edition
        found.setdefault(edition, []).append(Addressee(mailbox.address, str(mailbox.pk)))
    return found


def _mailboxes(addresses: Iterable[str]) -> MailboxQuerySet:
    return Mailbox.objects.filter(address__in=addresses, erased_at=None)


def _subject(recall: Recall) -> str:
    return _("%(kind)s: %(headline)s") % {
        "kind": Correction.Kind(recall.kind).label,
        "headline": recall.headline,
    }


def _message(recall: Recall, edition: str) -> Segments:
    with translation.override(edition):
        article = find_article(str(recall.article_uuid))
        address = article.get_full_url() if article else ""
        preferences = absolute(reverse("newsletter_preferences", args=["TOKEN"]))
        preferences = preferences.replace("TOKEN", place_of_token(PREFERENCES))
        letter = Letter(
            subject=" ".join(_subject(recall).split()),
            paragraphs=[
                _("We sent you “%s”, or you read it with us. Something in it was wrong.") % recall.headline,
                *recall.note.splitlines(),
            ],
            action=(_("Read it as it is now"), address) if address else None,
            after=[
                _("To stop letters about corrections: %s")
                % absolute(reverse("newsletter_preferences", args=["TOKEN"])).replace(
                    "TOKEN", place_of_token(PREFERENCES)
                )
            ],
        )
        text, html = written(letter)
        message = EmailMessage()
        message["From"], message["Subject"] = sender(), letter.subject
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        return Segments.compile(message, [PREFERENCES], clock.now())


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    keys = signing_keys()
    known = {str(box.pk): box for box in Mailbox.objects.filter(pk__in=[one.key for one in recipients])}
    return {one.key: _renewed(known.get(one.key), keys) for one in recipients}


def _renewed(mailbox: Mailbox | None, keys: Keys) -> dict[str, str] | Skip:
    if mailbox is None or mailbox.is_erased:
        return Skip(_("The account was erased."))
    if not mailbox.wants_corrections or mailbox.is_paused:
        return Skip(_("Wants no letters about corrections, or paused all."))
    return {PREFERENCES: ReaderToken(mailbox.pk, None).sealed(keys)}


def mailed_to(article: UUID) -> Iterator[Witness]:
    """Who was sent an issue that held the article, and from whom it didn't come back."""
    issues = MailedArticle.objects.filter(article_uuid=article).values_list("issue", flat=True)
    for issue in Issue.objects.filter(pk__in=issues).select_related("newsletter").defer("body"):
        sends = Send.objects.filter(source=ISSUES, key=issue.send_key)
        got_it = Recipient.objects.filter(send__in=sends, state__in=["submitted", "unknown"]).order_by()
        for address in got_it.values_list("address", flat=True).iterator():
            yield Witness(canonical(address), issue.newsletter.edition)

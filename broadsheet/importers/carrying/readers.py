"""Readers, thousands in one transaction. Nobody is written to, and nobody who left gets anything again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import NotAnAddress, fingerprint, fingerprints, reachable
from broadsheet.delivery.models import Suppression
from broadsheet.editorial.models import Edition
from broadsheet.importers.models import Import, Imported, KeptOfReader, ReaderBatch
from broadsheet.importers.records import Reader, Wish, Wishes
from broadsheet.membership.models import Entitlement
from broadsheet.membership.models.entitlement import UNTIL_REVOKED
from broadsheet.newsletters.models import (
    Consent,
    Label,
    Labelling,
    Leaving,
    Mailbox,
    Newsletter,
    Place,
    SignUp,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.new_rows import NewRows

BATCH = 5000
WANTED = frozenset({Wish.SUBSCRIBED, Wish.UNSUBSCRIBED, Wish.CLEANED})
SIGN_UP = ("mailbox", "newsletter", "state", "leaving", "asked_at", "confirmed_at", "left_at")
CONSENT = ("sign_up", "words", "network_address", "given_at", "confirmed_at")
STAYS = (str(SignUp.State.CONFIRMED), "")
LEFT = (str(SignUp.State.LEFT), str(Leaving.BEFORE))

type Made = dict[str, list[list[int]]]
type SignedUp = tuple[int, int, str, str, datetime, datetime, datetime | None]
type Agreed = tuple[str, str | None, datetime, datetime]


class Readers:
    def __init__(
        self, moving: Import, wishes: Wishes, edition: Edition, targets: dict[tuple[str, str], int]
    ) -> None:
        self.moving, self.wishes, self.targets = moving, wishes, targets
        self.edition = edition
        self.tag = edition.locale.language_code
        self.words = _("Brought over from %(system)s (%(site)s).") % {
            "system": moving.label,
            "site": moving.site or "—",
        }
        self.declared = wishes.declaration.strip()
        self._own: Newsletter | None = None
        self._labels: dict[str, int] = {}

    def bring(self, batch: list[Reader], number: int) -> int:
        """How many were settled now: 0 for a batch that came before."""
        if ReaderBatch.objects.filter(moving=self.moving, number=number).exists():
            return 0
        with transaction.atomic():
            made: Made = {}
            self._bring(self._merged(batch), made)
            ReaderBatch.objects.create(moving=self.moving, number=number, made=made)
        return len(batch)

    def _merged(self, batch: list[Reader]) -> dict[str, Reader]:
        """Address → reader. Of two lines for one mailbox the one that wants less counts."""
        found: dict[str, Reader] = {}
        for reader in batch:
            try:
                address = reachable(reader.address)
            except NotAnAddress:
                continue
            there = found.get(address)
            if there is None or (
                there.wish == Wish.SUBSCRIBED and reader.wish in {Wish.UNSUBSCRIBED, Wish.CLEANED}
            ):
                found[address] = reader
        return {address: reader for address, reader in found.items() if reader.wish != Wish.PENDING}

    def _bring(self, readers: dict[str, Reader], made: Made) -> None:
        now = clock.now()
        known = Mailbox.objects.filter(address__in=readers, erased_at=None)
        there = dict(known.values_list("address", "pk"))
        erased = self._erased(readers.keys() - there.keys())
        new = [address for address in readers if address not in there and address not in erased]
        rows = NewRows(Mailbox, ["address"], edition=self.tag, created_at=now)
        boxes = dict(zip(new, rows.insert([(address,) for address in new]), strict=True))
        made["mailboxes"] = spans(boxes.values())
        self._sign_up(readers, boxes | there, list(there.values()), now, made)
        self._suppress([address for address, reader in readers.items() if reader.wish == Wish.CLEANED], made)
        self._label(readers, boxes | there)
        self._keep(readers, boxes | there, now, made)

    def _erased(self, addresses: Any) -> set[str]:
        """Those whose readers had everything forgotten here: a list does not bring them back."""
        if not Mailbox.objects.exclude(erased_at=None).exists():
            return set()
        marks = {mark: address for address in addresses for mark in fingerprints(address)}
        found = Mailbox.objects.filter(address__in=marks).exclude(erased_at=None)
        return {marks[mark] for mark in found.values_list("address", flat=True)}

    # --- Sign-ups ----------------------------------------------------------------------------------

    def _newsletters(self, reader: Reader) -> list[int]:
        keys = [(str(Imported.Kind.NEWSLETTER), key) for key in reader.newsletters]
        found = dict.fromkeys(self.targets[key] for key in keys if key in self.targets)
        return list(found) or [self._own_newsletter().pk]

    def _own_newsletter(self) -> Newsletter:
        if self._own is None:
            slug = self.wishes.newsletter or "newsletter"
            there = Newsletter.objects.filter(edition=self.tag, slug=slug).first()
            self._own = there or Newsletter.objects.create(
                edition=self.tag, slug=slug, name=slug.replace("-", " ").capitalize()
            )
        return self._own

    def _sign_up(
        self,
        readers: dict[str, Reader],
        boxes: dict[str, int],
        known: list[int],
        now: datetime,
        made: Made,
    ) -> None:
        before = {
            (one.mailbox_id, one.newsletter_id): one for one in SignUp.objects.filter(mailbox__in=known)
        } if known else {}  # fmt: skip
        new, agreed, leaving = list[SignedUp](), list[Agreed](), list[int]()
        for address, reader in readers.items():
            box = boxes.get(address)
            if box is None or reader.wish not in WANTED:
                continue
            since = min(reader.since or now, now)
            for newsletter in self._newsletters(reader):
                there = before.get((box, newsletter))
                if there is None:
                    has_left = reader.wish == Wish.UNSUBSCRIBED
                    left_at = min(reader.left_at or now, now) if has_left else None
                    new.append((box, newsletter, *(LEFT if has_left else STAYS), since, since, left_at))
                    basis = reader.proof or self.declared
                    words = f"{self.words} {basis}".strip()
                    agreed.append((words, reader.network_address or None, since, since))
                elif reader.wish == Wish.UNSUBSCRIBED and there.is_confirmed and there.place == Place.IMPORT:
                    leaving.append(there.pk)
        SignUp.objects.filter(pk__in=leaving).update(
            state=SignUp.State.LEFT, left_at=now, leaving=Leaving.BEFORE
        )
        keys = NewRows(SignUp, SIGN_UP, place=Place.IMPORT).insert(new)
        made["sign_ups"] = spans(keys)
        consents = [(key, *words) for key, words in zip(keys, agreed, strict=True)]
        NewRows(Consent, CONSENT, place=Place.IMPORT).insert(consents)

    # --- Beside them ------------------------------------------------------------------------------

    def _suppress(self, addresses: list[str], made: Made) -> None:
        if not addresses:
            return
        there = Suppression.objects.filter(
            fingerprint__in=[mark for one in addresses for mark in fingerprints(one)]
        )
        known = set(there.values_list("fingerprint", flat=True))
        new = [
            Suppression(
                fingerprint=fingerprint(address),
                address=address,
                reason=Suppression.Reason.HARD_BOUNCE,
                words=_("It bounced at %s, before the magazine moved here.") % self.moving.label,
            )
            for address in addresses
            if known.isdisjoint(fingerprints(address))
        ]
        Suppression.objects.bulk_create(new, batch_size=1000)
        made["suppressions"] = spans(row.pk for row in new)

    def _label(self, readers: dict[str, Reader], boxes: dict[str, int]) -> None:
        for name in {
            label for reader in readers.values() for label in reader.labels if label not in self._labels
        }:
            label, _is_new = Label.objects.get_or_create(name=name[:60])
            self._labels[name] = label.pk
        Labelling.objects.bulk_create(
            (
                Labelling(label_id=self._labels[label], mailbox_id=boxes[address], by=self.moving.by)
                for address, reader in readers.items()
                if address in boxes
                for label in dict.fromkeys(reader.labels)
            ),
            ignore_conflicts=True,
            batch_size=1000,
        )

    def _keep(self, readers: dict[str, Reader], boxes: dict[str, int], now: datetime, made: Made) -> None:
        kept, people, rights = [], [], []
        for address, reader in readers.items():
            box = boxes.get(address)
            if box is None:
                continue
            person = None
            if reader.is_complimentary or reader.is_paying:
                person, is_new = Person.objects.registered(address)
                if is_new:
                    people.append(person.pk)
                    person.rename(reader.name[:150])
                if right := self._right(person, reader, now):
                    rights.append(right.pk)
            if reader.note or reader.customer or (reader.name and person is None):
                kept.append(
                    KeptOfReader(
                        mailbox_id=box,
                        person=person,
                        name=reader.name[:200],
                        note=reader.note[:2000],
                        stripe_customer=reader.customer[:60],
                        plan=reader.plan[:120],
                    )
                )
        KeptOfReader.objects.bulk_create(kept, ignore_conflicts=True, batch_size=1000)
        made["people"], made["rights"] = spans(people), spans(rights)

    def _right(self, person: Person, reader: Reader, now: datetime) -> Entitlement | None:
        """What keeps them reading. It is given without a letter: nobody is written to by an import."""
        if reader.is_complimentary:
            ends_at = reader.until or UNTIL_REVOKED
        else:
            ends_at = reader.until or now + timedelta(days=self.wishes.paying_days)
        if ends_at <= now or Entitlement.objects.filter(person=person).live(now).exists():
            return None
        why = (
            _("Complimentary at %s")
            if reader.is_complimentary
            else _("Pays at %s, until they subscribe here")
        )
        return Entitlement.objects.create(
            person=person,
            starts_at=now,
            ends_at=ends_at,
            reason=(why % self.moving.label)[:200],
            given_by=self.moving.by,
        )


def spans(keys: Any) -> list[list[int]]:
    """Primary keys as first and last of those that follow one another."""
    found: list[list[int]] = []
    for key in sorted(keys):
        if found and key == found[-1][1] + 1:
            found[-1][1] = key
        else:
            found.append([key, key])
    return found

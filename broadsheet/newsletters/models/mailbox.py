from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.delivery.addresses import canonical, fingerprint, readable
from broadsheet.delivery.forgetting import forget
from broadsheet.editorial.models.publication import Publication, TimeZoneField
from broadsheet.editorial.zones import zone_of
from broadsheet.newsletters.signals import mailbox_erased
from broadsheet.people.models import Person
from broadsheet.people.models.person import masked
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.prefixes import PrefixIndex

if TYPE_CHECKING:
    from broadsheet.newsletters.models.label import Labelling
    from broadsheet.newsletters.models.sign_up import SignUpQuerySet


def month_of(at: datetime, publication: Publication) -> str:
    """“2026-03”, by the publication's clock."""
    return f"{at.astimezone(publication.zone):%Y-%m}"


def is_active(at: datetime, path: str = "") -> Q:
    """That a mailbox is neither paused, resting nor erased; `path` leads to it, such as ``mailbox__``."""
    awake = Q((f"{path}paused_until", None)) | Q((f"{path}paused_until__lte", at))
    return awake & Q((f"{path}erased_at", None), (f"{path}rested_at", None))


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def at(self, address: str) -> Self:
        """That of `address`, however it is written; none where its reader erased it."""
        return self.filter(address=canonical(address), erased_at=None)

    def seen(self) -> int:
        """Keeps of each that its reader was there this month; how many that changed."""
        month = month_of(clock.now(), Publication.load())
        answered = {"rested_at": None, "asked_whether_to_go_on_at": None}
        kept = self.filter(erased_at=None, objects_to_signs_of_life=False).filter(
            Q(seen_in__lt=month) | Q(rested_at__isnull=False) | Q(asked_whether_to_go_on_at__isnull=False)
        )
        return kept.update(seen_in=month, **answered)

    def active(self, at: datetime) -> Self:
        """Those that are neither paused, resting nor erased."""
        return self.filter(is_active(at))

    def made_at(self, address: str, edition: str) -> "Mailbox":
        """That of `address`; a new one where there is none."""
        wanted = {"address": canonical(address), "erased_at": None}
        return self.get_or_create(**wanted, defaults={"edition": edition})[0]

    def made_for(self, person: Person, edition: str) -> "Mailbox":
        """That of a reader with an account, who has proven their address; a new one where there is none."""
        if found := self.of(person):
            return found
        mailbox = self.made_at(person.email, edition)
        mailbox.belong_to(person)
        return mailbox

    def of(self, person: Person) -> "Mailbox | None":
        """That of a reader with an account, by their address where it is not known to be theirs yet."""
        found = self.filter(person=person).first()
        if found is None and (found := self.at(person.email).first()):
            found.belong_to(person)
        return found


class Mailbox(models.Model):
    """An address that newsletters go to. One address is one mailbox, with or without an account."""

    # As delivery/addresses.py compares addresses; of an erased one its fingerprint.
    address = EmailModelField(_("e-mail address"))
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="mailbox"
    )
    edition = EditionTagField()
    time_zone = TimeZoneField(
        _("time zone"), blank=True, help_text=_("Empty: not known, so that the edition’s is taken.")
    )
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)

    wants_corrections = models.BooleanField(
        _("wants to know what was wrong"),
        default=True,
        help_text=_("A letter when an article that they were sent or opened is corrected."),
    )

    # All that is kept of when the reader was last there: a month, “2026-03”.
    seen_in = models.CharField(_("last sign of life"), max_length=7, blank=True)
    objects_to_signs_of_life = models.BooleanField(_("objects to it"), default=False)
    asked_whether_to_go_on_at = models.DateTimeField(null=True, editable=False)
    # When nobody answered that: nothing is sent until they say so.
    rested_at = models.DateTimeField(null=True, editable=False)

    created_at = models.DateTimeField(default=clock.now, editable=False)
    # An address may be changed to one that has a mailbox of its own: links in earlier letters lead on to it.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=Q(erased_at=None), name="mailbox_once_for_an_address"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(person=None, time_zone="", seen_in="", paused_until=None),
                name="mailbox_erased_says_nothing",
            ),
            models.CheckConstraint(
                condition=Q(seen_in="") | Q(seen_in__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$"),
                name="mailbox_seen_in_a_month",
            ),
            models.CheckConstraint(
                condition=Q(objects_to_signs_of_life=False) | Q(seen_in="", rested_at=None),
                name="mailbox_not_watched_against_its_will",
            ),
        ]
        indexes = [
            models.Index(fields=["seen_in"]),
            models.Index(fields=["time_zone"]),
            PrefixIndex("address", name="mailbox_address_begins"),
        ]

    if TYPE_CHECKING:
        sign_ups: SignUpQuerySet
        labellings: models.QuerySet[Labelling]

    def __str__(self) -> str:
        return self.address

    @property
    def readable_address(self) -> str:
        return readable(self.address)

    @property
    def masked_address(self) -> str:
        return masked(self.address)

    @property
    def zone(self) -> ZoneInfo:
        """The reader’s own, else the edition’s."""
        return ZoneInfo(self.time_zone) if self.time_zone else zone_of(self.edition)

    @property
    def seen_month(self) -> date | None:
        """The first day of the month in which they were last there."""
        return date.fromisoformat(f"{self.seen_in}-01") if self.seen_in else None

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def is_paused(self) -> bool:
        return self.rested_at is not None or bool(self.paused_until and self.paused_until > clock.now())

    def belong_to(self, person: Person) -> None:
        """That it is `person`'s, who has proven it."""
        with transaction.atomic():
            Mailbox.objects.filter(person=person).exclude(pk=self.pk).update(person=None)
            Mailbox.objects.filter(pk=self.pk, erased_at=None).update(person=person)
        self.refresh_from_db()

    def see(self) -> None:
        """Keeps the month, which is all that is kept of it; whoever was asked has answered."""
        Mailbox.objects.filter(pk=self.pk).seen()
        self.refresh_from_db()

    def object_to_signs_of_life(self, objects: bool = True) -> None:
        """Whether the month is kept: who does not want it is never asked whether to go on."""
        changes = {"objects_to_signs_of_life": objects}
        if objects:
            changes |= {"seen_in": "", "rested_at": None, "asked_whether_to_go_on_at": None}  # type: ignore[dict-item]
        self._change(**changes)
        if not objects:
            self.see()

    def pause(self, weeks: int) -> None:
        self._change(paused_until=clock.now() + timedelta(weeks=weeks))

    def resume(self) -> None:
        self._change(paused_until=None, rested_at=None, asked_whether_to_go_on_at=None)

    def live_in(self, time_zone: str) -> None:
        """Newsletters that go by the reader's clock go by that of `time_zone`; empty: by the edition's."""
        self._change(time_zone=time_zone)

    def move_to(self, address: str) -> "Mailbox":
        """Sends all to `address`, a proven one; where that has a mailbox already, that one stays."""
        from broadsheet.newsletters.models.e_reader import EReader
        from broadsheet.newsletters.models.followed import FollowedLetter
        from broadsheet.newsletters.models.sign_up import Leaving
        from broadsheet.newsletters.models.weekly import WeeklyLetter

        address = canonical(address)
        with transaction.atomic():
            other = Mailbox.objects.at(address).exclude(pk=self.pk).first()
            if other is None:
                self._change(address=address)
                return self
            for sign_up in self.sign_ups.confirmed():
                taken = other.sign_ups.filter(newsletter=sign_up.newsletter_id).first()
                if taken is None:
                    type(sign_up).objects.filter(pk=sign_up.pk).update(mailbox=other)
                else:
                    taken.confirm()
                    sign_up.leave(Leaving.PREFERENCES)
            for letters in (FollowedLetter.objects.all(), WeeklyLetter.objects.all(), EReader.objects.all()):
                if not letters.filter(mailbox=other).exists():
                    letters.filter(mailbox=self).update(mailbox=other)
            for label in self.labellings.exclude(label__in=other.labellings.values("label")):
                type(label).objects.filter(pk=label.pk).update(mailbox=other)
            self._leave_nothing(merged_into=other)
        return other

    def erase(self) -> None:
        """Forgets whose it was. What counted it as a reader who came and left stays, without an address."""
        from broadsheet.newsletters.models.e_reader import EReader
        from broadsheet.newsletters.models.sign_up import Consent, Leaving

        address = self.address
        with transaction.atomic():
            for sign_up in self.sign_ups.exclude(state="left"):
                sign_up.leave(Leaving.ERASED)
            self.sign_ups.update(words="")
            Consent.objects.filter(sign_up__mailbox=self).delete()
            self.labellings.all().delete()
            EReader.objects.forget(self)
            self._leave_nothing()
            mailbox_erased.send(Mailbox, mailbox=self)
            if not Person.objects.filter(email=address).exists():
                forget(address)

    def _leave_nothing(self, **more: object) -> None:
        from broadsheet.newsletters.models.e_reader import EReader
        from broadsheet.newsletters.models.followed import FollowedLetter
        from broadsheet.newsletters.models.weekly import WeeklyLetter

        FollowedLetter.objects.stop(self)
        WeeklyLetter.objects.stop(self)
        EReader.objects.stop(self)
        self._change(
            address=fingerprint(self.address),
            person=None,
            time_zone="",
            seen_in="",
            paused_until=None,
            rested_at=None,
            asked_whether_to_go_on_at=None,
            erased_at=clock.now(),
            **more,
        )

    def _change(self, **fields: object) -> None:
        Mailbox.objects.filter(pk=self.pk, erased_at=None).update(**fields)
        self.refresh_from_db()

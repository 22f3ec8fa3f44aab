from datetime import datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.delivery.addresses import canonical, readable
from broadsheet.editorial.models.publication import TimeZoneField
from broadsheet.editorial.zones import zone_of
from broadsheet.people.models.person import masked
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.prefixes import PrefixIndex

if TYPE_CHECKING:
    from broadsheet.newsletters.models.label import Labelling
    from broadsheet.newsletters.models.sign_up import SignUpQuerySet


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def at(self, address: str) -> Self:
        """That of `address`, however it is written; none where its reader erased it."""
        return self.filter(address=canonical(address), erased_at=None)

    def active(self, at: datetime | None = None) -> Self:
        """Those that are neither paused nor erased."""
        at = at or clock.now()
        return self.filter(Q(paused_until=None) | Q(paused_until__lte=at), erased_at=None, rested_at=None)


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
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def is_paused(self) -> bool:
        return self.rested_at is not None or bool(self.paused_until and self.paused_until > clock.now())

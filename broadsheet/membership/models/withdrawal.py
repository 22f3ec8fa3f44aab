from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import canonical
from broadsheet.editorial.zones import zone_of
from broadsheet.membership.errors import Refused
from broadsheet.membership.notice_kinds import WithdrawalNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def found(self, text: str) -> Self:
        """Those whose name or address begins with `text`."""
        return self.filter(Q(email__istartswith=canonical(text)) | Q(name__istartswith=text.strip()))

    def open_first(self) -> Self:
        return self.order_by(F("settled_at").desc(nulls_first=True), "-received_at", "-pk")


class Withdrawal(models.Model):
    """A declaration, made without signing in, that somebody withdraws from a contract.

    It counts from the moment it came, whoever looks at it later. Nobody is told whether there is such a
    contract.
    """

    edition = EditionTagField()
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    contract = models.CharField(_("what it is about"), max_length=300)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    note = models.CharField(_("how it was settled"), max_length=300, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["-received_at", "-id"], name="withdrawal_newest")]

    def __str__(self) -> str:
        return f"{self.name}, {self.received_at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.edition)

    @property
    def state(self) -> str:
        return gettext("Settled") if self.settled_at else gettext("Open")

    def settle(self, by: Person, note: str) -> None:
        """Says what was done about it; raises Refused where somebody else has said so before."""
        open_one = Withdrawal.objects.filter(pk=self.pk, settled_at=None)
        if not open_one.update(settled_at=clock.now(), settled_by=by, note=note):
            raise Refused(gettext("This withdrawal has been settled already."))
        self.refresh_from_db()

    def receive(self) -> None:
        """Keeps it, and has its arrival confirmed with day and time."""
        with transaction.atomic():
            self.save()
            Notice.objects.set_down(
                WithdrawalNotice.RECEIVED, self.pk, edition=self.edition, email=self.email
            )

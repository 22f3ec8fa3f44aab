from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.house import clock
from broadsheet.membership.errors import Refused
from broadsheet.membership.models.notice import Notice, NoticeKind
from broadsheet.membership.models.plan import EditionTagField
from broadsheet.people.models import Person


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

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["-received_at", "-id"], name="withdrawal_newest")]

    def __str__(self) -> str:
        return f"{self.name}, {self.received_at:%Y-%m-%d %H:%M}"

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
            Notice.objects.set_down(NoticeKind.WITHDRAWAL, self.pk, edition=self.edition, email=self.email)

"""Who gets each weekly issue as a file at the address of their e-reader."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.delivery.addresses import readable
from broadsheet.delivery.forgetting import forget
from broadsheet.delivery.models import Recipient, Suppression
from broadsheet.newsletters.models.mailbox import Mailbox
from broadsheet.people.models import CodeRefused, MailedCode, Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField

SOURCE = "e-reader"
"""As the post room knows these sends."""
CODE_LASTS = timedelta(days=3)
"""Some services for e-readers ask by mail whether they may take a document, and wait two days."""
NO_CODE = _("This code has expired, or a newer one has replaced it. Ask for a new one.")


class EReaderQuerySet(models.QuerySet["EReader"]):
    def ask(self, mailbox: Mailbox, edition: str, mailed: MailedCode) -> None:
        """Once the code of `mailed` is typed, issues go where it went; until then nothing changes."""
        asked = {"asked": mailed.email, "code": mailed}
        self.update_or_create(mailbox=mailbox, defaults=asked, create_defaults=asked | {"edition": edition})

    def stop(self, mailbox: Mailbox) -> None:
        self.filter(mailbox=mailbox).delete()

    def forget(self, mailbox: Mailbox) -> None:
        """Also in the post room, unless somebody else has the address."""
        for row in self.filter(mailbox=mailbox):
            row.delete()
            for address in {row.address, row.asked} - {""}:
                others = EReader.objects.filter(Q(address=address) | Q(asked=address))
                boxes = Mailbox.objects.at(address).exclude(pk=mailbox.pk)
                if not (others.exists() or boxes.exists() or Person.objects.filter(email=address).exists()):
                    forget(address)

    def forget_unproven(self, at: datetime) -> None:
        """Addresses whose code nobody typed while it counted."""
        waiting = self.exclude(asked="").filter(Q(code=None) | Q(code__expires_at__lte=at))
        waiting.filter(address="").delete()
        waiting.update(asked="", code=None)

    def receiving(self, edition: str) -> Self:
        """Those of the edition whose reader has an account, and has not paused what we send."""
        boxes = Mailbox.objects.active(clock.now()).filter(person__is_active=True)
        return self.exclude(address="").filter(edition=edition, mailbox__in=boxes)


class EReader(models.Model):
    """The address of a reader's e-reader, and the one that it shall be."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="e_reader")
    edition = EditionTagField()
    # Somebody typed the code that was sent there.
    address = EmailModelField(blank=True)
    proven_at = models.DateTimeField(null=True, editable=False)
    # Where the newest code went.
    asked = EmailModelField(blank=True)
    code = models.ForeignKey(MailedCode, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = EReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-reader")
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=~Q(address=""), name="e_reader_once_for_an_address"
            ),
            models.CheckConstraint(
                condition=Q(address="", proven_at=None) | (~Q(address="") & Q(proven_at__isnull=False)),
                name="e_reader_address_is_proven",
            ),
            models.CheckConstraint(condition=~Q(address="", asked=""), name="e_reader_has_an_address"),
        ]
        indexes = [models.Index(fields=["edition", "id"], name="e_reader_by_edition")]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.address or self.asked}"

    @property
    def goes_to(self) -> str:
        return self.address

    @property
    def readable_address(self) -> str:
        return readable(self.address)

    @property
    def waiting_code(self) -> MailedCode | None:
        """The one that may still be typed."""
        code = self.code
        return code if self.asked and code and not code.used_at and code.expires_at > clock.now() else None

    @property
    def suppression(self) -> Suppression | None:
        """Why nothing is sent there, if so."""
        return Suppression.objects.active().of(self.address).first() if self.address else None

    @property
    def last(self) -> Recipient | None:
        """What became of the last issue that was to go there."""
        # By its address, of which there is an index: of keys alone there is none.
        mine = Recipient.objects.to(self.address).filter(send__source=SOURCE, key=str(self.pk))
        return mine.select_related("send").order_by("-pk").first()

    def forget_asked(self) -> None:
        """Leaves things as they were before the code was asked for."""
        with transaction.atomic():
            mine = EReader.objects.filter(pk=self.pk)
            mine.filter(address="").delete()
            mine.update(asked="", code=None)

    def prove(self, mailed: MailedCode, edition: str) -> None:
        """Sends issues of `edition` where `mailed` went, whose code was typed. Raises CodeRefused.

        Whoever proves an address last has it: of two accounts it can be only one's. What was thought not to
        arrive there was read.
        """
        with transaction.atomic():
            # Whoever proves the same address at the same moment waits.
            same = Q(address=mailed.email) | Q(asked=mailed.email)
            rows = EReader.objects.select_for_update().filter(Q(pk=self.pk) | same).order_by("pk")
            mine = next((row for row in rows if row.pk == self.pk and row.code_id == mailed.pk), None)
            if mine is None:
                raise CodeRefused(NO_CODE)
            others = EReader.objects.filter(address=mailed.email).exclude(pk=self.pk)
            others.filter(asked="").delete()
            others.update(address="", proven_at=None)
            mine.address, mine.proven_at, mine.edition = mailed.email, clock.now(), edition
            mine.asked, mine.code = "", None
            mine.save()
            came_back = Suppression.objects.active().of(mine.address)
            came_back.exclude(reason=Suppression.Reason.STAFF).update(lifted_at=clock.now())
            self.refresh_from_db()  # afterwards somebody else may have taken the address

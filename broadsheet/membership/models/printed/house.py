from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.zones import zone_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField

if TYPE_CHECKING:
    from broadsheet.membership.models.printed.subscriber import SubscriberQuerySet


class FulfilmentHouse(models.Model):
    """Who sends out the paper and knows its subscribers: we get a file of them, in the house's own shape."""

    class Encoding(models.TextChoices):
        FOUND = "", _("As the file shows")
        UTF_8 = "utf-8", _("UTF-8")
        WINDOWS = "cp1252", _("Windows (Western Europe)")
        CENTRAL = "cp1250", _("Windows (Central Europe)")
        MAC = "mac_roman", _("Mac")

    class Delimiter(models.TextChoices):
        FOUND = "", _("As the file shows")
        COMMA = ",", _("Comma")
        SEMICOLON = ";", _("Semicolon")
        TAB = "\t", _("Tab")
        PIPE = "|", _("Vertical line")

    name = models.CharField(_("name"), max_length=80, unique=True)
    edition = EditionTagField()
    encoding = models.CharField(_("encoding"), max_length=10, choices=Encoding.choices, blank=True)
    delimiter = models.CharField(_("delimiter"), max_length=1, choices=Delimiter.choices, blank=True)
    number_column = models.CharField(
        _("column of the number"),
        max_length=80,
        blank=True,
        help_text=_("As the file’s first line names it. Empty: found by usual names."),
    )
    postcode_column = models.CharField(_("column of the postcode"), max_length=80, blank=True)
    email_column = models.CharField(_("column of the e-mail address"), max_length=80, blank=True)
    name_column = models.CharField(_("column of the name"), max_length=80, blank=True)
    until_column = models.CharField(
        _("column of the day until which it is paid"),
        max_length=80,
        blank=True,
        help_text=_("Empty, and without such a column: a subscription runs until it leaves the file."),
    )

    class Meta:
        verbose_name = _("mailing house")
        verbose_name_plural = _("mailing houses")
        ordering = ["name"]

    if TYPE_CHECKING:
        subscribers: "SubscriberQuerySet"
        files: "models.QuerySet[HouseFile]"

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_of(self.edition)

    @property
    def columns(self) -> dict[str, str]:
        """What is taken from a file, and the heading of its column; empty where it is to be found."""
        return {
            "number": self.number_column,
            "postcode": self.postcode_column,
            "email": self.email_column,
            "name": self.name_column,
            "until": self.until_column,
        }


class HouseFileManager(models.Manager["HouseFile"]):
    def take(self, house: FulfilmentHouse, name: str, contents: bytes, by: Person | None) -> "HouseFile":
        """Keeps a file that was uploaded, to be checked by a worker."""
        with transaction.atomic():
            file = self.create(house=house, name=name[:200], by=by)
            HouseFileContents.objects.create(file=file, contents=contents)
        return file

    def unfinished(self) -> "models.QuerySet[HouseFile]":
        """Those on which a worker has something to do."""
        return self.filter(state__in=(HouseFile.State.UPLOADED, HouseFile.State.APPLYING))


class HouseFile(models.Model):
    """One file of a house: uploaded, checked without any effect, and then applied, or not."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be checked")
        CHECKED = "checked", _("Checked")
        UNREADABLE = "unreadable", _("Can’t be read")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        DROPPED = "dropped", _("Not used")

    house = models.ForeignKey(FulfilmentHouse, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    """How many lines are checked, or applied: where the next worker goes on."""
    counts = models.JSONField(default=dict)
    """What the check found, by `Found`: how many are new, changed, the same, gone and so on."""
    faults = models.JSONField(default=list)
    """The first of what is wrong: the number of each line, and a sentence."""
    fault = models.CharField(max_length=300, blank=True)
    """Why none of it can be read."""
    ends = models.PositiveIntegerField(null=True)
    """How many subscribers that are no longer in the file somebody confirmed to end; None: none."""

    objects: ClassVar = HouseFileManager()

    class Meta:
        verbose_name = _("file of a mailing house")
        verbose_name_plural = _("files of mailing houses")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("lines")), name="house_file_does_its_lines"),
            models.UniqueConstraint(
                fields=["house"], condition=Q(state="applying"), name="house_file_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return self.house.zone

    @property
    def percent(self) -> int:
        return self.done * 100 // self.lines if self.lines else 0

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.UPLOADED, self.State.APPLYING)

    @property
    def gone(self) -> int:
        return int(self.counts.get("gone", 0))

    @property
    def stored(self) -> bytes:
        """Empty once it is applied or dropped."""
        found = HouseFileContents.objects.filter(file=self).first()
        return bytes(found.contents) if found else b""

    def forget(self) -> None:
        HouseFileContents.objects.filter(file=self).delete()

    def move(self, state: "HouseFile.State", **fields: Any) -> None:
        self.state = state
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=["state", *fields])


class HouseFileContents(models.Model):
    """A file as it came, apart from what a list of files reads. It is full of addresses, and not kept."""

    file = models.OneToOneField(HouseFile, on_delete=models.CASCADE, primary_key=True, related_name="+")
    contents = models.BinaryField()

    def __str__(self) -> str:
        return self.file.name

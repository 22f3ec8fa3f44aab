from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.delivery.addresses import readable
from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.editorial.models.letters.state import LetterState
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField

if TYPE_CHECKING:
    from broadsheet.editorial.models.letters.proof import ProofQuerySet

SHORTEST, LONGEST = 20, 3_000
"""Characters of a letter."""


class Naming(models.TextChoices):
    """How the writer wants to be named under their letter."""

    FULL = "full", _("With my name")
    INITIALS = "initials", _("With my initials")
    WITHHELD = "withheld", _("Without my name and town: “Name withheld”")


class Written(models.Model):
    """What a letter to the editor is made of."""

    article = models.ForeignKey(
        "editorial.Article", on_delete=models.CASCADE, verbose_name=_("article"), related_name="letters"
    )
    edition = EditionTagField()
    state = models.CharField(
        _("state"), max_length=12, choices=LetterState, default=LetterState.UNCONFIRMED, editable=False
    )
    name = models.CharField(_("name"), max_length=80)
    place = models.CharField(_("place"), max_length=80, blank=True)
    naming = models.CharField(_("named"), max_length=8, choices=Naming, default=Naming.FULL)
    email = EmailModelField(_("e-mail address"), blank=True)
    """Never public; empty once the account of whoever wrote it is erased."""
    interest = models.CharField(_("interest"), max_length=300, blank=True)
    consent = models.TextField(blank=True)
    """The words that they agreed to when they sent it."""
    text = models.TextField(_("text"))
    """As it came."""
    draft = models.TextField(blank=True)
    """As the desk would print it."""
    agreed = models.TextField(blank=True, editable=False)
    """As its writer lets us print it."""
    reply = models.TextField(blank=True)
    """The editor’s, printed beneath."""
    asks = models.TextField(blank=True)
    """Which change the writer wants, until the desk has answered it."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    mailed = models.ForeignKey(
        "people.MailedCode", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """The link by which the address is confirmed."""
    came_at = models.DateTimeField(_("written"), default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        article_id: int
        person_id: int | None
        proofs: ProofQuerySet

        def get_state_display(self) -> str: ...

    def __str__(self) -> str:
        return f"{self.number}, {self.name}"

    @property
    def number(self) -> str:
        return f"L-{self.pk:06}"

    @property
    def zone(self) -> ZoneInfo:
        from broadsheet.editorial.zones import zone_of

        return zone_of(self.edition)

    @property
    def readable_email(self) -> str:
        return readable(self.email)

    @property
    def signature(self) -> str:
        """As it stands under the letter: “Ann Marsh, Leeds”, “A. M., Leeds”, “Name withheld”."""
        if self.naming == Naming.WITHHELD:
            return gettext("Name withheld")
        name = initials(self.name) if self.naming == Naming.INITIALS else self.name
        return f"{name}, {self.place}" if self.place else name

    def tell(self, kind: LetterNotice, key: str = "") -> None:
        """Has the writer told by a letter, once for each `key`."""
        if self.person_id or self.email:
            Notice.objects.set_down(
                kind,
                self.pk,
                key=key,
                person=self.person,
                email="" if self.person_id else self.email,
                edition=self.edition,
            )


def initials(name: str) -> str:
    """“A. M.” of “Ann Marsh”."""
    firsts = (next((letter for letter in word if letter.isalnum()), "") for word in name.split())
    return " ".join(f"{first}." for first in firsts if first)

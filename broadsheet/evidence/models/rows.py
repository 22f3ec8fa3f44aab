"""The evidence of the published pages, as rows. `recording.py` alone writes them."""

from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.evidence.models.source import Source
from broadsheet.evidence.models.speaker import Speaker
from broadsheet.evidence.models.term import ContestedTerm
from broadsheet.evidence.partial_dates import WRITTEN, in_words
from broadsheet.platform import clock


class Recording(models.Model):
    """That a page's evidence was taken down, and for which length of openings.

    When the publication changes that length, `in_opening` of all rows is out of date until they are taken
    down again, and whoever asks what is public must ask for the present length.
    """

    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.CASCADE, primary_key=True, related_name="evidence_recording"
    )
    opening_words = models.PositiveIntegerField(db_index=True)
    opening_text = models.TextField()
    """Its words that everyone may read, as plain text."""


class OnPage(models.Model):
    """Something that stands in a page's body."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    """Its id in the body, the same through all revisions and editions."""
    position = models.PositiveIntegerField()
    in_opening = models.BooleanField()
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        ordering = ["page", "position"]
        constraints = [models.UniqueConstraint(fields=["page", "key"], name="%(class)s_is_once_on_its_page")]

    @property
    def uuid(self) -> UUID:
        """The same in each edition and export."""
        return uuid5(NAMESPACE_URL, f"{self.page.translation_key}/{self.key}")

    @property
    def added_seconds(self) -> str:
        """When readers could first see it, as the script that marks what is new compares it."""
        return str(int(self.added_at.timestamp()))


class Quotation(OnPage):
    text = models.TextField(_("exact words"))
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="quotations")
    role = models.CharField(_("role then"), max_length=160, blank=True)
    said_on = models.DateField(_("said on"), null=True)
    where = models.CharField(_("where"), max_length=120, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="quotations")

    class Meta(OnPage.Meta):
        verbose_name = _("quotation")
        constraints = [
            *OnPage.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(text=""), name="quotation_has_words"),
        ]

    def __str__(self) -> str:
        return self.text


class Fact(OnPage):
    text = models.TextField(_("fact"))
    as_of = models.DateField(_("as of"))
    sources = models.ManyToManyField(Source, related_name="facts")

    class Meta(OnPage.Meta):
        verbose_name = _("fact")
        constraints = [
            *OnPage.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(text=""), name="fact_has_words"),
        ]

    def __str__(self) -> str:
        return self.text


class TimelineEntry(OnPage):
    when = models.CharField(_("when"), max_length=10)
    text = models.TextField(_("what happened"))
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="timeline_entries")

    class Meta(OnPage.Meta):
        verbose_name = _("timeline entry")
        ordering = ["when", "page", "position"]
        constraints = [
            *OnPage.Meta.constraints,
            models.CheckConstraint(condition=models.Q(when__regex=WRITTEN), name="entry_has_a_date"),
            models.CheckConstraint(condition=~models.Q(text=""), name="entry_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.when_in_words}: {self.text}"

    @property
    def when_in_words(self) -> str:
        return in_words(self.when)


class Position(OnPage):
    question = models.CharField(_("question"), max_length=200)
    holder = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="positions")
    text = models.TextField(_("position"))
    words = models.TextField(_("in their words"), blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="positions")

    class Meta(OnPage.Meta):
        verbose_name = _("position")
        constraints = [
            *OnPage.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(text=""), name="position_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.holder.name}: {self.text}"


class TermNote(OnPage):
    """That a page explains a contested term."""

    term = models.ForeignKey(ContestedTerm, on_delete=models.PROTECT, related_name="notes")


class Citation(OnPage):
    """That a page rests on a source. Its number in the page's list is its position."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")

    class Meta(OnPage.Meta):
        constraints = [
            *OnPage.Meta.constraints,
            models.UniqueConstraint(fields=["page", "source"], name="source_is_cited_once_on_a_page"),
        ]


class Amendment(OnPage):
    """A note of what was wrong on a page: when readers could first see it, which its own date doesn't say."""

    text = models.TextField()


class Fingerprint(models.Model):
    """One of the marks by which words are found again: a number made of three words in a row, no words."""

    value = models.BigIntegerField()
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, null=True, related_name="+")
    """None: of the page's running text."""

    class Meta:
        indexes = [models.Index(fields=["value", "page", "quotation"], name="fingerprint_value")]

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlockValidationError
from wagtail.fields import StreamField

from broadsheet.editorial.live.blocks import EntryBody
from broadsheet.editorial.models.author import Author
from broadsheet.editorial.models.readiness import Fault, pictures_in, uncredited
from broadsheet.editorial.opening import Bound, plain_text
from broadsheet.evidence.gaps import gaps_in
from broadsheet.people.models import Person

if TYPE_CHECKING:
    pass

LONGEST_LINE = 120
"""Characters of what stands for an entry without a headline."""


class EntryQuerySet(models.QuerySet["Entry"]):
    def posted(self) -> Self:
        """With those that were withdrawn, the newest first."""
        return self.filter(posted_at__isnull=False).order_by("-number")

    def drafts(self) -> Self:
        return self.filter(posted_at=None).order_by("-pk")

    def standing(self) -> Self:
        return self.posted().filter(withdrawn_at=None)


class Entry(models.Model):
    """One entry of a live coverage: a draft, posted, or withdrawn."""

    coverage = models.ForeignKey("editorial.Coverage", on_delete=models.CASCADE, related_name="entries")
    key = models.UUIDField(unique=True, editable=False)
    """That of the form it was written in, so that a form that is sent twice makes one entry."""
    number = models.PositiveIntegerField(null=True, editable=False)
    """Its place in the coverage, and in its address."""
    headline = models.CharField(_("headline"), max_length=160, blank=True)
    body = StreamField(EntryBody(), verbose_name=_("text"))
    is_key_point = models.BooleanField(
        _("key point"),
        default=False,
        help_text=_("Its headline stands at the top, for everyone."),
    )
    authors = models.ManyToManyField(Author, verbose_name=_("authors"), related_name="+")
    written_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)
    posted_at = models.DateTimeField(null=True, editable=False)
    posted_in = models.PositiveIntegerField(default=0, editable=False)
    """The state of the coverage in which it came."""
    changed_in = models.PositiveIntegerField(default=0, editable=False)
    """The state of the coverage in which readers could first see it as it is; how often a draft was saved."""
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_why = models.CharField(max_length=300, blank=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["coverage", "number"], name="entry_number_once"),
            models.CheckConstraint(
                condition=models.Q(posted_at=None, number=None)
                | models.Q(posted_at__isnull=False, number__isnull=False),
                name="entry_posted_has_number",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None)
                | (models.Q(posted_at__isnull=False) & ~models.Q(withdrawn_why="")),
                name="entry_withdrawn_was_posted",
            ),
            models.CheckConstraint(
                condition=models.Q(is_key_point=False) | models.Q(posted_at=None) | ~models.Q(headline=""),
                name="entry_key_point_has_headline",
            ),
        ]

    if TYPE_CHECKING:
        changes: Any
        coverage_id: int

    def __str__(self) -> str:
        return self.line

    @property
    def is_posted(self) -> bool:
        return self.posted_at is not None

    @property
    def version(self) -> int:
        """Another one whenever it says something else: below zero while it is a draft."""
        return self.changed_in if self.is_posted else -1 - self.changed_in

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def anchor(self) -> str:
        """What its address ends in, behind the ``#``."""
        return f"entry-{self.number}"

    @property
    def blocks(self) -> list[Bound]:
        """Of its body, as readers see them: of a withdrawn entry there are none."""
        if self.is_withdrawn:
            return []
        return list(self.body)

    @property
    def text(self) -> str:
        return " ".join(filter(None, (plain_text(block.value) for block in self.blocks)))

    @property
    def plain_text(self) -> str:
        """All its words; of a withdrawn entry there are none."""
        return "" if self.is_withdrawn else " ".join(filter(None, [self.headline, self.text]))

    @property
    def line(self) -> str:
        """It in one line: its headline, else how it begins."""
        if self.headline:
            return self.headline
        text = self.text
        if len(text) <= LONGEST_LINE:
            return text
        return f"{text[:LONGEST_LINE].rpartition(' ')[0]} …"

    def faults(self) -> list[str]:
        """Everything that keeps it from being posted, one sentence each."""
        faults: list[str] = []
        if self.is_key_point and not self.headline.strip():
            faults.append(str(_("A key point needs a headline.")))
        if not any(plain_text(block.value).strip() or block.block_type == "picture" for block in self.body):
            faults.append(str(_("The entry says nothing yet.")))
        try:
            self.body.stream_block.clean(self.body)
        except StreamBlockValidationError as error:
            for position in sorted(error.block_errors):
                block = self.body[position]
                gaps = list(gaps_in(block.block_type, block.value))
                faults += [str(gap) for gap in gaps or [_("%s is unfinished.") % block.block.label]]
        faults += uncredited(pictures_in(self.body))
        return [str(fault) if isinstance(fault, Fault) else fault for fault in faults]


class EntryChange(models.Model):
    """That a posted entry was changed: when, and what was wrong."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    note = models.CharField(max_length=400, blank=True)
    """Empty where nothing was wrong: a slip of the pen, a word more."""
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{date_format(self.at, 'DATETIME_FORMAT')} {self.note}"

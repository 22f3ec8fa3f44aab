from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index

from broadsheet.evidence.models.merging import Mergeable, MergeableQuerySet
from broadsheet.evidence.names import link_key, name_key, normal_link

is_web_address = URLValidator(schemes=["http", "https"])


def named(outlet: str, title: str) -> str:
    return ", ".join(part for part in (outlet, title) if part)


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A source as a line names it: a page of evidence has many."""

    outlet: str
    title: str
    link: str
    archived_link: str

    def __str__(self) -> str:
        return named(self.outlet, self.title)


class SourceQuerySet(MergeableQuerySet):
    def at(self, link: str) -> "Source | None":
        """The source with this link, however it is written, or that it was merged into."""
        found = self.with_current().filter(link_key=link_key(link)).first() if link else None
        return found.current if found else None

    def cited(self) -> Self:
        """Those that something published rests on."""
        return self.current().filter(citations__isnull=False).distinct()

    def dead(self) -> Self:
        return self.cited().filter(link_state=Source.LinkState.DEAD)


class Source(Mergeable, index.Indexed, models.Model):
    """Where something can be looked up: entered once, however many articles rest on it."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document or record")
        STATEMENT = "statement", _("Statement or speech")
        REPORT = "report", _("Report or study")
        DATA = "data", _("Data")
        LAW = "law", _("Law, treaty or judgment")
        NEWS = "news", _("News report")
        BOOK = "book", _("Book")
        HEARD = "heard", _("Heard by us")

    class LinkState(models.TextChoices):
        UNTRIED = "untried", _("not tried yet")
        ALIVE = "alive", _("answers")
        UNSURE = "unsure", _("can’t be told")
        DEAD = "dead", _("dead")

    outlet = models.CharField(_("outlet"), max_length=120, help_text=_("“The Kremlin”, “WHO”"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices, default=Kind.DOCUMENT)
    link = models.URLField(
        _("link"),
        max_length=500,
        blank=True,
        validators=[is_web_address],
        help_text=_("Kept without what only tracks readers. Empty for what was heard."),
    )
    archived_link = models.URLField(
        _("archived copy"), max_length=500, blank=True, validators=[is_web_address]
    )
    link_key = models.CharField(max_length=500, editable=False, blank=True)
    outlet_key = models.CharField(max_length=440, editable=False, db_index=True)
    """The same for two sources of one outlet and title."""
    link_state = models.CharField(
        _("link"), max_length=7, choices=LinkState.choices, default=LinkState.UNTRIED, editable=False
    )
    link_answer = models.CharField(max_length=200, blank=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = SourceQuerySet.as_manager()
    cites = ("quotations", "positions", "timeline_entries", "contested_terms")

    panels = [
        FieldPanel("outlet"),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("date")]),
        FieldPanel("link"),
        FieldPanel("archived_link"),
    ]
    search_fields = [
        index.AutocompleteField("outlet"),
        index.AutocompleteField("title"),
        index.SearchField("outlet"),
        index.SearchField("title"),
        index.FilterField("merged_into_id"),
    ]

    class Meta(Mergeable.Meta):
        verbose_name = _("source")
        ordering = ["outlet", "title", "pk"]
        constraints = [
            *Mergeable.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(outlet=""), name="source_has_an_outlet"),
            models.UniqueConstraint(
                fields=["link_key"], condition=~models.Q(link_key=""), name="one_source_a_link"
            ),
        ]

    def __str__(self) -> str:
        return named(self.outlet, self.title)

    def clean(self) -> None:
        super().clean()
        self._normalise()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._normalise()
        super().save(*args, **kwargs)

    def _normalise(self) -> None:
        before = self.link_key
        self.link = normal_link(self.link) if self.link else ""
        self.link_key = link_key(self.link) if self.link else ""
        self.outlet_key = f"{name_key(self.outlet)}|{name_key(self.title)}"
        if before and before != self.link_key:
            # It was repaired: what was found out of the old address says nothing of the new one.
            self.link_state, self.link_answer = self.LinkState.UNTRIED, ""
            self.tried_at = self.failing_since = None

    def found(self, state: "Source.LinkState", answer: str, at: datetime) -> None:
        """Notes what came of trying its link. Only a second failure, a day after the first, makes it dead."""
        self.link_answer, self.tried_at = answer[:200], at
        if state == self.LinkState.DEAD:
            self.failing_since = self.failing_since or at
            is_sure = (at - self.failing_since).total_seconds() >= 20 * 60 * 60
            self.link_state = self.LinkState.DEAD if is_sure else self.LinkState.UNSURE
        else:
            self.failing_since, self.link_state = None, state
        self.save(update_fields=["link_answer", "tried_at", "failing_since", "link_state"])

    def _hand_over(self, kept: "Source") -> None:
        for fact in self.facts.all():
            fact.sources.add(kept)
            fact.sources.remove(self)
        cited = {citation.page_id: citation for citation in kept.citations.all()}
        for mine in self.citations.all():
            if other := cited.get(mine.page_id):
                _join(mine, other)
            else:
                mine.source, mine.key = kept, str(kept.pk)
                mine.save()


def _join(mine: Any, other: Any) -> None:
    """Two entries of a page's list become one, in the place of the upper."""
    upper, lower = sorted((mine.position, other.position))
    type(mine)._default_manager.filter(page=mine.page_id, position__gt=lower).update(
        position=models.F("position") - 1
    )
    mine.delete()
    other.position, other.in_opening = upper, mine.in_opening or other.in_opening
    other.save()

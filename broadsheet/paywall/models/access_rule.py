from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, Max, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, ArticleQuerySet, Kind, Publication, Section, Topic
from broadsheet.editorial.models.outline import outline
from broadsheet.platform import clock
from broadsheet.platform.generations import ALL
from broadsheet.platform.invalidation import invalidate
from broadsheet.platform.kept import Kept, KeptQuerySet, watch

BY_ITSELF, BY_NO_RULE = -1, 0


@dataclass(frozen=True, slots=True)
class Decided:
    """How many live articles get their access from where. An article in two editions is one."""

    by_rule: dict[int, int]
    """By the rule's id; a rule that decides nothing isn't in it."""
    by_itself: int
    by_section: int
    """Or by the publication: no rule matches them."""


class AccessRuleQuerySet(KeptQuerySet["AccessRule"]):
    tag = "access"

    def update(self, **changes: Any) -> int:
        """As Django's. It changes the order of the rules, and with it what is public."""
        invalidate([ALL], at_once=True)
        return super().update(**changes)

    def after_the_last(self) -> int:
        """The position below all that there are."""
        last: int | None = self.aggregate(last=Max("position"))["last"]
        return 0 if last is None else last + 1

    def decided(self, at: datetime | None = None) -> Decided:
        """Counted by the database in one query, after one for the rules: first match wins there as well."""
        at = at or clock.now()
        rules = [
            When(rule.condition(at), then=Value(rule.pk))
            for rule in self.order_by("position", "pk").select_related("section")
        ]
        decides = Case(
            When(~Q(access=""), then=Value(BY_ITSELF)),
            *rules,
            default=Value(BY_NO_RULE),
            output_field=models.BigIntegerField(),
        )
        articles = Article.objects.live().originals().order_by()
        rows = articles.annotate(decides=decides).values_list("decides").annotate(number=Count("pk"))
        found: dict[int, int] = dict(rows)
        return Decided(by_itself=found.pop(BY_ITSELF, 0), by_section=found.pop(BY_NO_RULE, 0), by_rule=found)

    def ruled(self, publication: Publication, at: datetime | None = None) -> ArticleQuerySet:
        """The live originals, with the access of each as `ruled`, which the database works out.

        It goes by the order of `paywall.access.ruling`.
        """
        at = at or clock.now()
        rules = [When(rule.condition(at), then=Value(rule.access)) for rule in self.select_related("section")]
        sections = [
            When(Q(path__startswith=section.path), then=Value(section.access))
            for section in outline().sections.values()
            if section.access
        ]
        ruled = Case(
            When(~Q(access=""), then=F("access")), *rules, *sections, default=Value(publication.access)
        )
        articles: ArticleQuerySet = Article.objects.live().originals().order_by()
        return articles.alias(ruled=ruled)


class AccessRule(models.Model):
    """Says the access of all articles that are what it names. The first rule that matches decides."""

    position: "models.PositiveIntegerField[int, int | None]" = models.PositiveIntegerField(
        editable=False, db_index=True
    )
    section = models.ForeignKey(
        Section,
        on_delete=models.CASCADE,
        verbose_name=gettext_lazy("section"),
        null=True,
        blank=True,
        related_name="+",
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=10, choices=Kind.choices, blank=True)
    topic = models.ForeignKey(
        Topic,
        on_delete=models.CASCADE,
        verbose_name=gettext_lazy("topic"),
        null=True,
        blank=True,
        related_name="+",
    )
    older_than = models.PositiveIntegerField(
        gettext_lazy("older than (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("Published this many days ago, or longer."),
    )
    younger_than = models.PositiveIntegerField(
        gettext_lazy("younger than (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("Published less than this many days ago."),
    )
    access = models.CharField(gettext_lazy("access"), max_length=12, choices=Access.choices)

    objects = AccessRuleQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("access rule")
        verbose_name_plural = gettext_lazy("access rules")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(older_than=None) | Q(younger_than=None) | Q(younger_than__gt=F("older_than")),
                name="access_rule_has_an_age_that_exists",
            )
        ]

    def __str__(self) -> str:
        return f"{self.conditions} – {self.get_access_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A rule without a position goes last."""
        if self.position is None:
            self.position = AccessRule.objects.after_the_last()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.older_than and self.younger_than and self.younger_than <= self.older_than:
            raise ValidationError({"younger_than": _("No article is as old as this and as young.")})

    @property
    def conditions(self) -> str:
        """“Opinion, in Ideas US, older than 30 days”."""
        parts = [
            self.get_kind_display() if self.kind else "",
            _("in %s") % _name(self.section) if self.section else "",
            _("about %s") % self.topic.name if self.topic else "",
            _older(self.older_than) if self.older_than else "",
            _younger(self.younger_than) if self.younger_than else "",
        ]
        return ", ".join(part for part in parts if part) or _("Every article")

    def matches(self, *, section: int, kind: str, topics: Container[int], age: timedelta) -> bool:
        """Whether an article of that section, kind and age is meant; `section` and `topics` are ids."""
        return not (
            (self.section_id and self.section_id != section)
            or (self.kind and self.kind != kind)
            or (self.topic_id and self.topic_id not in topics)
            or (self.older_than and age < timedelta(days=self.older_than))
            or (self.younger_than and age >= timedelta(days=self.younger_than))
        )

    def condition(self, at: datetime) -> Q:
        """What `matches` says, for the database to find articles by."""
        found = Q()
        if self.section:
            found &= Q(path__startswith=self.section.path, depth=self.section.depth + 1)
        if self.kind:
            found &= Q(kind=self.kind)
        if self.topic_id:
            # By ids: a join would count an article once for each of its topics.
            found &= Q(pk__in=Article.objects.filter(topics=self.topic_id).order_by().values("pk"))
        if self.older_than:
            found &= Q(first_published_at__lte=at - timedelta(days=self.older_than))
        if self.younger_than:
            since = at - timedelta(days=self.younger_than)
            found &= Q(first_published_at__gt=since) | Q(first_published_at=None)
        # An empty Q matches nothing in a Case.
        return found or Q(pk__isnull=False)


def _name(section: Section) -> str:
    return f"{section.title} {section.edition.short_name}"


def _older(days: int) -> str:
    return ngettext("older than %d day", "older than %d days", days) % days


def _younger(days: int) -> str:
    return ngettext("younger than %d day", "younger than %d days", days) % days


rules_in_force = Kept(lambda: list(AccessRule.objects.all()), AccessRuleQuerySet.tag)
"""All of them, in order; to be looked at only."""
watch(AccessRuleQuerySet.tag, AccessRule)

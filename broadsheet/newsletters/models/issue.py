from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from broadsheet.editorial.body import BodyBlock
from broadsheet.newsletters.issues.editing import Editing
from broadsheet.newsletters.issues.life import Life
from broadsheet.newsletters.models.newsletter import Newsletter, validate_header_text
from broadsheet.newsletters.models.segment import Segment
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.newsletters.models.item import Item, MailedArticle
    from broadsheet.newsletters.models.link import Link


class Variant(models.TextChoices):
    """Which of two subjects an issue goes out with."""

    A = "a", "A"
    B = "b", "B"


class Issue(Editing, Life, models.Model):
    """One letter of a newsletter to all of its readers, or one of the series for new ones."""

    class Kind(models.TextChoices):
        DIGEST = "digest", _("digest")
        WRITTEN = "written", _("written by hand")
        WELCOME = "welcome", _("for new readers")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        FROZEN = "frozen", _("frozen")
        SENDING = "sending", _("sending")
        HELD = "held", _("held")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="issues")
    # Counts a newsletter's issues; letters of the series have none.
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.WRITTEN)
    welcome_day = models.PositiveSmallIntegerField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("How many days after somebody’s sign-up was confirmed they get it."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    # Counts what was saved, so that of two people who edit it at once the later one is told.
    version = models.PositiveIntegerField(default=0, editable=False)

    subject = models.CharField(_("subject"), max_length=160, blank=True, validators=[validate_header_text])
    preheader = models.CharField(
        _("preheader"),
        max_length=160,
        blank=True,
        validators=[validate_header_text],
        help_text=_("What mail programs show behind the subject."),
    )
    note = models.TextField(_("editor’s note"), max_length=1200, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    # When it goes out: by the clock of the newsletter.
    send_on = models.DateField(_("day"), null=True, blank=True)
    send_at = models.TimeField(_("time"), null=True, blank=True, help_text=_("Empty: the newsletter’s."))
    segment = models.ForeignKey(
        Segment,
        on_delete=models.PROTECT,
        verbose_name=_("only to"),
        null=True,
        blank=True,
        related_name="issues",
    )

    # A sample gets one of two subjects; all others the one that more of it pressed.
    subject_b = models.CharField(
        _("other subject"), max_length=160, blank=True, validators=[validate_header_text]
    )
    sample_percent = models.PositiveSmallIntegerField(
        _("sample (percent)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    winner = models.CharField(_("subject chosen"), max_length=1, choices=Variant.choices, blank=True)

    created_at = models.DateTimeField(default=clock.now, editable=False)
    # Who saved the present version, and when.
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    edited_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-send_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "number"], name="issue_once_by_number"),
            # Two hosts that assemble the same day's digest make one of it.
            models.UniqueConstraint(
                fields=["newsletter", "send_on"],
                condition=Q(kind="digest") & ~Q(state="stopped"),
                name="issue_one_digest_a_day",
            ),
            models.UniqueConstraint(
                fields=["newsletter", "welcome_day"],
                condition=Q(kind="welcome") & ~Q(state="stopped"),
                name="issue_one_welcome_a_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="welcome", welcome_day__isnull=False)
                | (~Q(kind="welcome") & Q(welcome_day=None)),
                name="issue_of_the_series_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "stopped"])
                | Q(kind="welcome")
                | Q(send_on__isnull=False, number__isnull=False),
                name="issue_approved_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "stopped"]) | ~Q(subject=""),
                name="issue_approved_has_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(subject_b="", sample_percent=None)
                | (~Q(subject_b="") & Q(sample_percent__isnull=False, sample_percent__range=(1, 50))),
                name="issue_other_subject_has_a_sample",
                violation_error_message=_("Say which part of the readers try the two subjects."),
            ),
        ]
        indexes = [models.Index(fields=["state", "send_on"])]

    if TYPE_CHECKING:
        items: models.QuerySet[Item]
        links: models.QuerySet[Link]
        transitions: models.QuerySet["IssueTransition"]
        cohorts: models.QuerySet["IssueCohort"]
        mailed_articles: models.QuerySet["MailedArticle"]

    def __str__(self) -> str:
        return self.subject or f"{self.newsletter.name} {self.number or self.pk}"

    def record(self, state: State, by: Any = None, why: str = "") -> None:
        """Writes down who brought it into `state`, and when."""
        self.transitions.create(state=state, by=by, why=why[:300])


class IssueTransition(models.Model):
    """Who brought an issue into a state, when, and why."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="transitions")
    state = models.CharField(_("state"), max_length=8, choices=Issue.State.choices)
    # None: by the clock.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.issue}: {self.get_state_display()}"


class IssueCohort(models.Model):
    """Those readers of an issue whose turn comes at the same moment, and the send that takes it to them."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="cohorts")
    due_at = models.DateTimeField(_("due"))
    variant = models.CharField(max_length=1, choices=Variant.choices, blank=True)
    readers = models.PositiveIntegerField(_("readers"), default=0)
    # When it was handed over.
    made_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("cohort")
        ordering = ["due_at", "variant", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "due_at", "variant"], name="issue_cohort_once_by_moment")
        ]

    def __str__(self) -> str:
        return f"{self.issue}, {self.due_at:%Y-%m-%d %H:%M}"

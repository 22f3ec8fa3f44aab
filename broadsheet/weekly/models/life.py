"""draft → scheduled → published ⇄ withdrawn."""

from collections.abc import Container
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.locking import under_lock
from broadsheet.weekly import readiness, signals
from broadsheet.weekly.errors import NotReady, WeeklyIssueError, WrongState
from broadsheet.weekly.said import Said, whole

if TYPE_CHECKING:
    from broadsheet.weekly.models.issue import WeeklyIssue


class State(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    PUBLISHED = "published", gettext_lazy("Published")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


EDITABLE = frozenset({State.DRAFT, State.SCHEDULED})


class Life(models.Model):
    """Each verb holds the row, and raises WrongState where somebody else was quicker."""

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return cast("WeeklyIssue", self).state == State.PUBLISHED

    @property
    def is_overdue(self) -> bool:
        """Whether its moment has passed and something keeps it from being published: see `faults`."""
        issue = cast("WeeklyIssue", self)
        due = issue.publish_at
        return issue.state == State.SCHEDULED and due is not None and due <= clock.now()

    def faults(self) -> list[str]:
        """Everything that keeps it from being published, one sentence each."""
        return readiness.faults_of(cast("WeeklyIssue", self))

    @under_lock
    def schedule(self, at: datetime) -> None:
        """Has it published at that moment. Raises NotReady, WrongState, WeeklyIssueError."""
        issue = cast("WeeklyIssue", self)
        self._require(EDITABLE)
        if at <= clock.now():
            raise WeeklyIssueError(_("Choose a moment that is still to come."))
        self._require_ready()
        issue.state, issue.publish_at = State.SCHEDULED, at
        self._save()

    @under_lock
    def unschedule(self) -> None:
        """Makes it a draft again. Raises WrongState."""
        issue = cast("WeeklyIssue", self)
        self._require({State.SCHEDULED})
        issue.state, issue.publish_at = State.DRAFT, None
        self._save()

    @under_lock
    def publish(self) -> None:
        """Shows it to readers; its articles stay as they are now. Raises NotReady, WrongState.

        One that was withdrawn comes back as it was.
        """
        issue = cast("WeeklyIssue", self)
        self._require({State.DRAFT, State.SCHEDULED, State.WITHDRAWN})
        if issue.state != State.WITHDRAWN:
            self._require_ready()
            articles = whole(issue.items.values_list("article", flat=True))
            for item in issue.items.all():
                if article := articles.get(item.article_id or 0):
                    item.pin(Said.by(article).pinned(article.minutes_to_read))
        issue.state, issue.published_at = State.PUBLISHED, issue.published_at or clock.now()
        self._save()
        signals.issue_published.send(sender=type(issue), issue=issue)

    @under_lock
    def withdraw(self) -> None:
        """Takes it from readers. Raises WrongState."""
        issue = cast("WeeklyIssue", self)
        self._require({State.PUBLISHED})
        issue.state = State.WITHDRAWN
        self._save()
        signals.issue_withdrawn.send(sender=type(issue), issue=issue)

    @under_lock
    def correct(self, note: str) -> None:
        """Says publicly what was wrong in the issue's own words, and what is right. Raises WrongState."""
        issue = cast("WeeklyIssue", self)
        self._require({State.PUBLISHED})
        issue.corrections.create(day=day_of(clock.now(), issue.zone), note=note)
        self._save()
        signals.issue_corrected.send(sender=type(issue), issue=issue)

    def _save(self) -> None:
        issue = cast("WeeklyIssue", self)
        issue.version += 1
        issue.save()

    def _require(self, states: Container[str]) -> None:
        issue = cast("WeeklyIssue", self)
        if issue.state not in states:
            raise WrongState(issue)

    def _require_ready(self) -> None:
        if faults := self.faults():
            raise NotReady(faults)

"""The articles that are on their way: sent back, in review, scheduled, published today, drafts."""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import PageLogEntry, Revision, WorkflowState

from broadsheet.desk.home.rows import SHOWN, Columns, Panel, Row, editor_of, place_of, placed, told
from broadsheet.desk.mail.access import name_of
from broadsheet.desk.newsroom.places import all_editions
from broadsheet.desk.templatetags.dates import from_now
from broadsheet.editorial.models import Article, ArticleQuerySet, State
from broadsheet.platform import clock

LISTED_TODAY = 40
PUBLISHED = ("wagtail.publish", "wagtail.publish.scheduled")


def may_write(user: Any) -> bool:
    # Wagtail's policy looks at the branch of the tree alone, where an audience editor may change fronts.
    return bool(user.has_perm("editorial.change_article"))


def in_workflow(status: str) -> Any:
    return WorkflowState.objects.filter(
        content_type=ContentType.objects.get_for_model(Article), status=status
    ).select_related("requested_by", "current_task_state__finished_by")


def named(states: list[WorkflowState]) -> list[tuple[WorkflowState, Article]]:
    """Each with its article, unless that is gone."""
    pks = [int(state.object_id) for state in states]
    found = {article.pk: article for article in placed(Article.objects.filter(pk__in=pks).defer("body"))}
    return [(state, found[pk]) for state, pk in zip(states, pks, strict=True) if pk in found]


def light(articles: ArticleQuerySet) -> ArticleQuerySet:
    """With whoever edited them last, without what was written."""
    return articles.select_related("latest_revision__user").defer("body", "latest_revision__content")


def last_editor_of(article: Article) -> str:
    return name_of(article.latest_revision.user) if article.latest_revision else ""


class SentBack(Panel):
    """What a reviewer wants changed, for whoever wrote or submitted it."""

    name = "sent-back"
    heading = gettext_lazy("Changes asked for")
    order = 100
    columns = Columns(gettext_lazy("Headline"), gettext_lazy("Asked for by"), gettext_lazy("When"))

    def rows(self) -> list[Row]:
        mine = Article.objects.filter(owner=self.user).annotate(key=Cast("pk", CharField()))
        states = in_workflow(WorkflowState.STATUS_NEEDS_CHANGES).filter(
            Q(requested_by=self.user) | Q(object_id__in=mine.values("key"))
        )
        newest = states.order_by("-current_task_state__finished_at", "-pk")[:SHOWN]
        return [
            Row(
                article.draft_title,
                editor_of(article),
                place=place_of(article),
                who=name_of(state.current_task_state.finished_by),
                when=from_now(state.current_task_state.finished_at or state.created_at),
                note=state.current_task_state.comment,
            )
            for state, article in named(list(newest))
        ]


class InReview(Panel):
    """What waits for an editor, the longest first."""

    name = "in-review"
    heading = gettext_lazy("In review")
    order = 110
    columns = Columns(gettext_lazy("Headline"), gettext_lazy("Submitted by"), gettext_lazy("When"))

    def rows(self) -> list[Row]:
        waiting = in_workflow(WorkflowState.STATUS_IN_PROGRESS).order_by("created_at", "pk")
        return [
            Row(
                article.draft_title,
                editor_of(article),
                place=place_of(article),
                who=name_of(state.requested_by),
                when=from_now(state.created_at),
            )
            for state, article in named(list(waiting[:SHOWN]))
        ]

    more = gettext_lazy("All that is in review")

    def address_of_more(self) -> str:
        return f"{reverse('articles:index')}?state={State.DESK}"


class Due(Panel):
    """What goes out by itself, the soonest first, and drafts under embargo."""

    name = "due"
    heading = gettext_lazy("Scheduled and under embargo")
    order = 120
    columns = Columns(gettext_lazy("Headline"), gettext_lazy("By"), gettext_lazy("When"))
    more = gettext_lazy("All that is scheduled")

    def address_of_more(self) -> str:
        return f"{reverse('articles:index')}?state={State.SCHEDULED}"

    def rows(self) -> list[Row]:
        revisions = Revision.page_revisions.filter(
            approved_go_live_at__isnull=False, content_type=ContentType.objects.get_for_model(Article)
        ).select_related("user")
        soonest = list(revisions.order_by("approved_go_live_at", "pk")[:SHOWN])
        scheduled = [int(revision.object_id) for revision in soonest]
        embargoed = Article.objects.originals().filter(live=False, embargo_until__gt=clock.now())
        embargoed = embargoed.exclude(pk__in=Article.objects.in_state(State.SCHEDULED).values("pk")).order_by(
            "embargo_until", "pk"
        )
        articles = placed([*light(Article.objects.filter(pk__in=scheduled)), *light(embargoed)[:SHOWN]])
        found = {article.pk: article for article in articles}
        rows = [
            (revision.approved_go_live_at, self._scheduled(revision, found[pk]))
            for revision, pk in zip(soonest, scheduled, strict=True)
            if pk in found
        ]
        rows += [
            (until, self._embargoed(article, until))
            for article in articles
            if (until := article.embargo_until) and article.pk not in scheduled
        ]
        return [row for _moment, row in sorted(rows, key=lambda pair: pair[0])]

    def _scheduled(self, revision: Revision, article: Article) -> Row:
        at = revision.approved_go_live_at
        faults = revision.as_object().faults() if at < clock.now() else []
        return Row(
            article.draft_title,
            editor_of(article),
            place=place_of(article),
            who=name_of(revision.user),
            when=told(at, article.section.edition.zone),
            status=_("held") if faults else _("scheduled"),
            is_urgent=bool(faults),
            note=" ".join(faults),
        )

    def _embargoed(self, article: Article, until: datetime) -> Row:
        return Row(
            article.draft_title,
            editor_of(article),
            place=place_of(article),
            who=last_editor_of(article),
            when=told(until, article.section.edition.zone),
            status=_("under embargo"),
        )


class PublishedToday(Panel):
    """What each edition published on its own day, copies from the other one too."""

    name = "published-today"
    heading = gettext_lazy("Published today")
    order = 130
    columns = Columns(gettext_lazy("Headline"), gettext_lazy("Published by"), gettext_lazy("When"))
    none = gettext_lazy("Nothing yet.")

    def rows(self) -> list[Row]:
        today = Q(pk=None)
        for edition in all_editions():
            today |= Q(locale=edition.locale, first_published_at__gte=edition.today_began_at)
        articles = Article.objects.live().filter(today).order_by("locale_id", "-first_published_at", "-pk")
        found = placed(articles.defer("body")[:LISTED_TODAY])
        by = self._publishers(found)
        is_of_newsroom = may_write(self.user)
        return [
            Row(
                article.title,
                editor_of(article) if is_of_newsroom else article.url,
                place=place_of(article),
                who=by.get(article.pk, ""),
                when=told(article.first_published_at, article.section.edition.zone),
            )
            for article in found
        ]

    def _publishers(self, articles: list[Article]) -> dict[int, str]:
        """Article id → who published it first."""
        entries = PageLogEntry.objects.filter(page__in=[a.pk for a in articles], action__in=PUBLISHED)
        latest_first = entries.select_related("user").order_by("-timestamp", "-pk")
        return {
            entry.page_id: name_of(entry.user) or (_("the schedule") if entry.action in PUBLISHED[1:] else "")
            for entry in latest_first
        }


class Drafts(Panel):
    """What is being written, also anew on what is live: the newest first."""

    name = "drafts"
    heading = gettext_lazy("Drafts")
    order = 140
    columns = Columns(gettext_lazy("Headline"), gettext_lazy("Edited by"), gettext_lazy("When"))
    more = gettext_lazy("All drafts")

    def address_of_more(self) -> str:
        return f"{reverse('articles:index')}?state={State.DRAFT}"

    def rows(self) -> list[Row]:
        elsewhere = WorkflowState.objects.active().values_list("object_id", flat=True)
        articles = (
            Article.objects.originals()
            .filter(Q(live=False) | Q(has_unpublished_changes=True))
            .exclude(live=False, embargo_until__gt=clock.now())
            .exclude(pk__in=[int(pk) for pk in elsewhere])
            .exclude(pk__in=Article.objects.in_state(State.SCHEDULED).values("pk"))
        )
        return [
            Row(
                article.draft_title,
                editor_of(article),
                place=place_of(article),
                who=last_editor_of(article),
                when=from_now(at) if (at := article.latest_revision_created_at) else "",
                status=_("of a published article") if article.live else "",
            )
            for article in placed(light(articles).order_by("-latest_revision_created_at", "-pk")[:SHOWN])
        ]

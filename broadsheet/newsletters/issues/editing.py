"""What an editor does to a draft. Each change is one save; of two people at once the later one is told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, models, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Article
from broadsheet.newsletters.access import access_of
from broadsheet.newsletters.digest.assembly import assemble
from broadsheet.newsletters.digest.candidates import candidates, rule_of
from broadsheet.newsletters.issues.errors import EditedMeanwhile, IssueError, NotADraft
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.newsletters.models.issue import Issue
    from broadsheet.newsletters.models.item import Item

OLDEST = timedelta(days=7)
"""What the first issue of a newsletter looks back on."""


class Editing(models.Model):
    class Meta:
        abstract = True

    @contextmanager
    def edited(self, by: Any = None, version: int | None = None) -> "Iterator[Issue]":
        """A transaction that changes this draft, and counts as one save.

        `version` is that which the editor was shown. Raises EditedMeanwhile, NotADraft.
        """
        issue = cast("Issue", self)
        with transaction.atomic():
            mine = type(issue).objects.filter(pk=issue.pk, state=issue.State.DRAFT)
            if version is not None:
                mine = mine.filter(version=version)
            if not mine.update(version=F("version") + 1, edited_by=by, edited_at=clock.now()):
                issue.refresh_from_db()
                raise NotADraft(issue) if issue.state != issue.State.DRAFT else EditedMeanwhile(issue)
            issue.refresh_from_db(fields=["version", "edited_by", "edited_at"])
            yield issue

    @property
    def shown_items(self) -> "list[Item]":
        """Those that are in it, in order."""
        issue = cast("Issue", self)
        return list(issue.items.filter(is_dropped=False).select_related("article", "picture"))

    def assemble(self, by: Any = None) -> int:
        """Fills it by its newsletter's rule; how many articles came in.

        Whatever an editor has put in, reworded or dropped stays as it is: only what is missing is added.
        """
        with cast("Issue", self).edited(by) as issue:
            return issue._fill()

    def _fill(self) -> int:
        """Within `edited`, so that of two at once the second knows what the first put in."""
        issue = cast("Issue", self)
        before = issue.newsletter.issues.exclude(pk=issue.pk).exclude(state__in=["draft", "stopped"])
        last = before.exclude(kind=issue.Kind.WELCOME).aggregate(at=Max("created_at"))["at"]
        since = last or clock.now() - OLDEST
        known = set(issue.newsletter.mailed_articles.values_list("article_uuid", flat=True))
        known |= {item.article_uuid for item in issue.items.all() if item.article_uuid}
        rule = rule_of(issue.newsletter)
        room = rule.at_most - issue.items.filter(is_dropped=False, url="").count()
        if room < 1:
            return 0
        chosen = assemble(candidates(issue.newsletter, since), rule.with_room_for(room), known)
        found = Article.objects.in_bulk([one.article for one in chosen])
        has_lead = issue.items.filter(is_lead=True, is_dropped=False).exists()
        for one in chosen:
            issue._append(article=found[one.article], is_lead=one.is_lead and not has_lead)
        return len(chosen)

    @property
    def subject_by_rule(self) -> str:
        """The lead's headline, which an editor makes a subject of."""
        shown = cast("Issue", self).shown_items
        return " ".join(str(shown[0]).split())[:160] if shown else ""

    def add_article(self, article: Article, by: Any = None, version: int | None = None) -> "Item":
        """Raises IssueError."""
        issue = cast("Issue", self)
        if not article.live:
            raise IssueError(_("“%s” is not published.") % article.title)
        dropped = issue.items.filter(article_uuid=article.uuid, is_dropped=True).first()
        if dropped:
            with issue.edited(by, version):
                dropped.is_dropped = False
                dropped.save(update_fields=["is_dropped"])
            return dropped
        if issue.newsletter.mailed_articles.filter(article_uuid=article.uuid).exists():
            raise IssueError(_("“%s” was in an earlier issue of this newsletter.") % article.title)
        try:
            with issue.edited(by, version):
                return issue._append(article=article)
        except IntegrityError:
            raise IssueError(_("“%s” is in this issue already.") % article.title) from None

    def add_link(
        self,
        url: str,
        headline: str,
        source: str,
        standfirst: str = "",
        by: Any = None,
        version: int | None = None,
    ) -> "Item":
        issue = cast("Issue", self)
        with issue.edited(by, version):
            return issue._append(url=url, headline=headline, source_name=source, standfirst=standfirst)

    def arrange(self, order: Sequence[int], by: Any = None, version: int | None = None) -> None:
        """Puts the items with these keys into this order; those not named follow as they stood."""
        issue = cast("Issue", self)
        with issue.edited(by, version):
            items = {item.pk: item for item in issue.items.all()}
            named = [pk for pk in dict.fromkeys(order) if pk in items]
            issue._renumber([*named, *(pk for pk in items if pk not in named)])

    def move(self, item: "Item", step: int, by: Any = None, version: int | None = None) -> None:
        """Up by one (-1) or down by one (1), among those that are shown."""
        issue = cast("Issue", self)
        shown = [other.pk for other in issue.shown_items]
        place = shown.index(item.pk)
        target = min(max(place + step, 0), len(shown) - 1)
        shown.insert(target, shown.pop(place))
        issue.arrange(shown, by, version)

    def drop(self, item: "Item", by: Any = None, version: int | None = None) -> None:
        issue = cast("Issue", self)
        with issue.edited(by, version):
            if item.url:
                item.delete()
            else:
                # Kept, so that assembling again does not bring it back.
                item.is_dropped, item.is_lead = True, False
                item.save(update_fields=["is_dropped", "is_lead"])

    def lead_with(self, item: "Item", by: Any = None, version: int | None = None) -> None:
        """Makes an article the lead: there is one, and it comes first."""
        issue = cast("Issue", self)
        with issue.edited(by, version):
            issue.items.filter(is_lead=True).update(is_lead=False)
            issue.items.filter(pk=item.pk, url="").update(is_lead=True)
            order = [item.pk, *(other.pk for other in issue.items.all() if other.pk != item.pk)]
            issue._renumber(order)

    def _append(self, article: Article | None = None, **fields: Any) -> "Item":
        issue = cast("Issue", self)
        last = issue.items.aggregate(last=Max("position"))["last"]
        if article is not None:
            fields |= {"article": article, "article_uuid": article.uuid, "access": access_of(article)}
        return issue.items.create(position=0 if last is None else last + 1, **fields)

    def _renumber(self, order: Sequence[int]) -> None:
        issue = cast("Issue", self)
        # First out of the way: no two may ever stand at one position.
        last = issue.items.aggregate(last=Max("position"))["last"] or 0
        issue.items.update(position=F("position") + last + len(order) + 1)
        for position, pk in enumerate(order):
            issue.items.filter(pk=pk).update(position=position)

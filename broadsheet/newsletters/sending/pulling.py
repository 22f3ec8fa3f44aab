"""Articles that must not go out any more: whatever became of them since the issue was approved."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Batch
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Correction
from broadsheet.newsletters.access import access_of
from broadsheet.newsletters.models import Issue, Item

if TYPE_CHECKING:
    from broadsheet.editorial.models import Article


def withdrawn_items(issue: Issue) -> list[tuple[Item, str]]:
    """Those of its articles that can't be sent, each with the reason."""
    found = []
    for item in issue.shown_items:
        if not item.url and (why := _withdrawn_because(issue, item, item.article)):
            found.append((item, why))
    return found


def _withdrawn_because(issue: Issue, item: Item, article: "Article | None") -> str:
    named = {"headline": str(item)}
    if article is None:
        return _("“%(headline)s” was deleted.") % named
    if not article.live:
        return _("“%(headline)s” is not published any more.") % named
    if article.corrections.filter(kind=Correction.Kind.RETRACTION).exists():
        return _("“%(headline)s” was retracted.") % named
    was_open = item.access and item.access != Access.SUBSCRIBERS
    if was_open and not issue.newsletter.subscribers_only and access_of(article) == Access.SUBSCRIBERS:
        return _("“%(headline)s” is for subscribers only by now.") % named
    return ""


def pull_withdrawn(issue: Issue) -> list[str]:
    """Takes them out of an issue on its way: whoever was not served yet gets it without them. Says why.

    An issue with nothing left in it is held.
    """
    from broadsheet.newsletters.letter.composing import compose

    withdrawn = withdrawn_items(issue)
    if not withdrawn:
        return []
    with transaction.atomic():
        pks = [item.pk for item, _why in withdrawn]
        # One process of all that see it composes anew.
        if not issue.items.filter(pk__in=pks, is_dropped=False).update(is_dropped=True, is_lead=False):
            return []
        reasons = [why for _item, why in withdrawn]
        for why in reasons:
            issue.record(Issue.State(issue.state), why=why)
        if issue.is_empty:
            issue.hold(why=_("Nothing is left in it."))
        elif send := issue.send:
            open_batches = Batch.objects.exclude(state=Batch.State.DONE)
            for cohort in send.cohorts.filter(Exists(open_batches.filter(cohort=OuterRef("pk")))):
                cohort.replace(compose(issue, cohort.first_name).frozen())
    return reasons

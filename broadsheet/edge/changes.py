"""What is out of date when something is published, corrected, withdrawn or sold otherwise."""

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.edge.tags import ADDRESSES, RULES, article_tag, lists_tag, weekly_tag
from broadsheet.editorial.models import (
    Article,
    Author,
    Correction,
    Coverage,
    Edition,
    LetterState,
    LetterToEditor,
    Narration,
    Picture,
    Publication,
    Section,
    Topic,
    coverage_changed,
)
from broadsheet.identity.menus.shown import leads_to
from broadsheet.identity.models import Identity, Menus
from broadsheet.membership.models import (
    Entitlement,
    Institution,
    InstitutionDomain,
    InstitutionNetwork,
    Market,
    Offer,
    Plan,
    Price,
)
from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.paywall.experiments.models import Experiment
from broadsheet.paywall.models import AccessRule, EditionAllowance, Meter
from broadsheet.paywall.reader_cookie import reader_tag
from broadsheet.platform.generations import ALL
from broadsheet.platform.invalidation import invalidate
from broadsheet.weekly.models import IssueFile, State, WeeklyIssue

# They stand in many pages, which may be shown a moment longer.
IN_MANY_PAGES: list[type[Model]] = [
    Menus,
    Author,
    Topic,
    Picture,
    Newsletter,
    Market,
    Offer,
    Plan,
    Price,
    Meter,
]
DECIDE: list[type[Model]] = [
    Meter,
    EditionAllowance,
    Institution,
    InstitutionDomain,
    InstitutionNetwork,
    CrawlerPolicy,
    Experiment,
]


@receiver([page_published, page_unpublished])
@receiver(pre_delete, sender=Page)
def page_changed(instance: Page, **kwargs: Any) -> None:
    """A correction, a retraction or another access: what was kept is not shown again, by any process."""
    page = instance.specific_deferred
    lists = [lists_tag(tag) for tag in settings.EDITIONS]
    if isinstance(page, Article):
        invalidate([article_tag(page.uuid), ADDRESSES], at_once=True)
        is_withdrawn = kwargs["signal"] is not page_published
        invalidate(lists, at_once=is_withdrawn)
        if is_withdrawn:
            # Issues count it no longer, and lead past it.
            invalidate([weekly_tag(tag) for tag in settings.EDITIONS], at_once=True)
        if leads_to(page):
            invalidate([ALL], at_once=is_withdrawn)
    elif isinstance(page, Section):
        all_changed()  # its articles may have another access now
    else:
        invalidate([*lists, ADDRESSES], at_once=True)
        if not isinstance(page, Edition):
            invalidate([ALL])  # every page leads to it


@receiver([post_save, post_delete], sender=AccessRule)
@receiver([post_save, post_delete], sender=Publication)
@receiver([post_save, post_delete], sender=PageViewRestriction)
@receiver([post_save, post_delete], sender=Site)
@receiver(post_page_move)
def all_changed(**kwargs: Any) -> None:
    """Access is decided anew, so what was kept as free may not be free any longer."""
    invalidate([ALL, ADDRESSES, RULES], at_once=True)


@receiver([post_save, post_delete], sender=Redirect)
def address_changed(instance: Redirect, **kwargs: Any) -> None:
    # Of those with a query the front has to know.
    invalidate([ADDRESSES, *([RULES] if "?" in instance.old_path else [])], at_once=True)


@receiver([post_save, post_delete], sender=Correction)
def corrected(instance: Correction, **kwargs: Any) -> None:
    invalidate([article_tag(instance.article.uuid)], at_once=True)
    invalidate([lists_tag(tag) for tag in settings.EDITIONS])


@receiver([post_save, post_delete], sender=LetterToEditor)
def letter_changed(instance: LetterToEditor, **kwargs: Any) -> None:
    """Of those that readers see, or saw: what was withdrawn is not shown again."""
    if instance.published_at is None:
        return
    is_gone = instance.state != LetterState.PUBLISHED or kwargs["signal"] is post_delete
    invalidate([article_tag(instance.article.uuid), lists_tag(instance.edition)], at_once=is_gone)


@receiver(coverage_changed)
def went_on(coverage: Coverage, at_once: bool, **kwargs: Any) -> None:
    """A new entry may be waited for; one that was corrected or withdrawn is not shown again as it was."""
    invalidate([article_tag(coverage.article.uuid)], at_once=at_once)
    invalidate([lists_tag(tag) for tag in settings.EDITIONS], at_once=at_once)


@receiver([post_save, post_delete], sender=Narration)
def sounds_otherwise(instance: Narration, **kwargs: Any) -> None:
    """What was taken off, or has to be made anew, is offered no longer."""
    invalidate([article_tag(instance.article.uuid)], at_once=True)
    invalidate([lists_tag(tag) for tag in settings.EDITIONS])


@receiver([post_save, post_delete], sender=Issue)
def issue_changed(instance: Issue, **kwargs: Any) -> None:
    """Its page in the archive, and the lists that name it."""
    invalidate([lists_tag(instance.newsletter.edition)])


@receiver(post_save, sender=IssueFile)
def issue_file_made(instance: IssueFile, **kwargs: Any) -> None:
    if instance.is_there:
        invalidate([weekly_tag(instance.issue.edition)])


@receiver([post_save, post_delete], sender=WeeklyIssue)
def weekly_issue_changed(instance: WeeklyIssue, **kwargs: Any) -> None:
    """Its pages, and the front with its cover: of what is published, or was."""
    if instance.published_at is None:
        return
    is_gone = instance.state != State.PUBLISHED or kwargs["signal"] is post_delete
    invalidate([weekly_tag(instance.edition), ADDRESSES], at_once=True)
    invalidate([lists_tag(instance.edition)], at_once=is_gone)


@receiver(post_save, sender=Entitlement)
def became_subscriber(instance: Entitlement, created: bool, **kwargs: Any) -> None:
    """The cookie by which a registered reader is known says nothing of what they have bought since."""
    if created:
        invalidate([reader_tag(instance.person_id)], at_once=True)


@receiver(post_save, sender=Identity)
def looks_otherwise(instance: Identity, **kwargs: Any) -> None:
    """A draft is nobody's but its maker's."""
    if instance.applied_at:
        invalidate([ALL])


def others_changed(sender: type[Model], **kwargs: Any) -> None:
    if sender in IN_MANY_PAGES:
        invalidate([ALL])
    if sender in DECIDE:
        invalidate([RULES], at_once=True)


def connect() -> None:
    for model in {*IN_MANY_PAGES, *DECIDE}:
        for signal in (post_save, post_delete):
            signal.connect(others_changed, sender=model, dispatch_uid=f"edge.{model.__name__}")

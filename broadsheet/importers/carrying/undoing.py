"""Takes an import back as a whole, while nobody has touched what it brought."""

from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Page, ReferenceIndex

from broadsheet.delivery.models import Suppression
from broadsheet.editorial.models import Article, Author, Picture, Section, StandingPage, Topic
from broadsheet.importers.carrying.magazine import undo_menus
from broadsheet.importers.carrying.written import mark_of
from broadsheet.importers.models import Import, Imported, ReaderBatch
from broadsheet.importers.planning.places import edition_of
from broadsheet.membership.models import Entitlement, Offer, Plan, Price, Subscription
from broadsheet.newsletters.models import Mailbox, Newsletter, SignUp
from broadsheet.people.models import Person
from broadsheet.platform import clock

BATCH = 100
MOST_NAMED = 20
Kind = Imported.Kind
PAGES: dict[str, Any] = {Kind.ARTICLE: Article, Kind.PAGE: StandingPage}
ROWS: dict[str, Any] = {
    Kind.AUTHOR: Author,
    Kind.TOPIC: Topic,
    Kind.PICTURE: Picture,
    Kind.NEWSLETTER: Newsletter,
}
ORDER = (
    Kind.ARTICLE,
    Kind.PAGE,
    Kind.SECTION,
    Kind.AUTHOR,
    Kind.TOPIC,
    Kind.SOUND,
    Kind.PICTURE,
    Kind.PLAN,
    Kind.NEWSLETTER,
)


def touched(moving: Import) -> list[str]:
    """What keeps it from being undone: what somebody changed here since, by name; the first few."""
    found = [*_changed_pages(moving), *_used_readers(moving)]
    return found[:MOST_NAMED]


def _changed_pages(moving: Import) -> Iterator[str]:
    for kind, model in PAGES.items():
        rows = Imported.objects.filter(
            made_by=moving, kind=kind, state__in=[Imported.State.DONE, Imported.State.LEFT]
        )
        for batch in batched(rows.order_by("pk").iterator(chunk_size=500), 500, strict=False):
            pages = model.objects.defer("body").in_bulk([row.target for row in batch])
            for row in batch:
                if row.target in pages and mark_of(pages[row.target]) != row.as_left:
                    yield row.title
    sections = Imported.objects.filter(made_by=moving, kind=Kind.SECTION).values("target")
    mine = Imported.objects.filter(made_by=moving, kind=Kind.ARTICLE).values("target")
    for section in Section.objects.filter(pk__in=sections):
        if others := section.get_children().exclude(pk__in=mine).count():
            yield _("%(count)d other articles in “%(section)s”") % {"count": others, "section": section.title}


def _used_readers(moving: Import) -> Iterator[str]:
    since = moving.ended_at or clock.now()
    count = 0
    for batch in moving.reader_batches.all():
        mailboxes = Mailbox.objects.filter(_among(batch, "mailboxes"))
        count += mailboxes.exclude(seen_in="").count() if batch.made.get("mailboxes") else 0
        sign_ups = SignUp.objects.filter(_among(batch, "sign_ups"))
        moved = Q(left_at__gt=since) | Q(confirmed_at__gt=since)
        count += sign_ups.filter(moved).count() if batch.made.get("sign_ups") else 0
        people = Person.objects.filter(_among(batch, "people"))
        if batch.made.get("people"):
            count += people.exclude(last_login=None).count()
            count += Subscription.objects.filter(person__in=people).count()
    if count:
        yield _("%d readers who have been here since") % count


def _among(batch: ReaderBatch, what: str) -> Q:
    found = Q(pk=None)
    for first, last in batch.made.get(what, []):
        found |= Q(pk__range=(first, last))
    return found


def undo(
    moving: Import,
    advance: Callable[[int], None] = lambda count: None,
    enough: Callable[[], bool] = lambda: False,
) -> bool:
    """Whether all of it is undone now. It can be taken up again where it stopped."""
    begins = (Import.State.DONE, Import.State.RUNNING, Import.State.FAILED, Import.State.UNDOING)
    if not moving.go_to(Import.State.UNDOING, only_from=begins, words=""):
        return False
    for count in _batches(moving):
        advance(count)
        if enough():
            return False
    moving.go_to(Import.State.UNDONE, only_from=(Import.State.UNDOING,), ended_at=clock.now())
    moving.delete_files()
    return True


def _batches(moving: Import) -> Iterator[int]:
    if moving.menus_made:
        undo_menus(moving, edition_of(moving.wanted))
    yield from _forget_addresses(moving)
    for batch in list(moving.reader_batches.all()):
        with transaction.atomic():
            _forget_readers(batch)
            batch.delete()
        yield 1
    for kind in ORDER:
        rows = Imported.objects.filter(made_by=moving, kind=kind).order_by("-pk")
        for keys in batched(list(rows.values_list("pk", flat=True)), BATCH, strict=False):
            with transaction.atomic():
                for row in Imported.objects.filter(pk__in=keys):
                    _take_away(row)
            yield len(keys)
    with transaction.atomic():
        Imported.objects.filter(moving=moving, made_by=None).exclude(state=Imported.State.UNDONE).update(
            state=Imported.State.UNDONE, target=None
        )


def _forget_addresses(moving: Import) -> Iterator[int]:
    made = moving.old_addresses.filter(redirect__gt=0)
    for keys in batched(list(made.values_list("pk", flat=True)), 500, strict=False):
        with transaction.atomic():
            olds = moving.old_addresses.filter(pk__in=keys)
            Redirect.objects.filter(pk__in=olds.values("redirect")).delete()
            olds.update(redirect=None)
        yield len(keys)
    moving.old_addresses.update(redirect=None)


def _forget_readers(batch: ReaderBatch) -> None:
    if batch.made.get("rights"):
        Entitlement.objects.filter(_among(batch, "rights")).delete()
    if batch.made.get("sign_ups"):
        SignUp.objects.filter(_among(batch, "sign_ups")).delete()
    if batch.made.get("mailboxes"):
        Mailbox.objects.filter(_among(batch, "mailboxes")).delete()
    if batch.made.get("suppressions"):
        Suppression.objects.filter(_among(batch, "suppressions")).delete()
    if batch.made.get("people"):
        for person in Person.objects.filter(_among(batch, "people")):
            person.delete()


def _take_away(row: Imported) -> None:
    """What something else uses by now stays."""
    target, row.target, row.state, row.made_by, row.as_left, row.digest = (
        row.target,
        None,
        Imported.State.UNDONE,
        None,
        "",
        "",
    )
    row.save()
    if target is None:
        return
    if row.kind in PAGES or row.kind == Kind.SECTION:
        if (page := Page.objects.filter(pk=target).first()) and not (
            row.kind == Kind.SECTION and page.get_children().exists()
        ):
            page.specific.delete()
    elif row.kind == Kind.PLAN:
        _delete_unsold(target, row.about.get("offers", []))
    elif row.kind == Kind.SOUND:
        document = get_document_model().objects.filter(pk=target).first()
        if document and not ReferenceIndex.get_references_to(document).exists():
            document.delete()
    else:
        _delete_unused(row.kind, target)


def _delete_unsold(plan: int, offers: list[int]) -> None:
    try:
        with transaction.atomic():
            Offer.objects.filter(pk__in=offers, uses=None).delete()
            Price.objects.filter(plan=plan).delete()
            Plan.objects.filter(pk=plan).delete()
    except ProtectedError:
        pass  # somebody has bought it


def _delete_unused(kind: str, target: int) -> None:
    found = ROWS[kind].objects.filter(pk=target).first()
    if found is None:
        return
    is_used: dict[Imported.Kind, Callable[[], bool]] = {
        Kind.AUTHOR: lambda: found.bylines.exists(),
        Kind.TOPIC: lambda: found.articles.exists(),
        Kind.PICTURE: lambda: (
            ReferenceIndex.get_references_to(found).exists() or Author.objects.filter(picture=found).exists()
        ),
        Kind.NEWSLETTER: lambda: found.sign_ups.exists() or found.issues.exists(),
    }
    if not is_used[Kind(kind)]():
        found.delete()

"""Carries a plan out: in batches, each whole or not at all, so that it goes on wherever a process died."""

from collections.abc import Callable, Iterator
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from broadsheet.edge.tags import ADDRESSES, RULES
from broadsheet.editorial import catching_up
from broadsheet.editorial.models import Author, Edition, Section, Topic
from broadsheet.importers.carrying.articles import Articles
from broadsheet.importers.carrying.fetching import Fetching, Open
from broadsheet.importers.carrying.magazine import take_over
from broadsheet.importers.carrying.pictures import bring
from broadsheet.importers.carrying.readers import BATCH as READERS
from broadsheet.importers.carrying.readers import Readers
from broadsheet.importers.carrying.selling import make_plan_of
from broadsheet.importers.files import Files
from broadsheet.importers.models import Finding, Import, Imported, OldAddress
from broadsheet.importers.planning.places import edition_of
from broadsheet.importers.records import (
    Article,
    NotReadable,
    Plan,
    Reader,
    Site,
    Source,
    Subject,
)
from broadsheet.importers.records import Author as TheirAuthor
from broadsheet.importers.records import Newsletter as TheirNewsletter
from broadsheet.importers.turns import hold
from broadsheet.membership.models import Offer
from broadsheet.newsletters.models import Newsletter
from broadsheet.platform import clock
from broadsheet.platform.generations import ALL
from broadsheet.platform.http.probing import open_publicly
from broadsheet.platform.invalidation import invalidate
from broadsheet.site.search import indexing

ARTICLES = 50
REDIRECTS = 500
Kind = Imported.Kind
State = Imported.State
type Advance = Callable[[int], None]
type Enough = Callable[[], bool]


def carry_out(
    moving: Import,
    advance: Advance = lambda count: None,
    enough: Enough = lambda: False,
    open_to: Open = open_publicly,
) -> bool:
    """Whether all of it is done now. `enough` is asked between two batches, and ends it for this time."""
    if moving.state == Import.State.PLANNED and (missing := missing_consent(moving)):
        raise NotReadable(missing)
    begins = (Import.State.PLANNED, Import.State.RUNNING, Import.State.FAILED)
    if not moving.go_to(Import.State.RUNNING, only_from=begins, words=""):
        return False
    try:
        with moving.opened() as (source, files):
            carrier = Carrier(moving, source, files, open_to)
            for count in carrier.batches():
                hold(moving.turn)
                moving.advance(count)
                advance(count)
                # What was done before is passed over, however long that takes.
                if count and enough():
                    return False
    except NotReadable as error:
        moving.stop(str(error))
        return False
    catching_up.soon()
    indexing.catch_up_soon.enqueue()
    # New sections stand in the masthead of every page; and of old addresses with a query the front knows.
    invalidate([ALL, RULES])
    moving.go_to(Import.State.DONE, only_from=(Import.State.RUNNING,), ended_at=clock.now())
    Import.objects.filter(pk=moving.pk).update(steps_done=moving.steps)
    moving.delete_files()
    return True


def missing_consent(moving: Import) -> str:
    """Why it can't begin yet: nobody has said how readers agreed; empty where that is known."""
    count = moving.readers.get("without_proof", 0)
    if not count or moving.wanted.declaration.strip():
        return ""
    return (
        _(
            "%d readers are subscribed there, and the file does not say how they agreed. "
            "Declare how, and who says so."
        )
        % count
    )


class Carrier:
    def __init__(self, moving: Import, source: Source, files: Files, open_to: Open) -> None:
        self.moving, self.source = moving, source
        self.wishes = moving.wanted
        self.edition = edition_of(self.wishes)
        self.fetching = Fetching(files, open_to)
        known = Imported.objects.filter(origin=moving.origin, target__isnull=False)
        known = known.filter(kind__in=[Kind.AUTHOR, Kind.SECTION, Kind.TOPIC, Kind.NEWSLETTER, Kind.PLAN])
        self.targets: dict[tuple[str, str], int] = {
            (kind, key): int(target or 0) for kind, key, target in known.values_list("kind", "key", "target")
        }
        self.articles = Articles(moving, self.edition, source.hosts, self.targets)
        self.readers = Readers(moving, self.wishes, self.edition, self.targets)

    def batches(self) -> Iterator[int]:
        """How many more are done, after each transaction."""
        yield from bring(self.moving, self.fetching)
        yield self._make_home_section()
        articles: list[Article] = []
        readers: list[Reader] = []
        site: Site | None = None
        number = 0
        for record in self.source.records():
            match record:
                case Article():
                    articles.append(record)
                    if len(articles) == ARTICLES:
                        yield self._bring(articles)
                        articles = []
                case Reader():
                    readers.append(record)
                    if len(readers) == READERS:
                        yield self.readers.bring(readers, number)
                        readers, number = [], number + 1
                case Site():
                    site = record
                case TheirAuthor() | Subject() | TheirNewsletter() | Plan():
                    yield self._make(record)
        if articles:
            yield self._bring(articles)
        if readers:
            yield self.readers.bring(readers, number)
        yield from self._redirect()
        if site:
            take_over(self.moving, site, self.edition, self.articles.old)

    def _bring(self, articles: list[Article]) -> int:
        with catching_up.put_off():
            return self.articles.bring(articles)

    # --- What articles stand among ----------------------------------------------------------------

    def _waiting(self, kind: Imported.Kind, key: str) -> Imported | None:
        return Imported.objects.filter(
            origin=self.moving.origin, kind=kind, key=key, moving=self.moving, state=State.PLANNED
        ).first()

    def _settle(self, row: Imported, target: int, *, is_new: bool) -> int:
        row.target, row.state = target, State.DONE
        row.made_by = self.moving if is_new else None
        row.save()
        self.targets[(row.kind, row.key)] = target
        return 1

    def _make_home_section(self) -> int:
        row = self._waiting(Kind.SECTION, f"default:{self.wishes.section}")
        return self._section(row, "") if row else 0

    def _make(self, record: TheirAuthor | Subject | TheirNewsletter | Plan) -> int:
        made = 0
        with transaction.atomic():
            match record:
                case Subject():
                    if row := self._waiting(Kind.SECTION, record.key):
                        made += self._section(row, record.description)
                    if row := self._waiting(Kind.TOPIC, record.key):
                        made += self._topic(row, record)
                case TheirAuthor():
                    if row := self._waiting(Kind.AUTHOR, record.key):
                        made += self._author(row, record)
                case TheirNewsletter():
                    if row := self._waiting(Kind.NEWSLETTER, record.key):
                        made += self._newsletter(row, record)
                case Plan():
                    if row := self._waiting(Kind.PLAN, record.key):
                        made += self._plan(row, record)
        return made

    def _section(self, row: Imported, description: str) -> int:
        there = Section.objects.child_of(self.edition).filter(slug=row.slug).first()
        if there:
            return self._settle(row, there.pk, is_new=False)
        section = Section(
            title=row.title,
            slug=row.slug,
            description=description[:300],
            locale=self.edition.locale,
            show_in_menus=True,
        )
        Edition.objects.get(pk=self.edition.pk).add_child(instance=section)
        return self._settle(row, section.pk, is_new=True)

    def _topic(self, row: Imported, record: Subject) -> int:
        name = record.name[:80] or row.slug
        there = Topic.objects.filter(name__iexact=name).first()
        if there:
            row.slug, row.new_address = there.slug, f"{self.edition.prefix}/topics/{there.slug}/"
            return self._settle(row, there.pk, is_new=False)
        topic = Topic.objects.create(name=name, slug=row.slug, description=record.description[:300])
        return self._settle(row, topic.pk, is_new=True)

    def _author(self, row: Imported, record: TheirAuthor) -> int:
        there = Author.objects.filter(name__iexact=record.name).first()
        if there:
            row.slug, row.new_address = there.slug, f"{self.edition.prefix}/authors/{there.slug}/"
            return self._settle(row, there.pk, is_new=False)
        author = Author.objects.create(
            name=record.name[:120] or row.slug,
            slug=row.slug,
            biography=record.biography,
            picture_id=self._portrait(record),
        )
        return self._settle(row, author.pk, is_new=True)

    def _portrait(self, record: TheirAuthor) -> int | None:
        found = self.articles._pictures([record.picture]) if record.picture else {}
        return found[record.picture].pk if record.picture in found else None

    def _newsletter(self, row: Imported, record: TheirNewsletter) -> int:
        tag = self.edition.locale.language_code
        slug = record.slug[:60] or "newsletter"
        there = Newsletter.objects.filter(edition=tag, slug=slug).first()
        made = there or Newsletter.objects.create(
            edition=tag,
            slug=slug,
            name=" ".join(record.name.split())[:60] or slug,
            description=record.description[:600],
            is_active=record.is_active,
        )
        return self._settle(row, made.pk, is_new=there is None)

    def _plan(self, row: Imported, record: Plan) -> int:
        made, not_made = make_plan_of(record, self.edition)
        Finding.objects.bulk_create(
            Finding(
                moving=self.moving,
                of=Finding.Of.CARRYING_OUT,
                level=Finding.Level.LEFT,
                about=row.title,
                words=words,
            )
            for words in not_made
        )
        # Those that somebody adds to it later are not ours to take back.
        row.about = {"offers": list(Offer.objects.filter(price__plan=made).values_list("pk", flat=True))}
        return self._settle(row, made, is_new=True)

    # --- Old addresses ----------------------------------------------------------------------------

    def _redirect(self) -> Iterator[int]:
        waiting = self.moving.old_addresses.filter(redirect=None).order_by("pk")
        keys = list(waiting.values_list("pk", flat=True))
        for batch in batched(keys, REDIRECTS, strict=False):
            with transaction.atomic():
                self._redirect_from(list(OldAddress.objects.filter(pk__in=batch).select_related("row")))
            yield len(batch)

    def _redirect_from(self, olds: list[OldAddress]) -> None:
        taken = dict(
            Redirect.objects.filter(old_path__in=[old.path for old in olds], site=None).values_list(
                "old_path", "pk"
            )
        )
        pages = set(
            Page.objects.filter(
                pk__in=[
                    old.row.target
                    for old in olds
                    if old.row and old.row.kind in {Kind.ARTICLE, Kind.PAGE, Kind.SECTION}
                ]
            ).values_list("pk", flat=True)
        )
        made: dict[str, Redirect] = {}
        for old in olds:
            # Where an old redirect led to another old address, that has a new one by now.
            new = old.row.new_address if old.row else self.articles.leads_to(old.leads_to)
            is_there = old.row is None or old.row.target is not None
            is_same = Redirect.normalise_path(new) == old.path
            if old.path in taken or is_same or not is_there or not new:
                old.redirect = 0
                continue
            page = old.row.target if old.row and old.row.target in pages else None
            made[old.path] = Redirect(
                old_path=old.path, is_permanent=True, redirect_page_id=page, redirect_link="" if page else new
            )
        Redirect.objects.bulk_create(made.values())
        for old in olds:
            if old.path in made:
                old.redirect = made[old.path].pk
        OldAddress.objects.bulk_update(olds, ["redirect"])
        invalidate([ADDRESSES], at_once=True)

"""The dry run: what will come, how it is mapped, what can't be kept. It changes nothing but its own rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from broadsheet.importers.bodies.pieces import Kept, Sound
from broadsheet.importers.models import Finding, Import, Imported, OldAddress
from broadsheet.importers.planning.magazine import proposal
from broadsheet.importers.planning.old_site import OldSite
from broadsheet.importers.planning.places import Places, old_path, slug_of
from broadsheet.importers.planning.readers import ReaderCount
from broadsheet.importers.records import (
    Article,
    Author,
    Level,
    Newsletter,
    NotReadable,
    Plan,
    Reader,
    Redirect,
    Remark,
    Site,
    Source,
    State,
    Subject,
)

BATCH = 200
Kind = Imported.Kind
type Said = Callable[[int], None]


def make_plan(moving: Import, advance: Said = lambda count: None) -> bool:
    """Reads all of it. False where somebody else is at it; what can't be read stops it, with the reason."""
    before = (Import.State.NEW, Import.State.PLANNED, Import.State.FAILED, Import.State.READING)
    if not moving.go_to(Import.State.READING, only_from=before, words="", steps=0, steps_done=0):
        return False
    try:
        with moving.opened() as (source, _files):
            _forget_earlier_plan(moving, source)
            planner = Planner(moving, source)
            for record in source.records():
                planner.take(record)
                advance(1)
            planner.finish()
    except NotReadable as error:
        moving.stop(str(error))
        return False
    return moving.go_to(Import.State.PLANNED, only_from=(Import.State.READING,))


def _forget_earlier_plan(moving: Import, source: Source) -> None:
    with transaction.atomic():
        Import.objects.filter(pk=moving.pk).update(origin=source.origin)
        moving.origin = source.origin
        moving.findings.filter(of=Finding.Of.PLAN).delete()
        not_there = Q(state__in=[Imported.State.PLANNED, Imported.State.GONE, Imported.State.UNDONE])
        Imported.objects.filter(not_there, origin=source.origin).delete()
        OldAddress.objects.filter(origin=source.origin, redirect=None).delete()


class Planner:
    def __init__(self, moving: Import, source: Source) -> None:
        self.moving, self.source = moving, source
        self.wishes = moving.wanted
        self.places = Places(self.wishes)
        self.counts: Counter[str] = Counter()
        self.readers = ReaderCount(self.say)
        self.unnamed: Counter[str] = Counter()
        self._articles: list[Article] = []
        self._rows: dict[tuple[str, str], Imported] = {}
        self._old: list[tuple[str, tuple[str, str] | None, str]] = []
        self._findings: list[Finding] = []
        self.site: Site | None = None
        self._authors: set[str] = set()
        self._sections: set[str] = set()

    # --- One record after another -----------------------------------------------------------------

    def take(self, record: Any) -> None:
        match record:
            case Subject():
                self.places.note(record)
            case Author():
                self._author(record)
            case Newsletter():
                self._row(Kind.NEWSLETTER, record.key, record.name)
            case Plan():
                self._row(Kind.PLAN, record.key, record.name)
                self.say(
                    Level.REPAIR,
                    record.name,
                    _("It comes as a plan that is not on sale. Look at it, then sell it."),
                )
                for offer in record.offers:
                    words = _("It comes with the code %s, for whoever the plan is sold to.") % offer.code
                    self.say(Level.MAPPED, offer.name, words)
            case Article():
                self.places.decide()
                self._articles.append(record)
                if len(self._articles) >= BATCH:
                    self._plan_articles()
            case Reader():
                self.readers.take(record)
            case Redirect(old=old, new=new):
                self._old.append((old_path(old), None, new))
            case Site():
                self.site = record
            case Remark(note=note, about=about):
                self.say(note.level, about, note.words)

    def finish(self) -> None:
        self.places.decide()
        self._plan_articles()
        self._plan_subjects()
        self._write()
        for what, count in self.unnamed.items():
            self.say(Level.LEFT, "", f"{what}: {count}.")
        self.readers.finish(self.wishes, self.places)
        self._write()
        rows = Imported.objects.filter(moving=self.moving)
        steps = rows.count() + self.moving.old_addresses.count() + self.readers.count
        self.moving.want(self.wishes)
        old = OldSite(self.source.origin, self.source.hosts)
        of_magazine = proposal(self.site, old) if self.site else {}
        Import.objects.filter(pk=self.moving.pk).update(
            steps=steps, readers=self.readers.summary(), of_magazine=of_magazine
        )

    def say(self, level: Level | str, about: str, words: str) -> None:
        self._findings.append(
            Finding(moving=self.moving, level=str(level), about=about[:255], words=words[:500])
        )
        if len(self._findings) >= 1000:
            self._write_findings()

    # --- Rows -------------------------------------------------------------------------------------

    def _row(self, kind: Imported.Kind, key: str, title: str, **fields: Any) -> Imported:
        fields = {name: value[:500] if isinstance(value, str) else value for name, value in fields.items()}
        row = Imported(
            origin=self.source.origin,
            kind=kind,
            key=key,
            moving=self.moving,
            title=title[:255],
            **fields,
        )
        self._rows.setdefault((str(kind), key), row)
        return row

    def _author(self, record: Author) -> None:
        self._authors.add(record.key)
        slug = self.places.authors.take(
            slug_of(record.slug, record.name)[:50], f"author-{len(self._authors)}"
        )
        new = self.places.address("authors", slug)
        self._row(Kind.AUTHOR, record.key, record.name, slug=slug, new_address=new)
        self._old_addresses(record.old_addresses, (str(Kind.AUTHOR), record.key))
        if record.picture:
            self._picture(record.picture)

    def _plan_subjects(self) -> None:
        for subject in self.places.subjects.values():
            choice = self.wishes.subjects.get(subject.key, "topic")
            if choice == "leave":
                self.say(Level.LEFT, subject.name, _("It is left out, as you chose."))
                continue
            if section := self.places.section_slugs.get(subject.key):
                self._section(section, subject)
            else:
                self._topic(subject)
        if self.wishes.section not in self.places.sections and self.counts[Kind.ARTICLE]:
            self._section(self.wishes.section, None)

    def _section(self, slug: str, subject: Subject | None) -> None:
        there = self.places.sections.get(slug)
        key = subject.key if subject else f"default:{slug}"
        title = subject.name if subject else slug.replace("-", " ").capitalize()
        state = {"state": Imported.State.MAPPED, "target": there.pk} if there else {}
        self._row(Kind.SECTION, key, title, slug=slug, new_address=self.places.address(slug), **state)
        if subject:
            self._old_addresses(subject.old_addresses, (str(Kind.SECTION), key))
            where = there.title if there else title
            self.say(Level.MAPPED, subject.name, _("It is the section “%s”.") % where)

    def _topic(self, subject: Subject, kind: Imported.Kind = Kind.TOPIC) -> None:
        slug = self.places.topics.take(slug_of(subject.slug, subject.name)[:50], f"topic-{len(self._rows)}")
        self._row(kind, subject.key, subject.name, slug=slug, new_address=self.places.address("topics", slug))
        self._old_addresses(subject.old_addresses, (str(Kind.TOPIC), subject.key))

    def _plan_articles(self) -> None:
        batch, self._articles = self._articles, []
        kinds = [Kind.ARTICLE, Kind.PAGE]
        keys = [article.key for article in batch]
        there = {
            (row.kind, row.key): row
            for row in Imported.objects.filter(origin=self.source.origin, kind__in=kinds, key__in=keys)
        }
        for article in batch:
            self._article(article, there)
        self._write()

    def _article(self, article: Article, there: dict[tuple[str, str], Imported]) -> None:
        kind = Kind.PAGE if article.is_page else Kind.ARTICLE
        self.counts[kind] += 1
        title = article.title or _("Without a headline")
        earlier = there.get((str(kind), article.key))
        section, topics = ("", []) if article.is_page else self.places.section_of(article.subjects)
        for key in topics:
            if key in self.places.section_slugs and (subject := self.places.subjects.get(key)):
                self._also_topic(subject)
        if earlier is None:
            slugs = self.places.top if article.is_page else self.places.slugs_in(section)
            wanted = slug_of(article.slug, title)
            slug = slugs.take(wanted, f"{'page' if article.is_page else 'article'}-{self.counts[kind]}")
            if slug != wanted and wanted:
                self.say(Level.MAPPED, title, _("Its slug is taken: it stands at “%s”.") % slug)
            path = (slug,) if article.is_page else (section, slug)
            old = article.old_addresses[0] if article.old_addresses else ""
            self._row(
                kind,
                article.key,
                title,
                slug=slug,
                old_address=old,
                new_address=self.places.address(*path),
                about={"section": section},
            )
        else:
            self._rows[(str(kind), article.key)] = earlier
            self.say(Level.MAPPED, title, _("It is here already."))
        self._old_addresses(article.old_addresses, (str(kind), article.key))
        self._look_through(article, title)

    def _also_topic(self, subject: Subject) -> None:
        if (str(Kind.TOPIC), subject.key) not in self._rows and subject.key not in self._sections:
            self._sections.add(subject.key)
            self._topic(subject)

    def _look_through(self, article: Article, title: str) -> None:
        for note in article.notes:
            self.say(note.level, title, note.words)
        body = article.read_body()
        for what in body.left_out:
            self.say(Level.LEFT, title, what[:1].upper() + what[1:] + ".")
        kept = Counter(piece.what for piece in body.pieces if isinstance(piece, Kept))
        for what, count in kept.items():
            times = f" ({count})" if count > 1 else ""
            self.say(
                Level.REPAIR,
                title,
                _("No block takes %s: it is kept as it was, “From before”.") % f"{what}{times}",
            )
        if article.picture:
            words = {"alt": article.picture_alt, "caption": article.picture_caption}
            self._picture(article.picture, **words, credit=article.picture_credit)
        for shown in body.pictures():
            self._picture(shown.address, alt=shown.alt, credit=shown.credit)
        for piece in body.pieces:
            if isinstance(piece, Sound):
                self._row(
                    Kind.SOUND,
                    key_of(piece.address),
                    piece.title or piece.address,
                    about={"address": piece.address},
                )
                self.say(Level.REPAIR, title, _("Its sound has no transcript yet."))
        unknown = [key for key in article.authors if key not in self._authors]
        if unknown:
            self.say(Level.LEFT, title, _("Its author %s is not in the export.") % ", ".join(unknown))
        if not body.pieces and article.state != State.DRAFT:
            self.say(Level.REPAIR, title, _("It has no text."))

    def _picture(self, address: str, *, alt: str = "", caption: str = "", credit: str = "") -> None:
        if not address.startswith(("http://", "https://", "/")):
            return
        row = self._rows.get((str(Kind.PICTURE), key_of(address)))
        about = {"address": address, "alt": alt, "caption": caption, "credit": credit}
        if row is None:
            self._row(
                Kind.PICTURE, key_of(address), address.rpartition("/")[2], old_address=address, about=about
            )
        else:
            row.about |= {name: value for name, value in about.items() if value and not row.about.get(name)}

    def _old_addresses(self, addresses: Iterable[str], of: tuple[str, str]) -> None:
        self._old += [(path, of, "") for path in map(old_path, addresses) if path]

    # --- Writing ----------------------------------------------------------------------------------

    def _write(self) -> None:
        with transaction.atomic():
            self._write_findings()
            rows = list(self._rows.values())
            Imported.objects.bulk_create(
                [row for row in rows if row.pk is None],
                update_conflicts=True,
                unique_fields=["origin", "kind", "key"],
                update_fields=["moving"],
                batch_size=500,
            )
            known = [row.pk for row in rows if row.pk is not None]
            Imported.objects.filter(pk__in=known).update(moving=self.moving)
            self._write_old_addresses()
            self._rows = {}

    def _write_old_addresses(self) -> None:
        wanted = {of for _path, of, _new in self._old if of}
        keys = [key for _kind, key in wanted]
        found: dict[tuple[str, str], int] = {}
        for first in range(0, len(keys), 500):
            rows = Imported.objects.filter(origin=self.source.origin, key__in=keys[first : first + 500])
            found |= {(row.kind, row.key): row.pk for row in rows}
        there: dict[str, tuple[int | None, str]] = {}
        for path, of, new in self._old:
            if path and (of is None or of in found):
                there.setdefault(path, (found[of] if of else None, new))
        OldAddress.objects.bulk_create(
            [
                OldAddress(
                    origin=self.source.origin, path=path, moving=self.moving, row_id=row, leads_to=new[:500]
                )
                for path, (row, new) in there.items()
            ],
            ignore_conflicts=True,
            batch_size=500,
        )
        self._old = []

    def _write_findings(self) -> None:
        Finding.objects.bulk_create(self._findings, batch_size=500)
        self._findings = []


def key_of(address: str) -> str:
    """By which the picture at an address is known once, however long the address is."""
    from hashlib import sha256

    return address if len(address) <= 200 else f"{address[:180]}#{sha256(address.encode()).hexdigest()}"

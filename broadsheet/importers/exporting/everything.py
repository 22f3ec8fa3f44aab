"""All that is the magazine's, in plain files that need no Broadsheet: docs/exporting.md describes each."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from wagtail.blocks import StreamValue
from wagtail.contrib.settings.registry import registry

from broadsheet.billing.documents import pdf_of
from broadsheet.billing.models import Invoice
from broadsheet.editorial.models import (
    Author,
    Coverage,
    Edition,
    LetterToEditor,
    Picture,
    Section,
    StandingPage,
    Topic,
)
from broadsheet.evidence.models import (
    ContestedTerm,
    Fact,
    Position,
    Quotation,
    Source,
    Speaker,
    TimelineEntry,
)
from broadsheet.identity.models import Identity, IdentityFile, Menus
from broadsheet.identity.models.identity import FILES as IDENTITY_FILES
from broadsheet.importers.exporting.archive import Archive
from broadsheet.importers.exporting.letters import printed
from broadsheet.importers.exporting.magazine import Magazine, Piece, redirects
from broadsheet.importers.exporting.markup import html_of
from broadsheet.importers.exporting.members import HEADINGS, members
from broadsheet.importers.exporting.names import file_name
from broadsheet.importers.exporting.pieces import Places, body_of
from broadsheet.importers.kept import kept_in
from broadsheet.membership.models import Plan, Subscription
from broadsheet.newsletters.models import Consent, Mailbox, Newsletter
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.processes.progress import Advance

FORMAT = 1
NOT_OF_READERS = {"sessions", "second_factors", "reading_history"}
"""How somebody signs in here is of no use elsewhere. A history was chosen on the word that nobody sees it."""
BATCH = 500

type Row = dict[str, Any]


def write(archive: Archive, advance: Advance, *, with_readers: bool) -> None:
    _Writer(archive, advance).write(with_readers=with_readers)


class _Writer:
    def __init__(self, archive: Archive, advance: Advance) -> None:
        self.archive, self.advance = archive, advance
        self.counts: dict[str, int] = {}
        self.sounds: dict[int, Any] = {}
        self.places = Places(lambda picture: f"pictures/{file_name(picture)}", self._sound)

    def write(self, *, with_readers: bool) -> None:
        self._lines("settings", self._settings())
        self._lines("identities", self._identities())
        self._lines("menus", map(_menus, Menus.objects.select_related("edition").order_by("pk")))
        self._lines("editions", map(_edition, Edition.objects.order_by("path")))
        self._lines("sections", map(_section, Section.objects.order_by("path")))
        self._lines("authors", map(_author, Author.objects.select_related("edition").order_by("pk")))
        self._lines("topics", map(_topic, Topic.objects.order_by("pk")))
        self._evidence()
        self._lines("articles", self._articles())
        self._lines("letters", map(printed, LetterToEditor.objects.shown().select_related("article")))
        self._lines("pages", map(self._page, StandingPage.objects.order_by("path")))
        self._lines("newsletters", map(_fields, Newsletter.objects.all()))
        self._lines("plans", map(_plan, Plan.objects.prefetch_related("prices").order_by("pk")))
        rows = ((row.old_path, row.link, "yes" if row.is_permanent else "") for row in redirects())
        self.archive.add_table("redirects.csv", ("old", "new", "permanent"), rows)
        self._pictures()
        self._identity_files()
        for sound in self.sounds.values():
            self.archive.add_file(f"sounds/{file_name(sound)}", sound.file)
        if with_readers:
            self._readers()
            self._invoices()
        about = {"format": FORMAT, "made_at": clock.now(), "address": absolute("/"), "counts": self.counts}
        self._lines("export", [about | {"files_gone": self.archive.gone}])

    def _lines(self, name: str, rows: Iterable[Row]) -> None:
        self.counts[name] = self.archive.add_lines(f"{name}.jsonl", rows)

    def _settings(self) -> Iterator[Row]:
        """What stands under Settings at the desk. Secrets are in the environment alone, and stay there."""
        for model in registry:
            for row in model._default_manager.all():
                yield {"settings": model._meta.label_lower, **_fields(row)}

    def _identities(self) -> Iterator[Row]:
        """Those that were applied, the newest first, with the files that pages load of them; no drafts."""
        applied = Identity.objects.applied().select_related("edition")
        for row in applied:
            about = _fields(row) | {"edition": row.edition.language_code if row.edition else None}
            for name in IDENTITY_FILES:
                about[name] = f"identity/{file}" if (file := getattr(row, name)) else None
            yield {key: value for key, value in about.items() if key not in {"made_by", "over", "applied_by"}}

    def _identity_files(self) -> None:
        for file in IdentityFile.objects.order_by("pk").iterator(20):
            self.archive.add(f"identity/{file}", bytes(file.content))

    # --- Texts ----------------------------------------------------------------------------------------------

    def _articles(self) -> Iterator[Row]:
        for edition in Edition.objects.order_by("path"):
            for piece in Magazine(edition).pieces():
                yield self._article(edition, piece)
                self.advance(1)

    def _article(self, edition: Edition, piece: Piece) -> Row:
        article = piece.article
        return {
            "id": str(article.uuid),
            "edition": edition.locale.language_code,
            "section": piece.section.slug,
            "slug": article.slug,
            "address": absolute(article.url or "/"),
            "state": "live" if article.live else "scheduled" if piece.scheduled_for else "draft",
            "first_published_at": article.first_published_at,
            "last_published_at": article.last_published_at,
            "scheduled_for": piece.scheduled_for,
            "kind": article.kind,
            "access": piece.access,
            "kicker": article.kicker,
            "title": article.title,
            "standfirst": article.standfirst,
            "dateline": article.dateline,
            "authors": [author.slug for author in article.authors],
            "topics": [topic.slug for topic in article.topics.all()],
            "picture": article.picture_id,
            "picture_caption": article.picture_caption,
            "seo_title": article.seo_title,
            "search_description": article.search_description,
            "work": article.work,
            "methods": article.methods,
            "corrections": [
                {"kind": row.kind, "date": row.date, "note": row.note} for row in article.corrections.all()
            ],
            "html": html_of(body_of(article, self.places).pieces),
            "blocks": list(article.body.get_prep_value()),
            "live": _live(article.coverage),
        }

    def _page(self, page: StandingPage) -> Row:
        return {
            "id": str(page.translation_key),
            "edition": page.locale.language_code,
            "slug": page.slug,
            "address": absolute(page.url or "/"),
            "state": "live" if page.live else "draft",
            "title": page.title,
            "standfirst": page.standfirst,
            "html": html_of(body_of(page, self.places).pieces),
            "blocks": list(page.body.get_prep_value()),
        }

    def _evidence(self) -> None:
        speakers = Speaker.objects.prefetch_related("roles").order_by("pk").iterator(BATCH)
        self._lines(
            "speakers", (_fields(row) | {"roles": list(map(_fields, row.roles.all()))} for row in speakers)
        )
        self._lines("sources", map(_fields, Source.objects.order_by("pk").iterator(BATCH)))
        self._lines("contested_terms", map(_fields, ContestedTerm.objects.order_by("pk").iterator(BATCH)))
        kinds: tuple[tuple[str, Any], ...] = (
            ("quotations", Quotation),
            ("facts", Fact),
            ("timeline_entries", TimelineEntry),
            ("positions", Position),
        )
        for name, kind in kinds:
            found = kind.objects.select_related("page").order_by("pk").iterator(BATCH)
            self._lines(name, (_evidence_row(row) for row in found))

    # --- Files ------------------------------------------------------------------------------------

    def _pictures(self) -> None:
        self._lines("pictures", map(_picture, Picture.objects.order_by("pk").iterator(BATCH)))
        for picture in Picture.objects.order_by("pk").iterator(BATCH):
            self.archive.add_file(f"pictures/{file_name(picture)}", picture.file)

    def _sound(self, sound: Any) -> str:
        self.sounds[sound.pk] = sound
        return f"sounds/{file_name(sound)}"

    # --- Readers ----------------------------------------------------------------------------------

    def _readers(self) -> None:
        people = Person.objects.readers().order_by("pk").iterator(BATCH)
        self._lines("readers", map(_reader, people))
        boxes = Mailbox.objects.filter(person=None, erased_at=None, merged_into=None).order_by("pk")
        self._lines(
            "mailboxes",
            map(
                _mailbox, boxes.prefetch_related("sign_ups__newsletter", "labellings__label").iterator(BATCH)
            ),
        )
        letters = LetterToEditor.objects.at_the_desk().order_by("pk").iterator(BATCH)
        self._lines("letters_received", map(_fields, letters))
        self.archive.add_table("readers.csv", HEADINGS, (member.row for member in members()))
        self.archive.add_table("subscriptions.csv", SUBSCRIPTION, map(_subscription, _subscriptions()))

    def _invoices(self) -> None:
        keys = Invoice.objects.order_by("pk").values_list("pk", flat=True)
        self._lines("invoices", map(_fields, Invoice.objects.order_by("pk").iterator(BATCH)))
        for pk in keys.iterator(BATCH):
            invoice = Invoice.objects.get(pk=pk)
            self.archive.add(f"invoices/{invoice.number}.pdf", pdf_of(invoice))


# --- Rows ---------------------------------------------------------------------------------------------------


def _live(coverage: Coverage | None) -> Row | None:
    if coverage is None:
        return None
    return {
        "began_at": coverage.began_at,
        "ended_at": coverage.ended_at,
        "summary": coverage.summary,
        "entries": [
            {
                "number": entry.number,
                "headline": entry.headline,
                "is_key_point": entry.is_key_point,
                "authors": [author.slug for author in entry.authors.all()],
                "posted_at": entry.posted_at,
                "withdrawn_at": entry.withdrawn_at,
                "withdrawn_why": entry.withdrawn_why,
                "changes": [{"at": change.at, "note": change.note} for change in entry.changes.all()],
                "blocks": list(entry.body.get_prep_value()),
            }
            for entry in reversed(coverage.shown)
        ],
    }


def _fields(row: Model) -> Row:
    """Its own columns; what it is joined to by number."""
    return {field.name: _plain(field.value_from_object(row)) for field in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, StreamValue):
        return list(value.get_prep_value())
    return value.name if isinstance(value, FieldFile) else value


def _menus(row: Menus) -> Row:
    return _fields(row) | {"edition": row.edition.language_code}


def _edition(edition: Edition) -> Row:
    return {
        "id": edition.pk,
        "tag": edition.locale.language_code,
        "name": edition.full_name,
        "slug": edition.slug,
    }


def _section(section: Section) -> Row:
    return {
        "edition": section.locale.language_code,
        "slug": section.slug,
        "title": section.title,
        "description": section.description,
        "access": section.access,
    }


def _author(author: Author) -> Row:
    return {
        "slug": author.slug,
        "name": author.name,
        "role": author.role,
        "edition": author.edition.language_code if author.edition else "",
        "picture": author.picture_id,
        "biography": author.biography,
        "email": author.email,
    }


def _topic(topic: Topic) -> Row:
    return {"slug": topic.slug, "name": topic.name, "description": topic.description}


def _picture(picture: Picture) -> Row:
    return {
        "id": picture.pk,
        "file": f"pictures/{file_name(picture)}",
        "title": picture.title,
        "description": picture.description,
        "caption": picture.caption,
        "credit": picture.credit,
        "credit_unknown": picture.credit_unknown,
        "licence": picture.licence,
        "width": picture.width,
        "height": picture.height,
    }


def _evidence_row(row: Any) -> Row:
    sources = [source.pk for source in row.sources.all()] if isinstance(row, Fact) else None
    found = _fields(row) | {"article": str(row.page.translation_key), "id": row.uuid.urn}
    return found | {"sources": sources} if sources is not None else found


def _plan(plan: Plan) -> Row:
    return _fields(plan) | {"prices": list(map(_fields, plan.prices.all()))}


def _reader(person: Person) -> Row:
    return {name: value for name, value in everything_about(person).items() if name not in NOT_OF_READERS}


def _mailbox(mailbox: Mailbox) -> Row:
    consents = Consent.objects.filter(sign_up__mailbox=mailbox)
    return {
        "address": mailbox.address,
        "edition": mailbox.edition,
        "time_zone": mailbox.time_zone,
        "created_at": mailbox.created_at,
        "labels": [labelling.label.name for labelling in mailbox.labellings.all()],
        "before_moving_here": kept_in(mailbox),
        "sign_ups": [
            _fields(sign_up) | {"newsletter": sign_up.newsletter.slug} for sign_up in mailbox.sign_ups.all()
        ],
        "consents": list(map(_fields, consents)),
    }


SUBSCRIPTION = ("number", "address", "plan", "state", "amount_minor_units", "currency", "term", "began",
                "term_ends", "ended")  # fmt: skip


def _subscriptions() -> Iterator[Subscription]:
    return Subscription.objects.select_related("person", "price__plan").order_by("pk").iterator(BATCH)


def _subscription(row: Subscription) -> tuple[object, ...]:
    return (
        row.number, row.person.email, row.plan, row.state, row.amount, row.currency, row.price.term,
        row.began_at.isoformat(timespec="seconds"), row.term_ends_at.isoformat(timespec="seconds"),
        row.ended_at.isoformat(timespec="seconds") if row.ended_at else "",
    )  # fmt: skip

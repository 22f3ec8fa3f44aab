"""Articles and standing pages. What an editor changed here is left alone."""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from broadsheet.edge.tags import ADDRESSES, article_tag, lists_tag
from broadsheet.editorial.models import Article as OurArticle
from broadsheet.editorial.models import Byline, Edition, Picture, Section, StandingPage
from broadsheet.importers.bodies.addresses import parts_of
from broadsheet.importers.bodies.blocks import Held, Setting
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.pieces import Body, Sound, Wall
from broadsheet.importers.models import Finding, Import, Imported, OldAddress
from broadsheet.importers.planning.places import old_path
from broadsheet.importers.planning.plan import key_of
from broadsheet.importers.records import Article, State
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.invalidation import invalidate
from broadsheet.site.search.keeping import together

LONGEST = {
    "title": 255,
    "standfirst": 300,
    "seo_title": 255,
    "search_description": 2000,
    "picture_caption": 400,
}
Kind = Imported.Kind


@dataclass(slots=True)
class Written:
    """What an article is to say here, in fields of ours."""

    fields: dict[str, Any]
    authors: list[int]
    topics: list[int]
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        said = json.dumps([self.fields, self.authors, self.topics], sort_keys=True, default=str)
        return sha256(said.encode()).hexdigest()


class Articles:
    """Writes articles in batches; `targets` knows what was made before them: kind and key → primary key."""

    def __init__(
        self, moving: Import, edition: Edition, hosts: frozenset[str], targets: dict[tuple[str, str], int]
    ) -> None:
        self.moving, self.edition, self.hosts, self.targets = moving, edition, hosts, targets
        self._leads: dict[str, str] = {}
        self._sections: dict[str, Section] = {}

    def bring(self, batch: list[Article]) -> int:
        """In one transaction; how many were settled now."""
        kinds = [Kind.ARTICLE, Kind.PAGE]
        found = Imported.objects.filter(
            origin=self.moving.origin, kind__in=kinds, key__in=[article.key for article in batch]
        )
        rows = {(row.kind, row.key): row for row in found}
        settled, changed = 0, list[str]()
        with transaction.atomic(), together():
            for article in batch:
                row = rows.get((str(Kind.PAGE if article.is_page else Kind.ARTICLE), article.key))
                if row is None or (row.made_by_id == self.moving.pk and row.state == Imported.State.DONE):
                    continue
                self._settle(article, row)
                changed += [article_tag(page.uuid) for page in self._articles_of(row)]
                settled += 1
            if settled:
                # Nothing is published in the desk's way, whose signals would say so.
                invalidate([*changed, ADDRESSES], at_once=True)
                invalidate([lists_tag(self.edition.locale.language_code)])
        return settled

    def _articles_of(self, row: Imported) -> list[OurArticle]:
        return list(OurArticle.objects.filter(pk=row.target).only("pk", "translation_key"))

    def _settle(self, article: Article, row: Imported) -> None:
        body = article.read_body()
        written = self._page(article, row, body) if article.is_page else self._article(article, row, body)
        there = self._there(row) if row.target else None
        if there is None:
            page = self._make(article, row, written)
            row.made_by = self.moving
        elif row.as_left != mark_of(there):
            row.state, row.words = Imported.State.LEFT, _("Somebody changed it here: it stays as it is.")
            row.save()
            return
        elif row.digest == written.digest:
            return
        else:
            page = self._change(there, written)
        self._schedule(article, page, written)
        page.refresh_from_db()
        row.target, row.state, row.digest = page.pk, Imported.State.DONE, written.digest
        row.new_address, row.as_left = page.relative_url(None) or row.new_address, mark_of(page)
        row.save()
        for note in written.notes:
            Finding.objects.create(
                moving=self.moving,
                of=Finding.Of.CARRYING_OUT,
                level=Finding.Level.REPAIR,
                about=row.title,
                words=note[:500],
            )

    def _there(self, row: Imported) -> Any:
        model: Any = StandingPage if row.kind == Kind.PAGE else OurArticle
        return model.objects.filter(pk=row.target).first()

    # --- What it says -----------------------------------------------------------------------------

    def _common(self, article: Article, row: Imported) -> dict[str, Any]:
        now = clock.now()
        # A date that is still to come makes no page of today one of tomorrow.
        published = min(article.published_at, now) if article.published_at else now
        is_live = article.state == State.LIVE
        updated = max(published, min(article.updated_at or published, now))
        return {
            "title": row.title or article.title,
            "seo_title": article.seo_title,
            "search_description": article.seo_description,
            "live": is_live,
            "first_published_at": published if is_live else None,
            "last_published_at": updated if is_live else None,
        }

    def _article(self, article: Article, row: Imported, body: Body) -> Written:
        body = body.without_first(article.picture)
        setting = self._setting(body)
        lead = self._pictures([article.picture]).get(article.picture) if article.picture else None
        caption = article.picture_caption
        if lead and Picture.objects.filter(pk=lead.pk, caption=caption).exists():
            caption = ""
        authors = [
            self.targets[found]
            for key in article.authors
            if (found := (str(Kind.AUTHOR), key)) in self.targets
        ]
        topics = [
            self.targets[found]
            for key in article.subjects
            if (found := (str(Kind.TOPIC), key)) in self.targets
        ]
        fields = self._common(article, row) | {
            "standfirst": plain(article.standfirst),
            "access": article.access,
            "picture_id": lead.pk if lead else None,
            "picture_caption": caption,
            "body": without_forbidden(setting.blocks(body.pieces)),
        }
        return Written(_cut(fields), list(dict.fromkeys(authors)), list(dict.fromkeys(topics)))

    def _page(self, article: Article, row: Imported, body: Body) -> Written:
        # A page has no wall, and links to articles where an article would list them.
        setting = replace(self._setting(body), article_at=lambda _address: None)
        blocks = setting.blocks(piece for piece in body.pieces if not isinstance(piece, Wall))
        fields = self._common(article, row) | {
            "standfirst": plain(article.standfirst),
            "body": without_forbidden(blocks),
            "show_in_menus": False,
        }
        return Written(_cut(fields), [], [])

    # --- Writing ----------------------------------------------------------------------------------

    def _make(self, article: Article, row: Imported, written: Written) -> Any:
        if article.is_page:
            page: Any = StandingPage(slug=row.slug, locale=self.edition.locale)
            parent: Page = Edition.objects.get(pk=self.edition.pk)
        else:
            page = OurArticle(slug=row.slug)
            parent = self._section(row.about.get("section", ""))
            page.locale = parent.locale
        _fill(page, written)
        page.has_unpublished_changes = not page.live
        parent.add_child(instance=page)
        _set_topics(page, written)
        return page

    def _change(self, page: Any, written: Written) -> Any:
        _fill(page, written)
        page.save()
        _set_topics(page, written)
        return page

    def _section(self, slug: str) -> Section:
        if slug not in self._sections:
            self._sections[slug] = (
                Section.objects.child_of(self.edition).select_related("locale").get(slug=slug)
            )
        return self._sections[slug]

    def _schedule(self, article: Article, page: Any, written: Written) -> None:
        if (
            article.state != State.SCHEDULED
            or not article.published_at
            or article.published_at <= clock.now()
        ):
            return
        page.go_live_at = article.published_at
        page.save()
        try:
            page.save_revision(log_action=False).publish(log_action=None)
        except ValidationError as error:
            written.notes.append(
                _("It was to go out later, and is a draft now: %s") % " ".join(error.messages)
            )

    # --- What it stands among ---------------------------------------------------------------------

    def _setting(self, body: Body) -> Setting:
        sounds = [piece.address for piece in body.pieces if isinstance(piece, Sound)]
        found = Imported.objects.filter(
            origin=self.moving.origin, kind=Kind.SOUND, key__in=map(key_of, sounds), target__isnull=False
        )
        held = {row.key: int(row.target or 0) for row in found} if sounds else {}
        return Setting(
            pictures=self._pictures([shown.address for shown in body.pictures()]),
            sounds={address: held[key_of(address)] for address in sounds if key_of(address) in held},
            leads_to=self.leads_to,
            article_at=self._article_at,
        )

    def _pictures(self, addresses: list[str]) -> dict[str, Held]:
        if not addresses:
            return {}
        rows = Imported.objects.filter(
            origin=self.moving.origin, kind=Kind.PICTURE, key__in=map(key_of, addresses), target__isnull=False
        )
        targets = {row.key: row.target for row in rows}
        credits = dict(Picture.objects.filter(pk__in=targets.values()).values_list("pk", "credit"))
        return {
            address: Held(pk, credits[pk])
            for address in addresses
            if (pk := targets.get(key_of(address))) is not None and pk in credits
        }

    def leads_to(self, address: str) -> str:
        """The new address of what stood at an old one; others stay."""
        if address not in self._leads:
            if len(self._leads) > 50_000:
                self._leads.clear()
            self._leads[address] = self._new_address(address)
        return self._leads[address]

    def _is_old(self, address: str) -> bool:
        parts = parts_of(address)
        return (parts.hostname or "") in self.hosts if parts.netloc else address.startswith("/")

    def _old(self, address: str) -> OldAddress | None:
        if not self._is_old(address):
            return None
        path = old_path(address)
        known = OldAddress.objects.filter(origin=self.moving.origin).select_related("row")
        return (
            known.filter(path__in=[path, path.partition("?")[0]]).order_by("-path").first() if path else None
        )

    def _new_address(self, address: str) -> str:
        if found := self._old(address):
            new = found.row.new_address if found.row else found.leads_to
            fragment = parts_of(address).fragment
            return f"{new}#{fragment}" if fragment and "#" not in new else new
        return address

    def _article_at(self, address: str) -> int | None:
        found = self._old(address)
        row = found.row if found else None
        return row.target if row and row.kind == Kind.ARTICLE else None


def _fill(page: Any, written: Written) -> None:
    for name, value in written.fields.items():
        setattr(page, name, json.dumps(value) if name == "body" else value)
    if hasattr(page, "bylines"):
        page.bylines = [
            Byline(author_id=author, sort_order=order) for order, author in enumerate(written.authors)
        ]


def _set_topics(page: Any, written: Written) -> None:
    if isinstance(page, OurArticle):
        through = OurArticle.topics.through
        through.objects.filter(article=page).delete()
        through.objects.bulk_create(through(article=page, topic_id=topic) for topic in written.topics)


def _cut(fields: dict[str, Any]) -> dict[str, Any]:
    """Texts in the length that their fields take: shortened at a word."""
    for name, longest in LONGEST.items():
        value = fields.get(name, "")
        if isinstance(value, str):
            value = " ".join(without_forbidden(value).split())
            fields[name] = value if len(value) <= longest else value[: longest - 1].rpartition(" ")[0] + "…"
    return fields


def mark_of(page: Any) -> str:
    """What reads otherwise as soon as somebody saves, publishes, moves or withdraws it at the desk."""
    said = f"{page.latest_revision_id}:{page.live}:{page.url_path}:{page.title}"
    return sha256(said.encode()).hexdigest()

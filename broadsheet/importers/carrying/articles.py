"""Articles and standing pages. What an editor changed here is left alone."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, PageLogEntry

from broadsheet.edge.tags import ADDRESSES, article_tag, lists_tag
from broadsheet.editorial.models import Article as OurArticle
from broadsheet.editorial.models import Edition, Picture, Section, StandingPage
from broadsheet.importers.bodies.blocks import Held, Setting
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.pieces import Body, Sound, Wall
from broadsheet.importers.carrying.written import Written, add_topics, cut, fill, mark_of, save_new
from broadsheet.importers.models import Finding, Import, Imported
from broadsheet.importers.planning.old_site import OldSite
from broadsheet.importers.planning.plan import key_of
from broadsheet.importers.records import Article, State
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.invalidation import invalidate

Kind = Imported.Kind


class Articles:
    """Writes articles in batches; `targets` knows what was made before them: kind and key → primary key."""

    def __init__(
        self, moving: Import, edition: Edition, hosts: frozenset[str], targets: dict[tuple[str, str], int]
    ) -> None:
        self.moving, self.edition, self.targets = moving, edition, targets
        self.old = OldSite(moving.origin, hosts)
        self._leads: dict[str, str] = {}
        self._new: list[Any] = []
        self._sections: dict[str, Section] = {}

    def bring(self, batch: list[Article]) -> int:
        """In one transaction; how many were settled now."""
        kinds = [Kind.ARTICLE, Kind.PAGE]
        found = Imported.objects.filter(
            origin=self.moving.origin, kind__in=kinds, key__in=[article.key for article in batch]
        )
        rows = {(row.kind, row.key): row for row in found}
        settled, changed, self._new = 0, list[str](), []
        with transaction.atomic():
            for article in batch:
                row = rows.get((str(Kind.PAGE if article.is_page else Kind.ARTICLE), article.key))
                if row is None or (row.made_by_id == self.moving.pk and row.state == Imported.State.DONE):
                    continue
                page = self._settle(article, row)
                changed += [article_tag(page.uuid)] if isinstance(page, OurArticle) else []
                settled += 1
            if settled:
                self._log()
                # Nothing is published in the desk's way, whose signals would say so.
                invalidate([*changed, ADDRESSES], at_once=True)
                invalidate([lists_tag(self.edition.locale.language_code)])
        return settled

    def _log(self) -> None:
        """In the history of each that it was made; one by one that takes as long as to make it."""
        at = clock.now()
        PageLogEntry.objects.bulk_create(
            PageLogEntry(
                content_type_id=page.content_type_id,
                label=page.title,
                action="wagtail.create",
                timestamp=at,
                user=self.moving.by,
                content_changed=True,
                page=page,
            )
            for page in self._new
        )

    def _settle(self, article: Article, row: Imported) -> Any:
        """The page, if it was made or changed."""
        body = article.read_body()
        written = self._page(article, row, body) if article.is_page else self._article(article, row, body)
        there = self._there(row) if row.target else None
        if there is None:
            page = self._make(article, row, written)
            row.made_by = self.moving
        elif row.as_left != mark_of(there):
            row.state, row.words = Imported.State.LEFT, _("Somebody changed it here: it stays as it is.")
            row.save()
            return None
        elif row.digest == written.digest:
            return None
        else:
            page = self._change(there, written)
        if self._schedule(article, page, written) or there:
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
        return page

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
        return Written(cut(fields), list(dict.fromkeys(authors)), list(dict.fromkeys(topics)))

    def _page(self, article: Article, row: Imported, body: Body) -> Written:
        # A page has no wall, and links to articles where an article would list them.
        setting = replace(self._setting(body), article_at=lambda _address: None)
        blocks = setting.blocks(piece for piece in body.pieces if not isinstance(piece, Wall))
        fields = self._common(article, row) | {
            "standfirst": plain(article.standfirst),
            "body": without_forbidden(blocks),
            "show_in_menus": False,
        }
        return Written(cut(fields), [], [])

    # --- Writing ----------------------------------------------------------------------------------

    def _make(self, article: Article, row: Imported, written: Written) -> Any:
        if article.is_page:
            page: Any = StandingPage(slug=row.slug, locale=self.edition.locale)
            parent: Page = Edition.objects.get(pk=self.edition.pk)
        else:
            page = OurArticle(slug=row.slug)
            parent = self._section(row.about.get("section", ""))
            page.locale = parent.locale
        fill(page, written)
        page.has_unpublished_changes = not page.live
        # What it refers to was read just now; to look for each of these takes longer than to write it.
        page.save = partial(save_new, page)
        parent.add_child(instance=page)
        del page.save
        self._new.append(page)
        add_topics(page, written)
        return page

    def _change(self, page: Any, written: Written) -> Any:
        fill(page, written)
        page.save()
        if isinstance(page, OurArticle):
            OurArticle.topics.through.objects.filter(article=page).delete()
        add_topics(page, written)
        return page

    def _section(self, slug: str) -> Section:
        if slug not in self._sections:
            self._sections[slug] = (
                Section.objects.child_of(self.edition).select_related("locale").get(slug=slug)
            )
        return self._sections[slug]

    def _schedule(self, article: Article, page: Any, written: Written) -> bool:
        """Whether it goes out later, or was to."""
        if (
            article.state != State.SCHEDULED
            or not article.published_at
            or article.published_at <= clock.now()
        ):
            return False
        page.go_live_at = article.published_at
        page.save()
        try:
            page.save_revision(log_action=False).publish(log_action=None)
        except ValidationError as error:
            written.notes.append(
                _("It was to go out later, and is a draft now: %s") % " ".join(error.messages)
            )
        return True

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
            self._leads[address] = self.old.now(address) or address
        return self._leads[address]

    def _article_at(self, address: str) -> int | None:
        found = self.old.at(address)
        row = found.row if found else None
        return row.target if row and row.kind == Kind.ARTICLE else None

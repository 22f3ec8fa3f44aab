"""The old magazine's name and menus, where somebody wants them. Nothing that is here already is replaced."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Edition
from broadsheet.identity.menus.blocks import MOST_LINKS
from broadsheet.identity.models import Identity, Menus
from broadsheet.importers.models import Finding, Import, Imported
from broadsheet.importers.planning.magazine import MENUS, leads_to
from broadsheet.importers.planning.old_site import OldSite
from broadsheet.importers.records import MenuLink, Site

LONGEST_LABEL, LONGEST_ADDRESS = 40, 300
Kind = Imported.Kind
PAGES = frozenset({Kind.ARTICLE, Kind.PAGE, Kind.SECTION})

type Block = dict[str, Any]


def take_over(moving: Import, site: Site, edition: Edition, old: OldSite) -> None:
    wishes = moving.wanted
    with transaction.atomic():
        if wishes.takes_name and site.name and moving.by:
            draft = Identity.draft(moving.by, None)
            draft.name, draft.motto = site.name[:80], site.motto[:160]
            draft.keep_draft()
            words = _("It stands in your draft of the identity, for you to apply.")
            _say(moving, Finding.Level.MAPPED, draft.name, words)
        if wishes.takes_menus and not moving.menus_made:
            _make_menus(moving, site, edition, old)


def _make_menus(moving: Import, site: Site, edition: Edition, old: OldSite) -> None:
    menus = Menus.objects.select_for_update().get_or_create(edition_id=edition.locale_id)[0]
    for name, title in MENUS.items():
        blocks = [block for link in getattr(site, name) for block in _blocks(link, old, moving)][:MOST_LINKS]
        if not blocks:
            continue
        if getattr(menus, name):
            _say(moving, Finding.Level.LEFT, str(title), _("The edition has one already: it stays."))
            continue
        setattr(menus, name, blocks)
        moving.menus_made[name] = [block["id"] for block in blocks]
    if moving.menus_made:
        menus.save()
        menus.save_revision(user=moving.by)
        moving.save(update_fields=["menus_made"])


def undo_menus(moving: Import, edition: Edition) -> None:
    """Empties those that stand as they were made."""
    menus = Menus.objects.filter(edition_id=edition.locale_id).first()
    made = {name: ids for name, ids in moving.menus_made.items() if menus and ids == _ids(menus, name)}
    if menus and made:
        for name in made:
            setattr(menus, name, [])
        menus.save()
        menus.save_revision()


def _ids(menus: Menus, name: str) -> list[str]:
    return [block["id"] for block in getattr(menus, name).raw_data]


def _blocks(link: MenuLink, old: OldSite, moving: Import) -> list[Block]:
    own = _link(link, old) if link.address else None
    if link.address and own is None and not old.is_front(link.address):
        words = _("Nothing came from %s: it is left out of the menu.") % link.address
        _say(moving, Finding.Level.LEFT, link.label, words)
    below = [block for child in link.links for block in _blocks(child, old, moving)]
    # A group holds links alone, and leads nowhere itself.
    flat = [part for block in below for part in (_inside(block) if block["type"] == "group" else [block])]
    links = ([own] if own else []) + flat[: MOST_LINKS - 1]
    if len(links) > 1:
        return [_block("group", {"label": link.label[:LONGEST_LABEL], "links": links})]
    return links


def _inside(group: Block) -> list[Block]:
    found: list[Block] = group["value"]["links"]
    return found


def _link(link: MenuLink, old: OldSite) -> Block | None:
    label = link.label[:LONGEST_LABEL]
    found = old.at(link.address)
    row = found.row if found else None
    if row and row.target and row.kind in PAGES:
        return _block("page", {"page": row.target, "label": label})
    if row and row.target and row.kind == Kind.TOPIC:
        return _block("topic", {"topic": row.target, "label": label})
    address = leads_to(link, old)
    if address and len(address) <= LONGEST_ADDRESS:
        return _block("address", {"address": address, "label": label or address[:LONGEST_LABEL]})
    return None


def _block(kind: str, value: dict[str, Any]) -> Block:
    return {"type": kind, "value": value, "id": str(uuid4())}


def _say(moving: Import, level: Finding.Level, about: str, words: str) -> None:
    Finding.objects.create(
        moving=moving, of=Finding.Of.CARRYING_OUT, level=level, about=about[:255], words=words[:500]
    )

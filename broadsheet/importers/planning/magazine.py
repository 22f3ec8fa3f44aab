"""What a source says of the magazine itself, as it is proposed: its name, its motto, its menus."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from broadsheet.importers.planning.old_site import OldSite
from broadsheet.importers.records import MenuLink, Site

MENUS = {"main": _("main menu"), "footer": _("menu at the foot")}


def proposal(site: Site, old: OldSite) -> dict[str, Any]:
    """``name``, ``motto``, and in ``menus`` the lines of each: ``label``, ``leads_to`` (empty: left out)."""
    menus = {name: list(_lines(getattr(site, name), old)) for name in MENUS}
    return {
        "name": site.name,
        "motto": site.motto,
        "menus": {name: lines for name, lines in menus.items() if any(line["leads_to"] for line in lines)},
    }


def _lines(links: Iterable[MenuLink], old: OldSite) -> Iterable[dict[str, str]]:
    for link in links:
        if not old.is_front(link.address) and (link.address or not link.links):
            found = None if link.label else old.at(link.address)
            label = link.label or (found.row.title if found and found.row else "")
            yield {"label": label, "leads_to": leads_to(link, old)}
        yield from _lines(link.links, old)


def leads_to(link: MenuLink, old: OldSite) -> str:
    if old.has(link.address):
        return old.now(link.address)
    return link.address if link.address.startswith(("http://", "https://", "mailto:", "tel:")) else ""

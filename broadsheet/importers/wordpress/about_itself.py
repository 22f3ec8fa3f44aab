"""A site's name, its description and its menus, whose items lie among the posts of its export."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from broadsheet.importers.bodies.addresses import absolute
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.records import Level, MenuLink, Note, Remark, Site

MOST_DEEP = 4
OF_THE_FOOT = ("foot", "legal", "bottom", "fuss")
OF_THE_HEAD = ("main", "primary", "head", "top", "haupt", "nav")
TAXONOMIES = {"category": "category", "post_tag": "tag"}

type Said = dict[str, str]


class AboutItself:
    """An export does not say which menu stands where: their names most often do."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._items: dict[str, dict[str, list[tuple[Said, Said]]]] = defaultdict(lambda: defaultdict(list))
        """Menu → number of the item above → what items say, and what is said of them beside that."""

    def note(self, name: str, words: str) -> None:
        self._words.setdefault(name, " ".join(words.split()))

    def note_item(self, about: Said, meta: Said, terms: list[tuple[str, str, str]]) -> None:
        if menu := next((slug or title for taxonomy, slug, title in terms if taxonomy == "nav_menu"), ""):
            above = meta.get("_menu_item_menu_item_parent", "") or "0"
            self._items[menu][above].append((about, meta))

    def records(self, site: str, term_slugs: dict[str, str]) -> Iterator[Site | Remark]:
        foot = [menu for menu in self._items if _is(menu, OF_THE_FOOT)]
        others = [menu for menu in self._items if menu not in foot]
        head = next((menu for menu in others if _is(menu, OF_THE_HEAD)), next(iter(others), ""))
        trees = {menu: self._tree(menu, site, term_slugs) for menu in self._items}
        if name := self._words.get("title", ""):
            yield Site(
                name=name,
                motto=self._words.get("description", ""),
                main=trees.get(head, ()),
                footer=trees[foot[0]] if foot else (),
            )
        for menu in trees.keys() - {head, *foot[:1]}:
            words = _("This menu has no place here. Make it by hand, if it is missed.")
            yield Remark(about=menu, note=Note(Level.LEFT, words))

    def _tree(
        self, menu: str, site: str, term_slugs: dict[str, str], above: str = "0", depth: int = 0
    ) -> tuple[MenuLink, ...]:
        if depth > MOST_DEEP:
            return ()
        items = sorted(self._items[menu].get(above, []), key=lambda item: _place(item[0]))
        return tuple(
            MenuLink(
                label=plain(about.get("title", "")),
                address=_leads(meta, site, term_slugs),
                links=self._tree(menu, site, term_slugs, about.get("wp:post_id", ""), depth + 1),
            )
            for about, meta in items
        )


def _leads(meta: Said, site: str, term_slugs: dict[str, str]) -> str:
    """Where an item of a menu leads: to a post by its number, as such an address always answered there."""
    number, what = meta.get("_menu_item_object_id", ""), meta.get("_menu_item_object", "")
    match meta.get("_menu_item_type", ""):
        case "post_type":
            return f"{site}/?{'page_id' if what == 'page' else 'p'}={number}"
        case "taxonomy":
            return f"{site}/{TAXONOMIES.get(what, what)}/{term_slugs.get(number, '')}/"
    address = meta.get("_menu_item_url", "").strip()
    return absolute(address, f"{site}/") if address and not address.startswith("#") else ""


def _place(about: Said) -> int:
    order = about.get("wp:menu_order", "")
    return int(order) if order.isdecimal() else 0


def _is(menu: str, signs: tuple[str, ...]) -> bool:
    return any(sign in menu.lower() for sign in signs)

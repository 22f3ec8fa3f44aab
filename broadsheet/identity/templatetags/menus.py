from typing import Any

from django import template

from broadsheet.identity.menus.shown import Item, chosen, footer_menu, main_menu

register = template.Library()

MENUS = {"main": main_menu, "secondary": lambda edition: chosen(edition).secondary, "footer": footer_menu}


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any], place: str) -> list[Item]:
    """The items of the edition's menu ``main``, ``secondary`` or ``footer``; each knows if it is current."""
    edition = context.get("edition")
    if not edition:
        return []
    page, article = context.get("page"), context.get("article")
    path = context["request"].path
    number = getattr(page, "pk", None)
    section = article.section.pk if article and hasattr(article, "section") else None
    return [item.marked(path, number, section) for item in MENUS[place](edition)]


@register.simple_tag
def has_more(main: list[Item], secondary: list[Item]) -> bool:
    """Whether a page's menus have what few have: groups, or a second menu."""
    return bool(secondary) or any(item.links for item in main)

import re

from django import template

from broadsheet.delivery import addresses

register = template.Library()
ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")


@register.filter
def readable(text: str) -> str:
    """`text`, with each address in it as its owner writes it: “bea@münchen.example”."""
    return ADDRESS.sub(lambda found: addresses.readable(found[0]), text)

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from broadsheet.platform import slots

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str) -> SafeString:
    """What rooms above put into the place `name`: see `broadsheet.platform.slots`."""
    return slots.rendered(name, context)

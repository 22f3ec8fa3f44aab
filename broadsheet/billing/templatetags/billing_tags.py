from django import template
from django.utils.translation import get_language

from broadsheet.membership import legal_buttons as law
from broadsheet.membership.models import Offer, Price

register = template.Library()


@register.simple_tag
def sells_here() -> bool:
    """Whether a subscription can be bought in the edition that the address names."""
    return Price.objects.on_sale(get_language() or "").exists()


@register.simple_tag
def legal_buttons() -> law.LegalButtons:
    """The words that the law has for buttons, in the language of the page."""
    return law.legal_buttons()


@register.simple_tag
def public_offer() -> Offer | None:
    """The best that a stranger is offered in the edition that the address names."""
    return Offer.objects.best(get_language() or "")

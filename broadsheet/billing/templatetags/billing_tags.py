from django import template
from django.utils.translation import get_language

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Publication
from broadsheet.membership import legal_buttons as law
from broadsheet.membership.models import Offer
from broadsheet.membership.models.catalogue.offer import promoted
from broadsheet.membership.models.catalogue.plan import has_plans, sells_in

register = template.Library()


@register.simple_tag
def sells_here() -> bool:
    """Whether a subscription can be bought in the edition that the address names."""
    return sells_in(get_language() or "")


@register.filter
def may_sell(publication: Publication) -> bool:
    """Whether anybody may buy, or have a contract: in a free magazine not before its first plan."""
    return publication.access != Access.FREE or has_plans()


@register.simple_tag
def legal_buttons() -> law.LegalButtons:
    """The words that the law has for buttons, in the language of the page."""
    return law.legal_buttons()


@register.simple_tag
def public_offer() -> Offer | None:
    """The best that a stranger is offered in the edition that the address names; for its words alone."""
    return promoted(get_language() or "")

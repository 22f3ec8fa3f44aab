from django import template
from django.template import Context
from django.utils.translation import get_language

from broadsheet.editorial.models import Section
from broadsheet.newsletters import asking
from broadsheet.newsletters.models import Newsletter, SignUp
from broadsheet.newsletters.models.newsletter import offered_to_all
from broadsheet.people.current import reader_of

register = template.Library()

AT_WALL = 4


@register.simple_tag(takes_context=True)
def newsletter_for(context: Context, section: Section | None = None) -> Newsletter | None:
    """What a page of `section` offers: a newsletter about it, else the first; none that the reader gets."""
    found = offered_to_all(get_language() or "")
    if reader := reader_of(context["request"]):
        confirmed = SignUp.objects.confirmed().filter(mailbox__person=reader)
        theirs = set(confirmed.values_list("newsletter", flat=True))
        found = [one for one in found if one.pk not in theirs]
    about = [one for one in found if section and section in one.sections.all()]
    return next(iter(about or found), None)


@register.simple_tag
def newsletters_at_wall() -> list[Newsletter]:
    return offered_to_all(get_language() or "")[:AT_WALL]


@register.simple_tag(takes_context=True)
def consent_words(context: Context) -> str:
    return asking.consent_words(context["publication"].name)

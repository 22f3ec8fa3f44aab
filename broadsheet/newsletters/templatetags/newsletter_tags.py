from django import template
from django.template import Context
from django.utils.translation import get_language

from broadsheet.editorial.models import Section
from broadsheet.newsletters import asking
from broadsheet.newsletters.models import Newsletter, NewsletterQuerySet
from broadsheet.people.current import reader_of

register = template.Library()

AT_WALL = 4


@register.simple_tag(takes_context=True)
def newsletter_for(context: Context, section: Section | None = None) -> Newsletter | None:
    """What a page of `section` offers: a newsletter about it, else the first; none that the reader gets."""
    offered = _for_everyone()
    if reader := reader_of(context["request"]):
        offered = offered.exclude(sign_ups__mailbox__person=reader, sign_ups__state="confirmed")
    found = list(offered.prefetch_related("sections"))
    about = [one for one in found if section and section in one.sections.all()]
    return next(iter(about or found), None)


@register.simple_tag
def newsletters_at_wall() -> list[Newsletter]:
    return list(_for_everyone()[:AT_WALL])


@register.simple_tag(takes_context=True)
def consent_words(context: Context) -> str:
    return asking.consent_words(context["publication"].name)


def _for_everyone() -> NewsletterQuerySet:
    return Newsletter.objects.offered(get_language() or "").filter(subscribers_only=False)

from typing import Any

from django import template
from django.template import Context

from broadsheet.contact.form import ContactForm, blank_form
from broadsheet.editorial.models import Article

register = template.Library()


@register.simple_tag(takes_context=True)
def contact_form(context: Context) -> ContactForm | None:
    """The form for a standing page that has one; None where nobody would get what is written."""
    if not context["publication"].contact_email:
        return None
    return context.get("contact_form") or blank_form(context["request"])


@register.simple_tag(takes_context=True)
def contact_address(context: Context, article: Article | None = None) -> str:
    """Where to write to the publication from a page about `article`; empty where there is no way."""
    edition: Any = context["edition"]
    if edition and (page := edition.contact_page):
        about = f"?article={article.uuid}" if article else ""
        return f"{edition.prefix}/{page.slug}/{about}#letter"
    email = context["publication"].contact_email
    return f"mailto:{email}" if email else ""

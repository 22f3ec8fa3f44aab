from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from broadsheet.editorial.models.rights import KindOfPage
from broadsheet.editorial.models.slugs import refuse_taken


class StandingPage(KindOfPage, Page):
    """A page about the magazine itself: about us, policies, contact."""

    standfirst = models.CharField(_("standfirst"), max_length=300, blank=True)
    text = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"])
    has_contact_form = models.BooleanField(
        _("with a form to write to us"),
        default=False,
        help_text=_("Below the text. What is written goes to the publication’s contact e-mail."),
    )

    template = "editorial/standing_page.html"
    parent_page_types = ["editorial.Edition"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = True
    content_panels = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("text"),
        FieldPanel("has_contact_form"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("standfirst"), index.SearchField("text")]

    class Meta:
        verbose_name = _("standing page")

    def clean(self) -> None:
        super().clean()
        refuse_taken(self.slug)

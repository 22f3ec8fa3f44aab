import re
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from broadsheet.editorial.body import PageBlock
from broadsheet.editorial.models.readiness import NotReadyError, pictures_in, uncredited
from broadsheet.editorial.models.rights import KindOfPage
from broadsheet.editorial.models.slugs import refuse_taken
from broadsheet.editorial.opening import plain_text

MARK = re.compile(r"\[\[.*?\]\]", re.DOTALL)
"""What a draft leaves to be filled in: ``[[your address]]``."""


class StandingPage(KindOfPage, Page):
    """A page about the magazine itself: about us, policies, contact."""

    standfirst = models.CharField(_("standfirst"), max_length=300, blank=True)
    body = StreamField(PageBlock(), verbose_name=_("body"), blank=True)
    has_contact_form = models.BooleanField(
        _("with a form to write to us"),
        default=False,
        help_text=_("Below the text. What is written goes to the publication’s contact e-mail."),
    )

    has_questions = models.BooleanField(default=False, editable=False)
    """Whether it answers any: kept beside the body, which is not read to know which page is for help."""

    template = "editorial/standing_page.html"
    parent_page_types = ["editorial.Edition"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = True
    content_panels = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("body"),
        FieldPanel("has_contact_form"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("standfirst"), index.SearchField("body")]

    class Meta:
        verbose_name = _("standing page")

    def clean(self) -> None:
        super().clean()
        refuse_taken(self.slug)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.has_questions = bool(self.questions)
        super().save(*args, **kwargs)

    @property
    def questions(self) -> list[Any]:
        """With their answers, in the order of the page."""
        return [block.value for block in self.body if block.block_type == "question"]

    @property
    def has_embeds(self) -> bool:
        """Whether a player may be asked for, which needs a script."""
        return any(block.block_type == "embed" for block in self.body)

    @property
    def marks(self) -> list[str]:
        """What is still to be filled in, in the order of the page."""
        texts = [self.title, self.standfirst, *(plain_text(block.value) for block in self.body)]
        return [mark for text in texts for mark in MARK.findall(text)]

    def faults(self) -> list[str]:
        """Everything that keeps the page from being published, one sentence each."""
        faults: list[str] = []
        if marks := self.marks:
            said = ngettext(
                "%(count)d place is still to be filled in: %(first)s",
                "%(count)d places are still to be filled in, the first of them: %(first)s",
                len(marks),
            )
            faults.append(said % {"count": len(marks), "first": marks[0]})
        return [*faults, *uncredited(pictures_in(self.body))]

    def check_ready(self) -> None:
        """Raises `NotReadyError` if anything is missing."""
        if faults := self.faults():
            raise NotReadyError(self, faults)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """Publishes or schedules `revision`, unless something is missing (`NotReadyError`)."""
        revision.as_object().check_ready()
        return super().publish(revision, *args, **kwargs)

"""“Who reads it”, beside an article in the editor."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from broadsheet.desk.paywall.tryout import address_of_ruling, may_try_out
from broadsheet.editorial.models import Article
from broadsheet.paywall.examples import Persona, examples_of
from broadsheet.platform import clock

SHOWN = (Persona.NEW, Persona.SPENT, Persona.READER, Persona.SUBSCRIBER, Persona.GIFT, Persona.CRAWLER)


class AccessSidePanel(BaseSidePanel):
    """The access of the article as it is now, which rule decided it, and what that means for readers.

    An article that was never saved stands in no section, so no rule decides it. Its panel is there all the
    same: the first autosave renders the editor's panels into those of the page.
    """

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle who reads it")
        icon_name = "lock-open"
        has_counter = False

    name = "access"
    title = _("Who reads it")
    template_name = "desk/paywall/access_panel.html"
    order = 60

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        article: Article = self.object
        if article.pk is None:
            return context
        examples = examples_of(article, article.locale.language_code, clock.now())
        by = examples[0].ruling
        query = urlencode({"article": article.pk})
        return context | {
            "ruling": by,
            "ruling_address": address_of_ruling(by, self.request.user),
            "is_here": by.by == article,
            "examples": [example for example in examples if example.persona in SHOWN],
            "tryout": f"{reverse('tryout:index')}?{query}" if may_try_out(self.request.user) else "",
        }

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Locale, RevisionMixin

from broadsheet.identity.menus.blocks import FLAT, NESTED
from broadsheet.platform.kept import KeptQuerySet, watch


class MenusQuerySet(KeptQuerySet["Menus"]):
    tag = "menus"


class Menus(RevisionMixin, models.Model):
    """The menus of one edition. An empty one is filled with what there is: see `menus.shown`."""

    edition = models.OneToOneField(
        Locale, on_delete=models.CASCADE, related_name="+", verbose_name=_("edition")
    )
    main = StreamField(
        NESTED,
        verbose_name=_("main menu"),
        blank=True,
        help_text=_("Below the name on each page. Empty: the sections, in their order."),
    )
    secondary = StreamField(
        FLAT,
        verbose_name=_("second menu"),
        blank=True,
        help_text=_("Small, above the name and in the menu on phones. Empty: nothing."),
    )
    footer = StreamField(
        NESTED,
        verbose_name=_("menu at the foot"),
        blank=True,
        help_text=_(
            "Groups stand in columns under their headings. Empty: the sections, and the standing pages. What"
            " the law asks for, such as the way out of a contract, stands beside it in any case."
        ),
    )

    objects = MenusQuerySet.as_manager()

    panels: ClassVar[list[Any]] = [FieldPanel("main"), FieldPanel("secondary"), FieldPanel("footer")]

    class Meta:
        verbose_name = _("menus of an edition")
        verbose_name_plural = _("menus")

    def __str__(self) -> str:
        from broadsheet.editorial.models import outline

        found = (one for one in outline.outline().editions.values() if one.locale_id == self.edition_id)
        return next((str(one) for one in found), str(self.edition))


watch(MenusQuerySet.tag, Menus)

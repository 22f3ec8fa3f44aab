from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.editorial.access import Access
from broadsheet.platform.kept import Kept, KeptQuerySet, watch
from broadsheet.platform.time_zones import time_zone_names


def validate_time_zone(name: str) -> None:
    if name not in time_zone_names():
        raise ValidationError(_("“%s” is no time zone. Write one such as Europe/London.") % name)


class TimeZoneField(models.CharField):  # type: ignore[type-arg]
    """The IANA name of a time zone."""

    default_validators = [validate_time_zone]

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


LONG_NAME = 18
"""Characters."""


class PublicationQuerySet(KeptQuerySet["Publication"]):
    tag = "publication"


@register_setting(icon="globe", order=1)
class Publication(BaseGenericSetting):
    """The title as a whole."""

    name = models.CharField(_("name"), max_length=80, default="Broadsheet")
    motto = models.CharField(_("motto"), max_length=160, blank=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, help_text=_("For search engines and feeds.")
    )
    share_picture = models.ForeignKey(
        "editorial.Picture",
        on_delete=models.SET_NULL,
        verbose_name=_("picture for links"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Shown where a link to a page without a picture of its own is shared."),
    )
    time_zone = TimeZoneField(
        _("time zone"), default="UTC", help_text=_("In which the month of the meter begins and ends.")
    )
    access = models.CharField(_("access"), max_length=12, choices=Access.choices, default=Access.METERED)
    opening_words = models.PositiveSmallIntegerField(
        _("words of the opening"),
        default=180,
        validators=[MinValueValidator(20)],
        help_text=_("About how much of an article everyone sees, where its editor sets no mark."),
    )
    contact_email = EmailModelField(_("contact e-mail"), blank=True)
    postal_address = models.TextField(
        _("postal address"),
        max_length=300,
        blank=True,
        help_text=_("At the foot of each newsletter, as the law of many countries asks."),
    )

    # Its name, motto and picture for links are changed with the identity, which is seen before it is applied.
    panels = [
        FieldPanel("description"),
        FieldPanel("time_zone"),
        MultiFieldPanel([FieldPanel("access"), FieldPanel("opening_words")], _("Wall")),
        FieldPanel("contact_email"),
        FieldPanel("postal_address"),
    ]

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls, request_or_site: Any = None) -> Self:
        """A copy of what this process keeps; it may be changed and saved."""
        found = copy(_kept())
        for field, value in _shown_as.get().items():
            setattr(found, field, value)
        return found

    @property
    def has_long_name(self) -> bool:
        """Too long to be set as large as a short one."""
        return len(self.name) > LONG_NAME

    @property
    def postal_line(self) -> str:
        """The postal address in one line."""
        return ", ".join(self.postal_address.split("\n")).replace("\r", "")

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


_shown_as: ContextVar[Mapping[str, Any]] = ContextVar("publication_shown_as", default=MappingProxyType({}))


@contextmanager
def shown_as(**fields: Any) -> Iterator[None]:
    """Whatever is rendered within takes `fields` for the publication's. Nothing in it may save one."""
    token = _shown_as.set(fields)
    try:
        yield
    finally:
        _shown_as.reset(token)


_kept = Kept(super(Publication, Publication).load, PublicationQuerySet.tag)
watch(PublicationQuerySet.tag, Publication)

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from broadsheet.platform.edition_name import NameOfEdition


def editions() -> list[tuple[str, Promise]]:
    """Language tag and the edition’s name, for a field or a filter."""
    return [(tag, NameOfEdition(tag)) for tag in settings.EDITIONS]


class EditionTagField(models.CharField):  # type: ignore[type-arg]
    """The language tag of an edition, as addresses know it: ``en-gb``."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("verbose_name", _("edition"))
        # By a function, so that no migration holds the editions of whoever wrote it.
        super().__init__(*args, **(kwargs | {"max_length": 16, "choices": editions}))  # type: ignore[arg-type]

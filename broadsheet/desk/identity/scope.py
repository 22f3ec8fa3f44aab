from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from wagtail.models import Locale

from broadsheet.editorial.models import Edition
from broadsheet.identity.models import Identity

ALL = "all"


def may_change_identity(user: Any) -> bool:
    return bool(user.has_perm("identity.change_identity"))


def require(user: Any) -> None:
    if not may_change_identity(user):
        raise PermissionDenied


class Scope:
    """What an identity is for: the whole publication, or one edition."""

    def __init__(self, key: str) -> None:
        """Raises Http404 where there is no such edition."""
        self.key = key
        self.edition: Edition | None = None
        if key != ALL:
            found = Edition.objects.filter(locale__language_code=key).select_related("locale").first()
            if found is None:
                raise Http404
            self.edition = found

    @property
    def locale(self) -> Locale | None:
        return self.edition.locale if self.edition else None

    @property
    def name(self) -> str:
        if self.edition is None:
            return _("All editions")
        return str(self.edition.short_name)

    @property
    def shown_in(self) -> Edition | None:
        """The edition whose pages show it."""
        return self.edition or Edition.objects.select_related("locale").order_by("path").first()

    @property
    def current(self) -> Identity | None:
        return Identity.current(self.locale)

    @classmethod
    def all(cls) -> "list[Scope]":
        tags = list(Edition.objects.order_by("path").values_list("locale__language_code", flat=True))
        return [cls(ALL), *(cls(tag) for tag in tags if len(tags) > 1)]

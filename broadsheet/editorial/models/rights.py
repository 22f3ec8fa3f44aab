from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from wagtail.models import Page, PagePermissionTester

UNQUOTED = "/~:@!$&'()*+,;="
"""What Django's `reverse` leaves as it is."""


class RightsByKind(PagePermissionTester):
    """Wagtail gives permissions for a branch of the tree; here the type of page counts as well.

    An audience editor can change fronts but not the articles below them, and a reporter can write articles in
    a section without changing the section.
    """

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(user, page)
        if user.is_superuser or not user.is_active:
            return  # Wagtail asks for no `permissions` of theirs
        below = type(page).allowed_subpage_models()
        if not any(self._may("add", model) for model in below):
            self.permissions -= {"add"}
        if not self._may("change", type(page)):
            self.permissions &= {"add"}

    def _may(self, action: str, model: type[models.Model]) -> bool:
        return bool(self.user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}"))

    def _may_take_away(self) -> bool:
        return self._may("delete", type(self.page))

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return super().can_delete(ignore_bulk) and self._may_take_away()

    def can_unpublish(self) -> bool:
        return super().can_unpublish() and self._may_take_away()


def url_parts(path: str, url_path: str) -> tuple[int, str, str] | None:
    """What `Page.get_url_parts` answers, for a page that is known by its two paths alone."""
    from broadsheet.editorial.models.outline import outline

    whole = outline()
    edition = whole.editions.get(path[: 2 * Page.steplen])
    if edition is None or whole.site_id is None:
        return None
    below = url_path.removeprefix(edition.url_path)
    return whole.site_id, settings.PUBLIC_URL, quote(f"{edition.prefix}/{below}", safe=UNQUOTED)


class KindOfPage(models.Model):
    # `access` decides who reads what. Wagtail's page privacy would be a second rule, which copies in other
    # editions and POST /read would not obey.
    private_page_options: ClassVar[list[str]] = []

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return RightsByKind(user, self)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """As Wagtail's, without its questions to cache and URLconf for each link of a page."""
        return url_parts(self.path, self.url_path)  # type: ignore[attr-defined]

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> Any:
        """There is one site, so that its pages need no host to name one another."""
        parts = self.get_url_parts(request)
        return parts[2] if parts else None

    url = property(get_url)

"""The absolute addresses of our pages, and of their forms in other editions."""

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Page

from broadsheet.editorial.models import Edition
from broadsheet.editorial.models.rights import url_parts
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.editions import language_tag


def page_address(page: Page, request: HttpRequest) -> str:
    """The absolute address of a live page of ours."""
    return _absolute(page.get_url_parts(request))


def address_at(path: str, url_path: str) -> str:
    """As `page_address`, of the page that stands there in Wagtail's tree."""
    return _absolute(url_parts(path, url_path))


def _absolute(parts: tuple[int, str, str] | None) -> str:
    return absolute(parts[2] if parts and parts[2] else "/")


def alternates(pages: dict[Edition, str]) -> list[tuple[str, str]]:
    """(language tag, address) of each edition's form of a page, and the one for everybody else.

    Empty where there is no choice.
    """
    if len(pages) < 2:
        return []
    found = [(edition.language_tag, address) for edition, address in pages.items()]
    default = language_tag(settings.LANGUAGE_CODE)
    return found + [("x-default", address) for tag, address in found if tag == default]


def in_every_edition(path: str, editions: list[Edition]) -> list[tuple[str, str]]:
    """The alternates of a page that each edition has at the same `path`, such as ``/topics/rail/``."""
    return alternates({edition: absolute(f"{edition.prefix}{path}") for edition in editions})

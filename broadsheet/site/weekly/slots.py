"""What other pages show of the weekly issues."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from broadsheet.editorial.models import Edition
from broadsheet.weekly.newest import newest_in


def newest(request: HttpRequest) -> dict[str, Any]:
    """For the front page and the links below each page."""
    return {"newest_issue": newest_in(get_language() or "")}


def has_issues(edition: Edition) -> bool:
    return newest_in(edition.locale.language_code) is not None

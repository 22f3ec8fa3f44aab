from typing import Any
from uuid import UUID

from django import forms


class ArticleField(forms.Field):
    """A uuid that the form carries along. Nobody wrote it, so a wrong one is dropped without a word."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> UUID | None:
        return uuid_in(str(value or ""))


def uuid_in(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None

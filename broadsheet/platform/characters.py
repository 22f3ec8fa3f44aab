"""The characters that text may hold: those of XML 1.0, which can't write the others, not even escaped.

https://www.w3.org/TR/xml/#charsets
"""

import json
import re
from functools import cache
from typing import Any

from django.db import models
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField

OF_TEXT = (models.CharField, models.TextField, models.JSONField, StreamField)
CONTROL = bytes(set(range(32)) - {9, 10, 13})
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def without_forbidden[T](value: T) -> T:
    """`value` without them: a text, or lists and dicts of texts, however deep. All else stays as it is."""
    found: Any = value
    match value:
        case str() if value.isascii():
            # Twenty times as quick as the pattern, and most long texts are such.
            found = value.encode().translate(None, CONTROL).decode()
        case str():
            found = FORBIDDEN.sub("", value)
        case list():
            found = [without_forbidden(item) for item in value]
        case dict():
            found = {without_forbidden(key): without_forbidden(item) for key, item in value.items()}
    return found


@cache
def _text_fields(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if isinstance(field, OF_TEXT)]


def clean_before_saving(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Takes them out of whatever is saved: fields of text and JSON, bodies, revisions."""
    for name in _text_fields(sender):
        if name not in instance.__dict__:  # deferred
            continue
        value = getattr(instance, name)
        if isinstance(value, StreamValue):
            written = value.get_prep_value()
            if (cleaned := without_forbidden(written)) != written:
                setattr(instance, name, json.dumps(cleaned))
        elif isinstance(value, str | list | dict) and (cleaned := without_forbidden(value)) != value:
            setattr(instance, name, cleaned)

"""Fields to choose an edition or a section, labelled so that namesakes can be told apart."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator

from broadsheet.editorial.models import Edition, Section, attach_editions


def all_editions() -> QuerySet[Edition]:
    found: QuerySet[Edition] = Edition.objects.select_related("locale").order_by("path")
    return found


class EditionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(all_editions(), **kwargs)


class SectionIterator(ModelChoiceIterator):  # type: ignore[type-arg]
    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        for section in attach_editions(self.queryset.all()):
            yield self.choice(section)


class SectionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    iterator = SectionIterator

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Section.objects.order_by("path"), **kwargs)

    def label_from_instance(self, section: Any) -> str:
        return f"{section.title} {section.edition.short_name}"

"""Choosing several pictures at once for a gallery."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.blocks.list_block import ListBlockAdapter

from broadsheet.editorial.body import PictureListBlock


class PictureListAdapter(ListBlockAdapter):
    js_constructor = "broadsheet.PictureList"

    def js_args(self, block: Any) -> list[Any]:
        name, child, state, meta = super().js_args(block)
        return [name, child, state, meta | {"chooseSeveral": _("Choose several pictures")}]

    @cached_property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=[versioned_static("desk/gallery.js")])


register(PictureListAdapter(), PictureListBlock)

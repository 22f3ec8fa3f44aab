"""How a body's blocks choose pictures: hundreds of them in one article, at no query for each."""

from typing import Any

from django.utils.functional import cached_property
from wagtail.admin.telepath import register
from wagtail.admin.widgets import BaseChooser
from wagtail.images.blocks import ImageChooserBlock
from wagtail.images.widgets import AdminImageChooser, ImageChooserAdapter

THUMBNAIL = 160


class PictureChooser(AdminImageChooser):
    def get_value_data_from_instance(self, instance: Any) -> dict[str, Any]:
        # Its models have bodies, which have this chooser.
        from broadsheet.editorial.media.renditions import address, size_of

        # Wagtail would make a rendition of each picture, or look for it, before the page is answered.
        size = size_of(instance, "whole", THUMBNAIL)
        return BaseChooser.get_value_data_from_instance(self, instance) | {
            "preview": {
                "url": address(instance, "whole", THUMBNAIL, "webp"),
                "width": size.width,
                "height": size.height,
            },
            "default_alt_text": instance.default_alt_text,
        }


register(ImageChooserAdapter(), PictureChooser)


class PictureChooserBlock(ImageChooserBlock):
    @cached_property
    def widget(self) -> PictureChooser:
        return PictureChooser()

    def clean(self, value: Any) -> Any:
        # A picture at hand was found in the database, for all blocks at once. Wagtail looks for each again.
        return value if isinstance(value, self.target_model) else super().clean(value)

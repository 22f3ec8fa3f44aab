"""What stands in a menu. A group has links below it, and links have nothing: two levels, no more."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from broadsheet.identity.destinations import destinations

MOST_LINKS, MOST_GROUPS = 20, 12


def label(*, required: bool = False) -> blocks.CharBlock:
    help_text = "" if required else gettext_lazy("Empty: its own title.")
    return blocks.CharBlock(
        label=pgettext_lazy("of a link in a menu", "Label"),
        max_length=40,
        required=required,
        help_text=help_text,
    )


class AddressBlock(blocks.CharBlock):
    """An address elsewhere, or a path here."""

    def clean(self, value: Any) -> Any:
        address = str(super().clean(value)).strip()
        if (
            address.startswith("/")
            and not address.startswith("//")
            and not any(one.isspace() for one in address)
        ):
            return address
        if address.startswith(("mailto:", "tel:")) and not any(one.isspace() for one in address):
            return address
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError as error:
            raise ValidationError(
                _("“%(typed)s” is no address. Write one such as https://shop.example/ or /newsletters/.")
                % {"typed": address[:80]}
            ) from error
        return address


class PageLink(blocks.StructBlock):
    page = blocks.PageChooserBlock(label=gettext_lazy("Page"))
    label = label()

    class Meta:
        icon = "doc-empty"
        label = gettext_lazy("Page, section or article")
        label_format = "{label} {page}"


class TopicLink(blocks.StructBlock):
    topic = SnippetChooserBlock("editorial.Topic", label=gettext_lazy("Topic"))
    label = label()

    class Meta:
        icon = "tag"
        label = gettext_lazy("Topic")
        label_format = "{label} {topic}"


class PlaceLink(blocks.StructBlock):
    place = blocks.ChoiceBlock(label=gettext_lazy("Where to"), choices=destinations)
    label = label()

    class Meta:
        icon = "home"
        label = gettext_lazy("Search, newsletters, account, plans …")
        label_format = "{label} {place}"


class AddressLink(blocks.StructBlock):
    address = AddressBlock(label=gettext_lazy("Address"), max_length=300)
    label = label(required=True)

    class Meta:
        icon = "link-external"
        label = gettext_lazy("Address elsewhere")
        label_format = "{label}"


LINKS = [("page", PageLink()), ("topic", TopicLink()), ("place", PlaceLink()), ("address", AddressLink())]


class Group(blocks.StructBlock):
    label = label(required=True)
    links = blocks.StreamBlock(LINKS, label=gettext_lazy("Links"), max_num=MOST_LINKS)

    class Meta:
        icon = "list-ul"
        label = gettext_lazy("Group of links")
        label_format = "{label}"


FLAT = blocks.StreamBlock(LINKS, max_num=MOST_GROUPS, required=False)
NESTED = blocks.StreamBlock([*LINKS, ("group", Group())], max_num=MOST_LINKS, required=False)

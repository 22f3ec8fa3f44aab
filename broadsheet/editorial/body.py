"""The blocks of an article's body."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock

from broadsheet.editorial.charts.block import ChartBlock
from broadsheet.editorial.embeds import PROVIDER_NAMES, player_for
from broadsheet.editorial.media import sounds
from broadsheet.editorial.media.picture_chooser import PictureChooserBlock
from broadsheet.evidence.blocks import EVIDENCE_BLOCKS
from broadsheet.evidence.gathering import GatheringBlock

TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "blockquote", "link", "superscript", "subscript"]
INLINE_FEATURES = ["bold", "italic", "link"]


class PictureBlock(blocks.StructBlock):
    image = PictureChooserBlock(label=_("Picture"))
    caption = blocks.RichTextBlock(label=_("Caption"), features=INLINE_FEATURES, required=False)
    alt = blocks.CharBlock(
        label=_("Alternative text"),
        max_length=255,
        required=False,
        help_text=_("Only where the picture’s own description does not serve here."),
    )
    width = blocks.ChoiceBlock(
        label=_("Width"),
        choices=[("text", _("As wide as the text")), ("wide", _("Wide")), ("full", _("Full width"))],
        default="text",
    )

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "editorial/blocks/picture.html"


class PictureListBlock(blocks.ListBlock):
    """A list of pictures, of which the desk lets several be chosen at once."""


class GalleryBlock(blocks.StructBlock):
    pictures = PictureListBlock(PictureBlock(), label=_("Pictures"), min_num=2)

    class Meta:
        icon = "image"
        label = _("Gallery")
        template = "editorial/blocks/gallery.html"


class PullQuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Words from the article"), rows=2)
    attribution = blocks.CharBlock(label=_("Attribution"), max_length=120, required=False)

    class Meta:
        icon = "openquote"
        label = _("Pull quote")
        template = "editorial/blocks/pull_quote.html"


class ListingBlock(blocks.StructBlock):
    ordered = blocks.BooleanBlock(label=_("Numbered"), required=False)
    items = blocks.ListBlock(blocks.RichTextBlock(features=INLINE_FEATURES), label=_("Items"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("List")
        template = "editorial/blocks/list.html"


class TableBlock(blocks.StructBlock):
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(required=False, label=_("Text"))),
            ("rich_text", blocks.RichTextBlock(features=INLINE_FEATURES, label=_("Rich text"))),
        ],
        label=_("Table"),
    )
    source = blocks.CharBlock(label=_("Source"), max_length=200, required=False)

    class Meta:
        icon = "table"
        label = _("Table")
        template = "editorial/blocks/table.html"


class AudioBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("Sound file"))
    title = blocks.CharBlock(label=_("Title"), max_length=160)
    transcript = blocks.RichTextBlock(
        label=_("Transcript"),
        features=["bold", "italic"],
        help_text=_("For those who cannot hear it: what is said, or what there is to hear."),
    )

    class Meta:
        icon = "media"
        label = _("Audio")
        template = "editorial/blocks/audio.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        return context | {"address": sounds.address(value["file"]) if value["file"] else ""}


class EmbedBlock(blocks.StructBlock):
    url = blocks.URLBlock(label=_("Address"), help_text=_("%s only") % PROVIDER_NAMES)
    title = blocks.CharBlock(label=_("What it shows"), max_length=160)
    caption = blocks.CharBlock(label=_("Caption"), max_length=255, required=False)

    class Meta:
        icon = "media"
        label = _("Video or sound from elsewhere")
        template = "editorial/blocks/embed.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["url"] and not player_for(cleaned["url"]):  # a draft may lack it
            raise blocks.StructBlockValidationError(
                {
                    "url": ValidationError(
                        _("Only addresses of %s can be embedded. Link to others in the text.")
                        % PROVIDER_NAMES
                    )
                }
            )
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        return super().get_context(value, parent_context) | {"player": player_for(value["url"])}


class ArticleChooser(blocks.PageChooserBlock):
    """Reads of each article what a list of headlines shows of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(page_type="editorial.Article", **options)

    def bulk_to_python(self, values: Iterable[int | None]) -> list[Any]:
        wanted = list(values)
        found = self.model_class.objects.for_headlines().in_bulk([pk for pk in wanted if pk is not None])
        return [None if pk is None else found.get(pk) for pk in wanted]

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        # As Wagtail's own, so that migrations don't name this class.
        return "wagtail.blocks.PageChooserBlock", (), {"page_type": ["editorial.Article"]}


class RelatedBlock(blocks.StructBlock):
    articles = blocks.ListBlock(ArticleChooser(), label=_("Articles"), min_num=1)

    class Meta:
        icon = "doc-full"
        label = _("Related articles")
        template = "editorial/blocks/related.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from broadsheet.editorial.models import forms_in

        context = super().get_context(value, parent_context)
        articles = [article for article in value["articles"] if article and article.has_page]
        # A block that is shown alone, at the desk say, is in no edition.
        if edition := context.get("edition"):
            articles = forms_in(edition.locale_id, articles)
        return context | {"articles": articles}


class SponsorBlock(blocks.StructBlock):
    """An advertisement as text. It takes no scripts, no frames and no pictures from elsewhere."""

    sponsor = blocks.CharBlock(label=_("Sponsor"), max_length=120)
    headline = blocks.CharBlock(label=_("Headline"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=["bold", "italic"])
    url = blocks.URLBlock(label=_("Link"))

    class Meta:
        icon = "tag"
        label = _("Sponsor")
        template = "editorial/blocks/sponsor.html"


class WallBlock(blocks.StaticBlock):
    class Meta:
        icon = "lock"
        label = _("Wall from here")
        admin_text = _("What stands above is public. What stands below is for those entitled to it.")
        template = "editorial/blocks/wall.html"


class DividerBlock(blocks.StaticBlock):
    class Meta:
        icon = "minus"
        label = _("Divider")
        admin_text = _("A line between two parts of the text.")
        template = "editorial/blocks/divider.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=["bold", "italic", "ol", "ul", "link"])

    class Meta:
        icon = "help"
        label = _("Question and answer")
        label_format = "{question}"
        template = "editorial/blocks/question.html"


class FromBeforeBlock(blocks.RawHTMLBlock):
    """What an importer brought and no other block takes. It is cleaned whenever it is shown."""

    class Meta:
        icon = "warning"
        label = _("From before")
        template = "editorial/blocks/from_before.html"


def own_blocks(declared: Iterable[str]) -> list[tuple[str, blocks.Block]]:
    """What apps of this installation's own add, in ``BLOCKS`` of their ``blocks.py``: name and block.

    Raises ImproperlyConfigured where one has the name of another.
    """
    found: dict[str, blocks.Block] = {}
    for module in settings.OWN.modules("blocks") if settings.OWN else ():
        for name, block in import_module(module).BLOCKS:
            if name in found or name in declared:
                raise ImproperlyConfigured(f"OWN_DIR: {module} adds a block {name}, and there is one already")
            found[name] = block
    return list(found.items())


class BodyBlock(GatheringBlock):
    text = blocks.RichTextBlock(
        label=_("Text"), features=TEXT_FEATURES, icon="pilcrow", template="editorial/blocks/text.html"
    )
    heading = blocks.CharBlock(
        label=_("Crosshead"), max_length=120, icon="title", template="editorial/blocks/heading.html"
    )
    picture = PictureBlock()
    pull_quote = PullQuoteBlock()
    list = ListingBlock()
    table = TableBlock()
    chart = ChartBlock()
    gallery = GalleryBlock()
    audio = AudioBlock()
    embed = EmbedBlock()
    related = RelatedBlock()
    sponsor = SponsorBlock()
    wall = WallBlock()
    divider = DividerBlock()
    from_before = FromBeforeBlock()

    class Meta:
        block_counts = {"wall": {"max_num": 1}}

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        taken = {*self.base_blocks, *dict(EVIDENCE_BLOCKS)}
        super().__init__([*EVIDENCE_BLOCKS, *own_blocks(taken), *(local_blocks or [])], **kwargs)


class PageBlock(blocks.StreamBlock):
    """What a standing page holds: an article's blocks, without evidence and what belongs to the wall."""

    text = blocks.RichTextBlock(
        label=_("Text"),
        features=["h2", *TEXT_FEATURES],
        icon="pilcrow",
        template="editorial/blocks/text.html",
    )
    heading = blocks.CharBlock(
        label=_("Heading"), max_length=120, icon="title", template="editorial/blocks/heading.html"
    )
    picture = PictureBlock()
    pull_quote = PullQuoteBlock()
    list = ListingBlock()
    table = TableBlock()
    question = QuestionBlock()
    gallery = GalleryBlock()
    audio = AudioBlock()
    embed = EmbedBlock()
    divider = DividerBlock()
    from_before = FromBeforeBlock()

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([*own_blocks(self.base_blocks), *(local_blocks or [])], **kwargs)

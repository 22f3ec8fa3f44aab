from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image, ImageQuerySet
from wagtail.search import index


class PictureQuerySet(ImageQuerySet):
    def in_need_of_credit(self) -> Self:
        return self.filter(credit="")


class Picture(AbstractImage):
    """A picture with the caption, credit and licence that appear with it everywhere."""

    caption = models.CharField(_("caption"), max_length=400, blank=True)
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Who made it and who owns it. Without it no article with this picture is published."),
    )
    credit_unknown = models.BooleanField(
        _("credit unknown"),
        default=False,
        help_text=_("Only for pictures imported without a credit; they are listed until it is found."),
    )
    licence = models.CharField(_("rights"), max_length=80, blank=True)

    admin_form_fields = (
        "title",
        "file",
        "description",
        "caption",
        "credit",
        "credit_unknown",
        "licence",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [*Image.search_fields, index.SearchField("credit"), index.AutocompleteField("credit")]
    objects = PictureQuerySet.as_manager()

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions = [("choose_image", "Can choose picture")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Wagtail's form sets it. Pictures made in other ways need it as well: addresses contain it.
        if self.file and not self.file_hash:
            self._set_file_hash()
        super().save(*args, **kwargs)

    @property
    def may_be_published(self) -> bool:
        return bool(self.credit.strip()) or self.credit_unknown

    @property
    def credit_line(self) -> str:
        return self.credit or str(_("Credit unknown"))

    @property
    def default_alt_text(self) -> str:
        # Wagtail falls back to the title, often a file name, which means nothing to a listener.
        return self.description


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_form"
            )
        ]

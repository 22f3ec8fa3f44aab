from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.images.widgets import AdminImageChooser

from broadsheet.identity.drawing import MOST_BYTES
from broadsheet.identity.models import Identity, IdentityFile

OF_THE_PUBLICATION = ("name", "share_picture")
"""An edition has none of its own."""
SHOWS = ".svg,.png,.jpg,.jpeg,.webp"


class IdentityForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was uploaded is kept with the draft's other answers, even where one of these is refused."""

    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_(
            "In place of the name: SVG, or a picture in PNG, JPEG or WebP. Empty: the name is set in type."
        ),
        widget=forms.FileInput(attrs={"accept": SHOWS}),
    )
    logo_dark_file = forms.FileField(
        label=_("Logo in the dark"),
        required=False,
        help_text=_("Empty: in the dark, the logo’s light and dark are exchanged."),
        widget=forms.FileInput(attrs={"accept": SHOWS}),
    )
    icon_file = forms.FileField(
        label=_("Icon"),
        required=False,
        help_text=_(
            "A square, for tabs and phones: SVG, or at least 180 pixels wide. Empty: the initial of the name."
        ),
        widget=forms.FileInput(attrs={"accept": SHOWS}),
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    remove_logo_dark = forms.BooleanField(label=_("Remove the logo in the dark"), required=False)
    remove_icon = forms.BooleanField(label=_("Remove the icon"), required=False)

    class Meta:
        model = Identity
        fields = (
            "name",
            "motto",
            "about",
            "accent",
            "accent_dark",
            "paper",
            "pairing",
            "masthead",
            "layout",
            "links",
            "share_picture",
        )
        widgets: ClassVar[dict[str, Any]] = {
            "pairing": forms.RadioSelect,
            "masthead": forms.RadioSelect,
            "layout": forms.RadioSelect,
            "paper": forms.RadioSelect,
            "links": forms.Textarea(attrs={"rows": 3}),
            "about": forms.Textarea(attrs={"rows": 2}),
            "accent": forms.TextInput(attrs={"size": 9, "spellcheck": "false", "autocapitalize": "off"}),
            "accent_dark": forms.TextInput(attrs={"size": 9, "spellcheck": "false", "autocapitalize": "off"}),
            "share_picture": AdminImageChooser,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.edition_id:
            for name in OF_THE_PUBLICATION:
                del self.fields[name]
        else:
            self.fields["name"].required = True
        for name in Identity.PICTURES:
            if getattr(self.instance, name) is None and not self.data.get(f"kept_{name}"):
                del self.fields[f"remove_{name}"]

    def clean(self) -> dict[str, Any]:
        cleaned = cast(dict[str, Any], super().clean())
        draft: Identity = self.instance
        take: dict[str, Callable[[bytes], None]] = {
            "logo": draft.take_logo,
            "logo_dark": lambda content: draft.take_logo(content, dark=True),
            "icon": draft.take_icon,
        }
        for name, keep in take.items():
            self._bring_back(name, keep)
            upload: UploadedFile[Any] | None = cleaned.get(f"{name}_file")
            if cleaned.get(f"remove_{name}"):
                setattr(draft, name, None)
            if upload:
                try:
                    keep(upload.read(MOST_BYTES + 1))
                except ValidationError as error:
                    self.add_error(f"{name}_file", error)
        return cleaned

    def _bring_back(self, name: str, keep: Callable[[bytes], None]) -> None:
        """What was uploaded with answers that were refused."""
        held = getattr(self.instance, name)
        digest = str(self.data.get(f"kept_{name}", ""))[:32]
        if digest and (held is None or held.pk != digest):
            found = IdentityFile.objects.filter(digest=digest).exclude(media_type="text/css").first()
            if found is None:
                return
            if name == "icon":
                keep(bytes(found.content))
            else:
                setattr(self.instance, name, found)

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm

from broadsheet.editorial.media.sound_kinds import KINDS, is_sound


class SoundForm(BaseDocumentForm):
    """Wagtail's documents are the sounds of articles here, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if file := self.fields.get("file"):  # not in the form that follows an upload of several
            file.widget.attrs["accept"] = ",".join(f".{ending}" for ending in KINDS)
            file.help_text = _("A sound: %s.") % ", ".join(KINDS).upper()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and not is_sound(file.name, file):
            raise ValidationError(
                _("This is not a sound that browsers play, or its name says another kind. It can be %s.")
                % ", ".join(KINDS).upper()
            )
        return file

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PLACE = re.compile(r"\{([^{}\n]*)\}")
PLACES = ("name", "email", "number", "staff", "publication")
"""What a reply may have filled in."""


class SavedReply(models.Model):
    """An answer that is given often, with places for what differs."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    text = models.TextField(
        _("text"),
        max_length=5_000,
        help_text=_(
            "These are filled in: {name} of the reader, {email} their address, {number} of the conversation,"
            " {staff} your name, {publication}."
        ),
    )

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        unknown = [name for name in PLACE.findall(self.text) if name not in PLACES]
        if unknown:
            raise ValidationError(
                {
                    "text": gettext("Nothing can be filled in for {%s}. Please check how it is spelled.")
                    % unknown[0]
                }
            )

    def filled_in(self, values: dict[str, Any]) -> str:
        """With what `values` says for each place."""
        return PLACE.sub(lambda place: str(values.get(place[1], place[0])), self.text)

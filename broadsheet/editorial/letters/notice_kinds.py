from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterNotice(models.TextChoices):
    """What the writer of a letter to the editor is told."""

    RECEIVED = "letter_in", _("A letter to the editor has arrived")
    CHOSEN = "letter_chosen", _("A letter to the editor was chosen")
    PROOF = "letter_proof", _("An edited letter to the editor")
    PUBLISHED = "letter_printed", _("A letter to the editor was published")
    DECLINED = "letter_unused", _("A letter to the editor was not used")

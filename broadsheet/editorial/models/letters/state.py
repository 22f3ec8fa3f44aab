from django.db import models
from django.utils.translation import pgettext_lazy


class LetterState(models.TextChoices):
    """How far a letter to the editor is from being printed."""

    UNCONFIRMED = "unconfirmed", pgettext_lazy("letter to the editor", "Address not confirmed")
    NEW = "new", pgettext_lazy("letter to the editor", "New")
    CHOSEN = "chosen", pgettext_lazy("letter to the editor", "Chosen")
    AWAITING = "awaiting", pgettext_lazy("letter to the editor", "Awaiting agreement")
    AGREED = "agreed", pgettext_lazy("letter to the editor", "Agreed")
    PUBLISHED = "published", pgettext_lazy("letter to the editor", "Published")
    DECLINED = "declined", pgettext_lazy("letter to the editor", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("letter to the editor", "Withdrawn by the writer")
    TAKEN_DOWN = "taken_down", pgettext_lazy("letter to the editor", "Taken down")


ENDED = (LetterState.DECLINED, LetterState.WITHDRAWN, LetterState.TAKEN_DOWN)
WAS_PRINTED = (LetterState.PUBLISHED, LetterState.TAKEN_DOWN)
IN_WORK = (LetterState.CHOSEN, LetterState.AWAITING, LetterState.AGREED)
EDITABLE = (*IN_WORK, *WAS_PRINTED)

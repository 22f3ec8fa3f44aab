from django.db import models
from django.utils.translation import gettext_lazy as _


class MoveNotice(models.TextChoices):
    """What is said of a subscription that goes to another mailbox."""

    ASKED = "move_asked", _("A move is due")
    STOPPED = "move_stopped", _("A move was stopped")
    DONE = "move_done", _("Moved")

from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.TextChoices):
    """Who may read an article. Set on the article, else on its section, else on the publication."""

    FREE = "free", _("Free: everyone reads it")
    METERED = "metered", _("Metered: counts against the allowance")
    SUBSCRIBERS = "subscribers", _("Subscribers only")

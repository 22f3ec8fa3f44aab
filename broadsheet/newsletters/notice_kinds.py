from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailboxNotice(TextChoices):
    """About a mailbox that newsletters go to."""

    GO_ON = "go_on", _("Whether newsletters shall go on")
    TOO_LARGE = "issue_too_big", _("An issue that is too large for an e-reader’s mail")

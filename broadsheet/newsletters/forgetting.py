"""What is not kept for ever: who never confirmed, and who is silent for long."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.expressions import Exists, OuterRef

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Consent, EReader, Mailbox, SignUp
from broadsheet.newsletters.models.mailbox import month_of
from broadsheet.newsletters.notice_kinds import MailboxNotice
from broadsheet.newsletters.pages.proving import CONFIRM_WITHIN
from broadsheet.notices.models import Notice
from broadsheet.platform.days import later
from broadsheet.platform.processes.scheduler import DAY, once_every

ANSWER_WITHIN = timedelta(days=30)
AT_ONCE = 500
"""So many are asked in a day: a flood of such letters would look like spam."""


@once_every(DAY, "newsletters.unconfirmed")
def forget_unconfirmed(at: datetime) -> None:
    before = at - CONFIRM_WITHIN
    with transaction.atomic():
        Consent.objects.filter(confirmed_at=None, given_at__lt=before).delete()
        waiting = SignUp.objects.pending().filter(asked_at__lt=before)
        waiting.exclude(Exists(Consent.objects.filter(sign_up=OuterRef("pk")))).delete()
        empty = Mailbox.objects.filter(erased_at=None, created_at__lt=before, labellings=None)
        EReader.objects.forget_unproven(at)
        empty.filter(followed_letter=None, weekly_letter=None, e_reader=None).filter(
            ~Exists(SignUp.objects.filter(mailbox=OuterRef("pk")))
        ).delete()


@once_every(DAY, "newsletters.silent")
def ask_the_silent(at: datetime) -> None:
    """Asks once whoever was not seen for so many months, and pauses whoever did not answer."""
    publication = Publication.load()
    since = later(at, publication.zone, months=-settings.NEWSLETTER_SILENT_MONTHS)
    receiving = Exists(SignUp.objects.confirmed().filter(mailbox=OuterRef("pk")))
    watched = Mailbox.objects.filter(
        receiving, objects_to_signs_of_life=False, rested_at=None, erased_at=None
    )
    watched.filter(asked_whether_to_go_on_at__lte=at - ANSWER_WITHIN).update(rested_at=at)
    silent = watched.active(at).filter(
        asked_whether_to_go_on_at=None,
        seen_in__lt=month_of(since, publication),
        created_at__lt=since,
    )
    for mailbox in silent.order_by("pk")[:AT_ONCE]:
        with transaction.atomic():
            Notice.objects.set_down(
                MailboxNotice.GO_ON,
                mailbox.pk,
                key=f"{at:%Y-%m-%d}",
                email=mailbox.address,
                edition=mailbox.edition,
                due_at=at,
            )
            Mailbox.objects.filter(pk=mailbox.pk).update(asked_whether_to_go_on_at=at)

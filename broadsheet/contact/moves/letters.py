"""What the mailboxes are told between which something moves."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.contact.models import Move
from broadsheet.contact.moves.links import address_to_object
from broadsheet.contact.notice_kinds import MoveNotice
from broadsheet.editorial.zones import zone_of
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter
from broadsheet.people.models.person import masked


def register() -> None:
    kinds.register(
        {MoveNotice.ASKED: asked, MoveNotice.STOPPED: stopped, MoveNotice.DONE: done}, zone_of=zone_of
    )


def asked(notice: Notice) -> Letter | None:
    move = Move.objects.filter(pk=notice.about).first()
    if move is None or not move.is_open:
        return None
    return Letter(
        _("Your subscription is about to go to another mailbox"),
        [
            _("Our staff were asked to move what is in your account to another e-mail address."),
            _("If you asked for this, you need do nothing. If not, object, and nothing is moved."),
        ],
        [
            (_("What"), move.what),
            (_("To"), masked(move.to_email)),
            (_("On"), _moment(move)),
        ],
        (_("Object"), address_to_object(move)),
    )


def stopped(notice: Notice) -> Letter | None:
    move = Move.objects.filter(pk=notice.about).first()
    if move is None:
        return None
    return Letter(
        _("Your subscription stays where it is"),
        [_("It is not moved to another mailbox after all. Our staff have stopped it.")],
        [(_("What"), move.what)],
    )


def done(notice: Notice) -> Letter | None:
    move = Move.objects.filter(pk=notice.about).first()
    if move is None:
        return None
    if notice.key == "to":
        return Letter(
            _("Your subscription is here"),
            [_("As agreed with our staff, it belongs to this mailbox now. Sign in with this address.")],
            [(_("What"), move.what)],
            (_("Sign in"), f"{settings.PUBLIC_URL}{reverse('account_login')}"),
        )
    return Letter(
        _("Your subscription has gone to another mailbox"),
        [
            _("As we wrote three days ago, it was moved."),
            _("If you did not want this, answer this message or write to us."),
        ],
        [(_("What"), move.what), (_("To"), masked(move.to_email))],
    )


def _moment(move: Move) -> str:
    return date_format(timezone.localtime(move.due_at), "DATETIME_FORMAT")

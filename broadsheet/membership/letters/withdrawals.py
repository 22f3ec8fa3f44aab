"""The confirmation that the law asks for when somebody withdraws from a contract."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.membership.models import Withdrawal
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter


def withdrawal(notice: Notice) -> Letter | None:
    found = Withdrawal.objects.filter(pk=notice.about).first()
    if found is None:
        return None
    moment = found.received_at.astimezone(found.zone)
    return Letter(
        _("We have received your withdrawal"),
        [
            _("This confirms that your withdrawal from a contract reached us."),
            _(
                "We will find the contract and write to the address it was made with. If you withdrew"
                " in time, you get your money back within fourteen days, by the same means that you paid."
            ),
        ],
        [
            (_("Received"), f"{date_format(moment, 'DATETIME_FORMAT')} {moment:%Z}"),
            (_("Name"), found.name),
            (_("E-mail address"), found.email),
            (_("Contract"), found.contract),
        ],
    )

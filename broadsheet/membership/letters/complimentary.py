"""What is said of a complimentary subscription to whoever gets it."""

from django.utils.translation import gettext as _

from broadsheet.editorial.models import Publication
from broadsheet.membership.letters.wording import to_account
from broadsheet.membership.models import Entitlement
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter
from broadsheet.platform import clock


def given(notice: Notice) -> Letter | None:
    found = Entitlement.objects.filter(pk=notice.about, ends_at__gt=clock.now()).first()
    if found is None:
        return None
    ends = _("when we end it") if found.is_open_ended else found.last_day
    return Letter(
        _("You have a complimentary subscription"),
        [
            _("%s gives you a complimentary subscription: every article, without limit.")
            % Publication.load().name
        ],
        [(_("It lasts until"), ends)],
        to_account(),
        [_("Nothing is charged to you for it, now or later.")],
    )

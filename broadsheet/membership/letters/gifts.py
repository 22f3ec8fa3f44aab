"""What is said of a gift: to its recipient, and to whoever reads by it."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from broadsheet.membership.models import Gift
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter


def gift(notice: Notice) -> Letter | None:
    found = Gift.objects.select_related("price__plan").filter(pk=notice.about).first()
    if found is None or found.revoked_at or found.redeemed_at:
        return None
    redeem = f"{settings.PUBLIC_URL}{reverse('redeem')}?code={found.code}"
    return Letter(
        _("%s gives you a subscription") % found.giver,
        [
            _("Dear %s,") % found.recipient_name,
            _("%(who)s gives you %(length)s of %(plan)s: every article, without limit.")
            % {"who": found.giver, "length": found.length.lasting, "plan": found.price.plan.name},
            *([f"“{found.message.strip()}”"] if found.message.strip() else []),
        ],
        [(_("Your code"), found.code), (_("Use it by"), found.day(found.expires_at))],
        (_("Open your gift"), redeem),
        [_("It does not renew, and you are never charged for it.")],
        on_record=_("A gift subscription, to whoever gets it"),
    )


def gift_ends(notice: Notice) -> Letter | None:
    found = Gift.objects.select_related("entitlement", "price__plan").filter(pk=notice.about).first()
    if found is None or found.entitlement is None:
        return None
    end = found.day(found.entitlement.ends_at)
    return Letter(
        _("Your gift ends on %s") % end,
        [
            _(
                "The subscription that %(who)s gave you ends on %(day)s. It does not renew, and"
                " nothing is charged."
            )
            % {"who": found.giver, "day": end},
            _("If you would like to keep reading, you can subscribe now. What is left of the gift is added."),
        ],
        [],
        (_("See the prices"), f"{settings.PUBLIC_URL}{reverse('subscribe')}"),
    )

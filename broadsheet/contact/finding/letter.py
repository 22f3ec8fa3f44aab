from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.editorial.lookup import find_article
from broadsheet.membership.models import Subscription
from broadsheet.people.letters import Letter
from broadsheet.people.models import MailedCode, Person, Purpose
from broadsheet.people.paths import local_path

LINK_WORKS_FOR = timedelta(hours=1)
"""As long as no second letter goes to the mailbox."""


def found_letter(person: Person, edition: str, article: UUID | None) -> Letter:
    """What we know, for the mailbox on file alone, with a link that signs in and leads to `article`."""
    with translation.override(edition):
        mailed = MailedCode.objects.issue(
            Purpose.SIGN_IN, person.email, next_path=_way_to(article), lifetime=LINK_WORKS_FOR
        )
        subscription = Subscription.objects.of(person)
        facts = [(_("Account"), person.masked_email)]
        if subscription:
            facts += [
                (_("Subscription"), subscription.plan),
                (_("Number"), subscription.number),
                (_("State"), str(subscription.get_state_display())),
            ]
        return Letter(
            _("Your subscription"),
            [
                _("Somebody, probably you, asked us to find a subscription. It belongs to this mailbox."),
                _("Sign in with this address to read. The link works once, within an hour."),
            ],
            facts,
            (_("Sign in"), f"{settings.PUBLIC_URL}{reverse('people:link', args=[mailed.token])}"),
            [
                _(
                    "If you did not ask for this, ignore it. Whoever did learned nothing, not even that we"
                    " wrote to you."
                )
            ],
        )


def _way_to(article: UUID | None) -> str:
    found = find_article(str(article)) if article else None
    return local_path(str(found.url or "")) if found else ""

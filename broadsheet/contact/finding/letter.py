from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.editorial.lookup import find_article
from broadsheet.membership.models import PrintSubscriber, Subscription
from broadsheet.people.letters import Letter
from broadsheet.people.models import MailedCode, Person, Purpose
from broadsheet.people.paths import local_path

LINK_WORKS_FOR = timedelta(hours=1)
"""As long as no second letter goes to the mailbox."""


def found_letter(person: Person, edition: str, article: UUID | None) -> Letter:
    """What we know, for the mailbox on file alone, with a link that signs in and leads to `article`."""
    with translation.override(edition):
        subscription = Subscription.objects.of(person)
        facts = [(_("Account"), person.masked_email)]
        if subscription:
            facts += [
                (_("Subscription"), subscription.plan),
                (_("Number"), subscription.number),
                (_("State"), str(subscription.get_state_display())),
            ]
        words = _("Sign in with this address to read. The link works once, within an hour.")
        return _letter(words, facts, person.email, article)


def paper_letter(paper: PrintSubscriber, edition: str, article: UUID | None) -> Letter:
    """The same for a reader of the paper who has no account: the link makes one, which reads by the paper."""
    with translation.override(edition):
        facts = [(_("Subscription"), _("To the paper")), (_("Number"), paper.number)]
        words = _(
            "You can read here as well. The link makes an account with this address. It works once, within an"
            " hour."
        )
        return _letter(words, facts, paper.email, article)


def _letter(words: str, facts: list[tuple[str, str]], email: str, article: UUID | None) -> Letter:
    mailed = MailedCode.objects.issue(
        Purpose.SIGN_IN, email, next_path=_way_to(article), lifetime=LINK_WORKS_FOR
    )
    return Letter(
        _("Your subscription"),
        [_("Somebody, probably you, asked us to find a subscription. It belongs to this mailbox."), words],
        facts,
        (_("Sign in"), f"{settings.PUBLIC_URL}{reverse('people:link', args=[mailed.token])}"),
        [
            _(
                "If you did not ask for this, ignore it. Whoever did learned nothing, not even that we wrote"
                " to you."
            )
        ],
    )


def _way_to(article: UUID | None) -> str:
    found = find_article(str(article)) if article else None
    return local_path(str(found.url or "")) if found else ""

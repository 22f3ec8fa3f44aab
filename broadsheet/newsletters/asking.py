"""What somebody agreed to when they signed up, and how it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical, domain_of
from broadsheet.newsletters.models import Consent, Mailbox, Newsletter, Place, SignUp
from broadsheet.people.models import MailedCode
from broadsheet.platform import clock

UNCONFIRMED_A_DAY = 100
"""So many unconfirmed mailboxes of one domain in a day are enough, unless a fifth of all were confirmed."""
DAY = timedelta(days=1)


def consent_words(publication: str) -> str:
    """What stands beside every button by which one signs up, and in the record."""
    return (
        _(
            "%s sends the newsletters that you choose to this address, and nothing else. Each issue has "
            "a link by which you leave."
        )
        % publication
    )


@dataclass(frozen=True, slots=True)
class Asking:
    newsletters: Sequence[Newsletter]
    words: str
    place: Place
    page: str = ""
    network_address: str | None = None
    time_zone: str = ""
    """As the browser says it; empty: it says none."""

    def write_down(self, email: str, edition: str, mailed: MailedCode | None = None) -> list[Consent]:
        """What was agreed to for the mailbox at `email`, which gets nothing before `mailed` is answered."""
        with transaction.atomic():
            mailbox = Mailbox.objects.made_at(email, edition)
            return [self._consent(mailbox, newsletter, mailed) for newsletter in self.newsletters]

    def _consent(self, mailbox: Mailbox, newsletter: Newsletter, mailed: MailedCode | None) -> Consent:
        sign_up, _is_new = SignUp.objects.get_or_create(
            mailbox=mailbox, newsletter=newsletter, defaults={"place": self.place}
        )
        return Consent.objects.create(
            sign_up=sign_up,
            words=self.words,
            place=self.place,
            page=self.page[:300],
            network_address=self.network_address,
            time_zone=self.time_zone,
            mailed=mailed,
        )

    def carry_out(self, email: str, edition: str) -> Mailbox:
        """The mailbox at `email`, a proven one, which gets from now on what was asked for, one or more."""
        with transaction.atomic():
            consents = self.write_down(email, edition)
            for consent in consents:
                consent.confirm()
            mailbox = consents[0].sign_up.mailbox
            mailbox.see()
        return mailbox


def has_room(email: str) -> bool:
    """Whether one more mailbox of that domain may be asked to confirm today.

    Somebody who signs up addresses that are not theirs has a domain of them, or guesses at one.
    """
    domain = domain_of(canonical(email))
    today = SignUp.objects.filter(asked_at__gt=clock.now() - DAY, mailbox__address__endswith=f"@{domain}")
    unconfirmed = today.pending().values("mailbox").distinct().count()
    if unconfirmed < UNCONFIRMED_A_DAY:
        return True
    return today.confirmed().values("mailbox").distinct().count() * 4 > unconfirmed

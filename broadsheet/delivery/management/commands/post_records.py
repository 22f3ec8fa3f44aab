from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.delivery import post_room
from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.message import BadKey


class Command(BaseCommand):
    help = "Prints what DNS must say so that receivers believe the magazine's mail. It asks no name server."

    def handle(self, *args: Any, **options: Any) -> None:
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        domain = domain_of(sender)
        returns = settings.RETURN_PATH_DOMAIN or domain
        try:
            signer = post_room.signer()
        except BadKey as error:
            raise CommandError(f"DKIM_KEY: {error}") from error
        if signer:
            self.stdout.write(f"{signer.selector}._domainkey.{signer.domain}. TXT {in_quotes(signer.record)}")
            if not signer.is_aligned(sender):
                self.stdout.write(
                    f"; {signer.domain} signs, but MAIL_FROM is of {domain}: DMARC takes no notice."
                )
        else:
            self.stdout.write("; DKIM_KEY is not set: your mail server or provider must sign.")
        self.stdout.write(f"; {returns}. TXT is for SPF: your mail server or provider says what.")
        if returns != domain:
            self.stdout.write(f"; {returns}. MX is the host on which `broadsheet take_in` gets its mail.")
        self.stdout.write(f'_dmarc.{domain}. TXT "v=DMARC1; p=none"')


def in_quotes(record: str, longest: int = 255) -> str:
    """In the strings that DNS cuts it into."""
    return " ".join(f'"{record[at : at + longest]}"' for at in range(0, len(record), longest))

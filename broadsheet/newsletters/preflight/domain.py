"""Whether receivers can believe that a letter comes from its sender: SPF, DKIM and DMARC, as DNS has them."""

from collections.abc import Generator, Iterator

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery import post_room
from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.readiness import public_key
from broadsheet.newsletters.preflight.finding import Finding, Severity, note, warning
from broadsheet.platform.resolver import resolver

CHECK = gettext_lazy("Sender’s domain")
SECONDS = 3.0
CAUTIOUS = {"quarantine", "reject"}


class Unanswered(Exception):
    """No name server says what there is."""


def check_domain(sender: str) -> Iterator[Finding]:
    """`sender` is an address. What is missing is a fault in production, where receivers would mind."""
    grave = Severity.FAULT if settings.PRODUCTION else Severity.WARNING
    domain = domain_of(sender)
    try:
        signs = yield from _dkim(sender, grave)
        returns = settings.RETURN_PATH_DOMAIN or domain
        spf = [text for text in texts_at(returns) if text.lower().startswith("v=spf1")]
        is_sender_policy = len(spf) == 1 and is_aligned(returns, domain)
        if len(spf) > 1:
            yield Finding(
                grave,
                CHECK,
                _("{domain} has {count} SPF records, so that none counts.").format(
                    domain=returns, count=len(spf)
                ),
            )
        elif not spf:
            yield Finding(
                grave,
                CHECK,
                _("{domain} has no SPF record, which says who may send for it.").format(domain=returns),
            )
        elif "+all" in spf[0].split():
            yield Finding(
                grave, CHECK, _("The SPF record of {domain} lets anybody send (+all).").format(domain=returns)
            )
        elif not is_sender_policy:
            yield warning(
                CHECK,
                _(
                    "Letters return to {returns}, whose SPF says nothing of {domain}: DKIM alone counts."
                ).format(returns=returns, domain=domain),
            )
        policy = _policy(domain)
        if policy is None:
            yield Finding(
                grave,
                CHECK,
                _("{domain} has no DMARC record, which Gmail and Yahoo ask of newsletters.").format(
                    domain=domain
                ),
            )
        elif policy in CAUTIOUS and not (signs or is_sender_policy):
            yield Finding(
                grave,
                CHECK,
                _(
                    "The DMARC record of {domain} says {policy}, and neither SPF nor DKIM is of that domain."
                ).format(domain=domain, policy=policy),
            )
        else:
            yield note(CHECK, _("{domain} has DMARC ({policy}).").format(domain=domain, policy=policy))
    except Unanswered as error:
        yield warning(CHECK, _("DNS does not answer: {error}. Try again.").format(error=error))


def _dkim(sender: str, grave: Severity) -> Generator[Finding, None, bool]:
    """Whether what we sign counts for `sender`."""
    signer = post_room.signer()
    if signer is None:
        yield warning(CHECK, _("We don’t sign (DKIM_KEY): your mail server or provider must."))
        return False
    name = f"{signer.selector}._domainkey.{signer.domain}"
    keys = [public_key(text) for text in texts_at(name)]
    if public_key(signer.record) not in keys:
        yield Finding(
            grave,
            CHECK,
            _("DNS does not have our key at {name}. `post_records` prints it.").format(name=name),
        )
        return False
    if not signer.is_aligned(sender):
        yield Finding(
            grave,
            CHECK,
            _("{domain} signs, which is not the domain of {sender}.").format(
                domain=signer.domain, sender=sender
            ),
        )
        return False
    yield note(CHECK, _("Signed by {domain}, whose key DNS has.").format(domain=signer.domain))
    return True


def _policy(domain: str) -> str | None:
    """Of the domain, else of those that it is below."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        for text in texts_at("_dmarc." + ".".join(labels[start:])):
            if text.lower().startswith("v=dmarc1"):
                tags = dict(part.strip().partition("=")[::2] for part in text.split(";"))
                return tags.get("p", "none").strip().lower()
    return None


def is_aligned(one: str, other: str) -> bool:
    """Relaxed, without a list of public suffixes: one is the other, or below it."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def texts_at(name: str) -> list[str]:
    """Its TXT records. Raises Unanswered."""
    try:
        answer = resolver().resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Unanswered(" ".join(str(error).split()).rstrip(".") or type(error).__name__) from error
    return [b"".join(record.strings).decode(errors="replace") for record in answer]

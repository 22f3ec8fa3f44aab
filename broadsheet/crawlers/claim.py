"""What is known of a request that calls itself a crawler."""

from dataclasses import dataclass

from broadsheet.crawlers import proving
from broadsheet.crawlers.known import KnownCrawler, Treatment, claimed_by
from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.crawlers.ranges import on_file
from broadsheet.platform.http.proxy import Address, address_in


@dataclass(frozen=True, slots=True)
class Claim:
    crawler: KnownCrawler | None = None
    """None: it claims to be none."""
    treatment: Treatment | None = None
    is_proven: bool = False
    """Looked into only where it makes a difference: where the crawler may read all."""

    @property
    def reads_all(self) -> bool:
        """Whether it gets every article in full."""
        return self.is_proven and self.treatment == Treatment.FULL

    @property
    def is_refused(self) -> bool:
        """By the name alone: nobody has to prove that they get nothing."""
        return self.treatment == Treatment.NOTHING

    @property
    def may_be_granted(self) -> bool:
        """Whether it may open articles as strangers do. No declared robot may."""
        return self.crawler is None


NO_CLAIM = Claim()


def claim_of(user_agent: str, address: str) -> Claim:
    """`address` is the visitor's, as the trusted proxy gave it.

    A request that claims nothing costs no query. An unproven claim is looked into in the background, and
    counts as unproven until that is done.
    """
    crawler = claimed_by(user_agent)
    if crawler is None:
        return NO_CLAIM
    treatment = CrawlerPolicy.objects.treatment_of(crawler)
    found = address_in(address)
    is_proven = treatment == Treatment.FULL and found is not None and _is_proven(crawler, found)
    return Claim(crawler, treatment, is_proven)


def _is_proven(crawler: KnownCrawler, address: Address) -> bool:
    # No crawler comes from a network that is somebody's own, whatever a list or a name server says.
    if not address.is_global:
        return False
    if on_file().holds(crawler, address):
        return True
    return bool(crawler.domains) and proving.is_proven(crawler, address)

"""What is known of crawlers beside their names: how each is treated, and which addresses are theirs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.crawlers.dns import UnansweredError, belongs
from broadsheet.crawlers.known import KNOWN, KnownCrawler, Treatment
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.networks import network_of
from broadsheet.platform.http.proxy import Address, address_in

PROVEN_FOR = timedelta(days=7)
REFUTED_FOR = timedelta(days=1)
RENEWED_BEFORE = timedelta(days=1)
"""A proof is checked again so long before it ends, so that a crawler that comes often never loses it."""
ASKED_FOR = timedelta(days=1)
"""A claim that DNS gave no answer to in this time is forgotten. Whoever comes again makes a new one."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

# A flood of false names from many addresses meets these three.
MOST_WAITING = 1_000
MOST_OF_NETWORK = 50
"""Claims of one network (an IPv6 /56 has addresses without end) that wait or were refuted."""
MOST_REFUTED = 10_000

AT_ONCE = 16
"""Addresses looked up at the same time; each takes three seconds at most."""


class CrawlerPolicyQuerySet(models.QuerySet["CrawlerPolicy"]):
    def treatments(self) -> dict[str, Treatment]:
        """How each known crawler is treated, by its slug."""
        changed = dict(self.values_list("crawler", "treatment"))
        return {slug: Treatment(changed.get(slug, crawler.default)) for slug, crawler in KNOWN.items()}

    def treatment_of(self, crawler: KnownCrawler) -> Treatment:
        changed = self.filter(crawler=crawler.slug).values_list("treatment", flat=True).first()
        return Treatment(changed) if changed else crawler.default

    def treat(self, crawler: KnownCrawler, treatment: Treatment, by: Person | None = None) -> None:
        """From now on; going back to the default leaves no row."""
        if treatment == crawler.default:
            self.filter(crawler=crawler.slug).delete()
            return
        changed = {"treatment": treatment, "changed_at": clock.now(), "changed_by": by}
        self.update_or_create(crawler=crawler.slug, defaults=changed)


class CrawlerPolicy(models.Model):
    """A crawler that is treated otherwise than its purpose is by default."""

    crawler = models.CharField(max_length=40, unique=True)
    treatment = models.CharField(max_length=8, choices=Treatment.choices)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CrawlerPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("treatment of a crawler")
        constraints = [
            models.CheckConstraint(
                condition=Q(treatment__in=Treatment.values), name="crawler_has_a_treatment_there_is"
            )
        ]

    def __str__(self) -> str:
        return f"{self.crawler}: {self.treatment}"


class CrawlerProofQuerySet(models.QuerySet["CrawlerProof"]):
    def waiting(self) -> Self:
        return self.exclude(due_at=None)

    def due(self, at: datetime) -> Self:
        """Those to be looked up, the new ones before those that DNS gave no answer to."""
        return self.filter(due_at__lte=at).order_by("tries", "due_at")

    def forgotten(self, at: datetime) -> Self:
        """Proofs that have ended, and claims that nobody answered."""
        unanswered = Q(due_at__isnull=False, asked_at__lte=at - ASKED_FOR)
        return self.filter(Q(due_at=None, valid_until__lte=at) | unanswered)

    def ask(self, crawler: KnownCrawler, address: Address, now: datetime) -> "CrawlerProof | None":
        """What is known of `address`, with a look at it due `now` if one is needed and there is room for it.

        None: nothing is known, and too many wait.
        """
        proof = self.filter(address=str(address), crawler=crawler.slug).first()
        if proof is None:
            return self._claim(crawler, address, now)
        if proof.wants_a_new_look(now) and self._has_room():
            # Of two requests at once the second finds nothing to update, and that is as well.
            self.filter(pk=proof.pk, due_at=None).update(due_at=now, asked_at=now, tries=0)
            proof.due_at = now
        return proof

    def _claim(self, crawler: KnownCrawler, address: Address, now: datetime) -> "CrawlerProof | None":
        network = network_of(address)
        unproven = self.filter(network=network).exclude(state=CrawlerProof.State.PROVEN)
        if unproven.count() >= MOST_OF_NETWORK or not self._has_room():
            return None
        proof = CrawlerProof(
            address=str(address), network=network, crawler=crawler.slug, asked_at=now, due_at=now
        )
        self.bulk_create([proof], ignore_conflicts=True)  # two requests at once write one row
        return proof

    def _has_room(self) -> bool:
        """Whether one more may wait. Where none may, the claim that failed most often makes place."""
        if self.waiting().count() < MOST_WAITING:
            return True
        stuck = self.waiting().filter(state=CrawlerProof.State.PENDING, tries__gt=0)
        worst = stuck.order_by("-tries", "asked_at").first()
        return worst is not None and bool(worst.delete())

    def check_due(self, limit: int) -> int:
        """Looks up at most `limit` addresses that are due, and says how many that were."""
        now = clock.now()
        proofs = list(self.due(now)[:limit])
        # Nobody else shall look them up meanwhile. Should this process die now, they are due again soon.
        self.filter(pk__in=[proof.pk for proof in proofs]).update(due_at=now + FIRST_WAIT)
        for proof, is_theirs in _looked_up(proofs):
            proof.settle(is_theirs)
        self._trim()
        return len(proofs)

    def _trim(self) -> None:
        refuted = self.filter(state=CrawlerProof.State.REFUTED)
        newest_first = refuted.order_by("-checked_at").values_list("checked_at", flat=True)
        for last in newest_first[MOST_REFUTED : MOST_REFUTED + 1]:
            refuted.filter(checked_at__lte=last).delete()


def _looked_up(proofs: list["CrawlerProof"]) -> Iterator[tuple["CrawlerProof", bool | None]]:
    if proofs:
        with ThreadPoolExecutor(AT_ONCE, "dns") as pool:
            yield from zip(proofs, pool.map(_look_up, proofs), strict=True)


def _look_up(proof: "CrawlerProof") -> bool | None:
    """Whether the address is the crawler's; None: no answer. Touches no row, for it runs in a thread."""
    crawler, address = KNOWN.get(proof.crawler), address_in(proof.address)
    if crawler is None or address is None:
        return False  # no crawler of ours any more
    try:
        return belongs(address, crawler.domains)
    except UnansweredError:
        return None


class CrawlerProof(models.Model):
    """Whether an address that claims to be a crawler's is one, by the names of its operator in DNS."""

    class State(models.TextChoices):
        PENDING = "pending"
        PROVEN = "proven"
        REFUTED = "refuted"

    address = models.CharField(max_length=45, help_text="As ipaddress writes it.")
    network = models.CharField(max_length=45, help_text="That the limits count by.")
    crawler = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="When it is to be looked up; empty: it needn’t be.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="That DNS gave no answer to.")

    objects = CrawlerProofQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address", "crawler"], name="one_proof_of_address_and_crawler"),
            models.CheckConstraint(
                condition=Q(state="pending", valid_until=None, due_at__isnull=False)
                | Q(state__in=["proven", "refuted"], valid_until__isnull=False, checked_at__isnull=False),
                name="proof_waits_or_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="proof_due"),
            models.Index(fields=["network"], name="proof_of_network"),
            models.Index(fields=["valid_until"], name="proof_end"),
        ]

    def __str__(self) -> str:
        return f"{self.crawler} at {self.address}: {self.state}"

    def is_proven(self, at: datetime) -> bool:
        return self.state == self.State.PROVEN and self._holds(at)

    def _holds(self, at: datetime) -> bool:
        return self.valid_until is not None and at < self.valid_until

    def wants_a_new_look(self, at: datetime) -> bool:
        """It has ended, or is a proof that ends soon; and nobody is looking already."""
        if self.due_at is not None:
            return False
        return not self._holds(at + RENEWED_BEFORE if self.state == self.State.PROVEN else at)

    def settle(self, is_theirs: bool | None) -> None:
        """Keeps what DNS said; None, no answer, changes nothing but when to ask again."""
        now = clock.now()
        if is_theirs is None:
            self.tries += 1
            self.due_at = now + min(LONGEST_WAIT, FIRST_WAIT * 5 ** min(self.tries - 1, 5))
        else:
            self.state = self.State.PROVEN if is_theirs else self.State.REFUTED
            self.checked_at = now
            self.valid_until = now + (PROVEN_FOR if is_theirs else REFUTED_FOR)
            self.due_at, self.tries = None, 0
        # An update, not an upsert: what was deleted meanwhile stays deleted.
        CrawlerProof.objects.filter(pk=self.pk).update(
            state=self.state,
            checked_at=self.checked_at,
            valid_until=self.valid_until,
            due_at=self.due_at,
            tries=self.tries,
        )

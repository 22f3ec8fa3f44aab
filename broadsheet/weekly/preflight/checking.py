"""All that is looked at before an issue is published. It asks nobody and changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from broadsheet.weekly.laid_out import LaidOut, lay_out
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.preflight.articles import check_articles, check_lengths, check_published
from broadsheet.weekly.preflight.bodies import check_pictures, check_sources, check_terms, check_words
from broadsheet.weekly.preflight.characters import check_characters
from broadsheet.weekly.preflight.finding import Finding, Severity
from broadsheet.weekly.preflight.frame import (
    check_cover,
    check_days,
    check_departments,
    check_filled,
    check_letters,
)
from broadsheet.weekly.preflight.headlines import check_headlines

type Check = Callable[[LaidOut], Iterator[Finding]]

SAID_BY_THE_MODEL = (check_filled, check_published)
"""What `readiness` says of each issue by itself."""
CHECKS = (
    *SAID_BY_THE_MODEL,
    check_cover,
    check_days,
    check_departments,
    check_articles,
    check_lengths,
    check_words,
    check_pictures,
    check_sources,
    check_letters,
    check_headlines,
    check_terms,
    check_characters,
)
GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1}


def preflight(issue: WeeklyIssue, laid: LaidOut | None = None) -> list[Finding]:
    """What is grave first, else in the order of the checks. `laid` spares reading the issue again."""
    found = _found(laid or lay_out(issue), CHECKS)
    return sorted(found, key=lambda finding: GRAVITY[finding.severity])


def _found(laid: LaidOut, checks: Iterable[Check]) -> list[Finding]:
    return [finding for check in checks for finding in check(laid)]


def errors_in(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == Severity.ERROR]


def sentences_of_errors(issue: WeeklyIssue) -> list[str]:
    """With their places, for whoever publishes without having looked."""
    checks = [check for check in CHECKS if check not in SAID_BY_THE_MODEL]
    return [
        f"{one.place.name}: {one.message}" if one.place.name else one.message
        for one in errors_in(_found(lay_out(issue), checks))
    ]


def mark_of(findings: Iterable[Finding]) -> str:
    """The same for the same warnings: who accepted these has accepted no others."""
    said = [f"{one.place.key} {one.message}" for one in findings if one.severity == Severity.WARNING]
    return sha256("\n".join(said).encode()).hexdigest()[:16]

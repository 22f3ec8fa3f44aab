"""All checks of an issue, in the order of the list."""

from collections.abc import Iterator

from broadsheet.delivery import post_room
from broadsheet.delivery.message import Segments
from broadsheet.newsletters.letter.composing import letter_of, message_of, sender_of
from broadsheet.newsletters.letter.rendering import Rendered
from broadsheet.newsletters.letter.tokens import links_of, names_for, passes_in
from broadsheet.newsletters.models import Issue, SignUp
from broadsheet.newsletters.preflight.contents import check_audience, check_contents
from broadsheet.newsletters.preflight.domain import check_domain
from broadsheet.newsletters.preflight.finding import Finding, Severity
from broadsheet.newsletters.preflight.leaving import check_leaving, trial_reader
from broadsheet.newsletters.preflight.links import check_links
from broadsheet.newsletters.preflight.markup import check_contrast, check_pictures, check_size
from broadsheet.newsletters.preflight.spam import check_spam
from broadsheet.newsletters.preflight.support import check_support
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys

ORDER = {Severity.FAULT: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def preflight(issue: Issue) -> list[Finding]:
    """What is grave first. It takes seconds, since other servers are asked."""
    letter = letter_of(issue)
    with trial_reader(issue) as reader:
        message = as_sent(issue, letter, reader)
        found = [
            *quick(issue, letter),
            *check_links(letter),
            *check_domain(sender_of(issue).addr_spec),
            *check_leaving(message, reader),
            *check_spam(message),
            *check_audience(issue),
        ]
    return sorted(found, key=lambda finding: ORDER[finding.severity])


def quick(issue: Issue, letter: Rendered) -> Iterator[Finding]:
    """Those that ask nobody."""
    yield from check_contents(issue)
    for check in (check_size, check_pictures, check_contrast, check_support):
        yield from check(letter)


def faults_in(findings: list[Finding]) -> list[str]:
    """One sentence for each, with its place."""
    grave = [finding for finding in findings if finding.severity == Severity.FAULT]
    return [f"{finding.place}: {finding.message}" if finding.place else finding.message for finding in grave]


def as_sent(issue: Issue, letter: Rendered, reader: SignUp) -> bytes:
    """The message that `reader` would get, signed if we sign. Its passes open nothing."""
    message = Segments.compile(message_of(issue, letter), names_for(issue), clock.now())
    tokens = links_of(reader, signing_keys()) | dict.fromkeys(passes_in(issue), "preflight")
    joined = message.join(reader.mailbox.address, f"<preflight-{issue.pk}@{_domain(issue)}>", tokens)
    signer = post_room.signer()
    return signer.signed(joined, is_plain=message.is_plain) if signer else joined


def _domain(issue: Issue) -> str:
    return sender_of(issue).domain

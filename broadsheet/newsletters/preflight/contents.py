"""What an issue says, and to whom it goes."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Consent, Issue
from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning
from broadsheet.newsletters.segments.matching import sign_ups_in
from broadsheet.newsletters.sending.pulling import withdrawn_items

LONG_SUBJECT = 70
"""Characters. A phone shows about forty, a large screen about seventy."""


def check_contents(issue: Issue) -> Iterator[Finding]:
    for sentence in issue.faults():
        yield fault("Contents", sentence)
    for item, why in withdrawn_items(issue):
        yield fault("Contents", why, str(item))
    if not issue.preheader.strip():
        yield warning(
            "Contents", "It has no preheader: mail programs show the words “Read on the web” instead."
        )
    for subject in filter(None, (issue.subject, issue.subject_b)):
        if len(subject) > LONG_SUBJECT:
            yield warning("Contents", f"The subject has {len(subject)} characters, and is cut off on phones.")
    if not Publication.load().postal_address.strip():
        yield fault("Contents", "The publication has no postal address, which each letter must bear.")


def check_audience(issue: Issue) -> Iterator[Finding]:
    receiving = sign_ups_in(issue.newsletter.sign_ups.receiving(), issue.segment).order_by()
    zones = receiving.values_list("mailbox__time_zone").annotate(count=Count("pk")).order_by("-count")
    by_zone = [(zone or f"{issue.newsletter.zone}, as the edition has it", count) for zone, count in zones]
    everybody = sum(count for _zone, count in by_zone)
    whom = f"in the segment “{issue.segment}”" if issue.segment else "of the newsletter"
    if not everybody:
        yield warning("Readers", f"Nobody {whom} would get it now.")
        return
    yield note("Readers", f"{everybody:,} {whom}.")
    for zone, count in by_zone[:12]:
        yield note("Readers", f"{count:,} in {zone}.")
    consents = Consent.objects.filter(sign_up=OuterRef("pk"), confirmed_at__isnull=False)
    if without := receiving.filter(~Exists(consents)).count():
        yield fault("Readers", f"{without:,} of them have given no consent that is on record.")
    else:
        yield note("Readers", "Everybody’s consent is on record.")

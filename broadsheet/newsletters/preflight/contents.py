"""What an issue says, and to whom it goes."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Consent, Issue
from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning
from broadsheet.newsletters.segments.matching import sign_ups_in
from broadsheet.newsletters.sending.pulling import withdrawn_items

LONG_SUBJECT = 70
"""Characters. A phone shows about forty, a large screen about seventy."""


def check_contents(issue: Issue) -> Iterator[Finding]:
    for sentence in issue.faults():
        yield fault(_("Contents"), sentence)
    for item, why in withdrawn_items(issue):
        yield fault(_("Contents"), why, str(item))
    if not issue.preheader.strip():
        yield warning(
            _("Contents"),
            _("It has no preheader: mail programs show the words “Read on the web” instead."),
        )
    for subject in filter(None, (issue.subject, issue.subject_b)):
        if len(subject) > LONG_SUBJECT:
            said = ngettext(
                "The subject has {count} character, and is cut off on phones.",
                "The subject has {count} characters, and is cut off on phones.",
                len(subject),
            )
            yield warning(_("Contents"), said.format(count=len(subject)))
    if not Publication.load().postal_address.strip():
        yield fault(_("Contents"), _("The publication has no postal address, which each letter must bear."))


def check_audience(issue: Issue) -> Iterator[Finding]:
    receiving = sign_ups_in(issue.newsletter.sign_ups.receiving(), issue.segment).order_by()
    zones = receiving.values_list("mailbox__time_zone").annotate(count=Count("pk")).order_by("-count")
    default = _("{zone}, as the edition has it").format(zone=issue.newsletter.zone)
    by_zone = [(zone or default, count) for zone, count in zones]
    everybody = sum(count for _zone, count in by_zone)
    if not everybody:
        nobody = (
            _("Nobody in the segment “{segment}” would get it now.").format(segment=issue.segment)
            if issue.segment
            else _("Nobody of the newsletter would get it now.")
        )
        yield warning(_("Readers"), nobody)
        return
    said = (
        ngettext("{count} in the segment “{segment}”.", "{count} in the segment “{segment}”.", everybody)
        if issue.segment
        else ngettext("{count} of the newsletter.", "{count} of the newsletter.", everybody)
    )
    yield note(_("Readers"), said.format(count=_grouped(everybody), segment=issue.segment))
    for zone, count in by_zone[:12]:
        said = ngettext("{count} in {zone}.", "{count} in {zone}.", count)
        yield note(_("Readers"), said.format(count=_grouped(count), zone=zone))
    consents = Consent.objects.filter(sign_up=OuterRef("pk"), confirmed_at__isnull=False)
    if without := receiving.filter(~Exists(consents)).count():
        said = ngettext(
            "{count} of them have given no consent that is on record.",
            "{count} of them have given no consent that is on record.",
            without,
        )
        yield fault(_("Readers"), said.format(count=_grouped(without)))
    else:
        yield note(_("Readers"), _("Everybody’s consent is on record."))


def _grouped(count: int) -> str:
    return str(number_format(count, force_grouping=True))

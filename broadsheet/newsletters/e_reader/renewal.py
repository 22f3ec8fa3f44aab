"""What the post room asks before each batch for e-readers: who still gets the issue, and which file."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from broadsheet.delivery.models import Recipient, Send
from broadsheet.delivery.sizes import fits_mail
from broadsheet.delivery.sources import Held, Renewal, Skip
from broadsheet.newsletters.chosen import renewal as chosen
from broadsheet.newsletters.e_reader.attaching import FILE, KIND, hold, token_of
from broadsheet.newsletters.models import EReader
from broadsheet.newsletters.sending.staleness import refuse_stale
from broadsheet.newsletters.weekly.renewal import lacking_right
from broadsheet.people.models import Person
from broadsheet.weekly.models import IssueFile, ReaderNumber, WeeklyIssue


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held."""
    refuse_stale(send, send.begun_at)
    issue = WeeklyIssue.objects.published().filter(pk=send.key).first()
    if issue is None:
        raise Held(_("The issue was withdrawn."))
    name = _file_of(issue)
    known = EReader.objects.filter(pk__in=[one.key for one in recipients])
    readers = {str(one.pk): one for one in known.select_related("mailbox__person")}
    lacks = lacking_right([one.mailbox.person for one in readers.values() if one.mailbox.person])

    def why_not(e_reader: EReader | None, recipient: Recipient) -> str:
        unwanted = _("Issues no longer go to this e-reader.")
        return chosen.why_not(e_reader, recipient, unwanted=unwanted, lacks=lacks)

    renewal = chosen.renewal_of(recipients, readers, why_not)
    getting = [readers[key] for key, found in renewal.items() if not isinstance(found, Skip)]
    numbers = _numbers_of([one.mailbox.person for one in getting if one.mailbox.person])
    return {
        key: found
        if isinstance(found, Skip)
        else {**found, FILE: token_of(name, numbers[readers[key].mailbox.person_id or 0])}
        for key, found in renewal.items()
    }


def _file_of(issue: WeeklyIssue) -> str:
    """Where the issue's EPUB is kept; empty while it is being made anew, for which its readers wait."""
    file = IssueFile.objects.there().filter(issue=issue, kind=KIND).first()
    if file is None:
        return ""
    if not fits_mail(file.size):
        raise Held(_("The issue’s EPUB has become too large for mail."))
    hold(str(file.file.name))
    return str(file.file.name)


def _numbers_of(people: Sequence[Person]) -> dict[int, str]:
    known = dict(ReaderNumber.objects.filter(person__in=people).values_list("person_id", "number"))
    for person in people:
        if person.pk not in known:
            known[person.pk] = str(ReaderNumber.objects.of(person))
    return known

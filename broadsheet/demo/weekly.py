"""Three weekly issues of each edition, and who gets them. The fourth is for whoever tries the demo."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet.delivery.models import Addressee, Batch, Lane, Send
from broadsheet.demo import content
from broadsheet.demo.people import SUBSCRIBER
from broadsheet.editorial.models import Article, Kind, Picture
from broadsheet.newsletters.models import EReader, Mailbox, WeeklyLetter
from broadsheet.newsletters.models.e_reader import SOURCE
from broadsheet.newsletters.weekly.composing import subject_of
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.weekly.content import Length
from broadsheet.weekly.filling import fill
from broadsheet.weekly.models import Holding, WeeklyIssue

OUT = time(6)
"""When an issue is published, on the day after its last."""
EDITOR = "Carla Nwosu, editor"
E_READER = "bruno-keller@e-reader.example"


def make_issues(now: datetime, zones: dict[str, ZoneInfo], pictures: dict[str, Picture]) -> None:
    """`zones` by the editions' language tags, `pictures` by their keys."""
    for about in content.load("weekly")["issues"]:
        for edition, zone in zones.items():
            own = about | about[edition]
            cover = Picture.objects.get(pk=pictures[own["cover"]].pk)
            _publish(_arranged(edition, own, cover, day_of(now, zone)), zone)


def make_subscriber(now: datetime, edition: str) -> None:
    """Has the subscriber get each issue's letter, and the issue on an e-reader, where the last one came."""
    mailbox = Mailbox.objects.made_for(Person.objects.get(email=SUBSCRIBER[0]), edition)
    mailbox.resume()
    WeeklyLetter.objects.choose(mailbox, edition)
    e_reader = EReader.objects.create(
        mailbox=mailbox, edition=edition, address=E_READER, proven_at=now - timedelta(days=40)
    )
    last = WeeklyIssue.objects.of(edition).published().newest_first()[0]
    with clock.moved_to(last.published_at or now):
        send, _new = Send.objects.freeze(SOURCE, str(last.pk), subject=subject_of(last), lane=Lane.HEAVY)
        send.cohorts.create(message=b"").materialise([Addressee(E_READER, str(e_reader.pk))])
        send.begin()
        send.recipients.update(state="submitted", words="250 2.0.0 Ok", tries=1, answered_at=clock.now())
        send.batches.update(state=Batch.State.DONE)
        Send.objects.filter(pk=send.pk).finish()


def _arranged(edition: str, about: dict[str, Any], cover: Picture, today: Any) -> WeeklyIssue:
    first, last = (today - timedelta(days=days) for days in about["days"])
    issue = WeeklyIssue.objects.create(
        edition=edition,
        number=about["number"],
        first_day=first,
        last_day=last,
        cover=cover,
        cover_lines="\n".join(about["lines"]),
        note=about["note"],
        note_by=EDITOR,
        numbers=[{"type": "chart", "value": {"begins_at_zero": True, "note": ""} | about["numbers"]}],
    )
    fill(issue)
    # The magazine's briefings are short as they are.
    briefings = issue.items.filter(article__kind=Kind.BRIEFING)
    briefings.update(length=Length.FULL)
    for slug, text in about.get("short", {}).items():
        issue.items.filter(article__slug=slug).update(length=Length.SHORT, short_form=text)
    _add_departments(issue, about.get("archive", ()))
    _lead(issue, about["lead"])
    return WeeklyIssue.objects.get(pk=issue.pk)


def _add_departments(issue: WeeklyIssue, archive: Any) -> None:
    """What an editor adds besides, before the letters and the good news."""
    places = [
        place
        for place, department in enumerate(issue.departments.select_related("section"))
        if department.holds == Holding.LETTERS or (department.section and department.section.is_bright)
    ]
    added = [issue.add_department("The week in numbers", holds=Holding.NUMBERS)]
    if archive:
        again = issue.add_department("From the archive")
        added.insert(0, again)
        for slug in archive:
            issue.add(Article.objects.get(slug=slug, locale__language_code=issue.edition), department=again)
    order = [pk for pk in issue.departments.values_list("pk", flat=True) if pk not in {a.pk for a in added}]
    before = min(places, default=len(order))
    order[before:before] = [department.pk for department in added]
    issue.arrange([(pk, ()) for pk in order])


def _lead(issue: WeeklyIssue, slug: str) -> None:
    """Puts the story of the cover first, and its department."""
    lead = issue.items.get(article__slug=slug)
    own = [
        lead.pk,
        *issue.items.filter(department=lead.department_id).exclude(pk=lead.pk).values_list("pk", flat=True),
    ]
    others = issue.departments.exclude(pk=lead.department_id).values_list("pk", flat=True)
    issue.arrange([(lead.department_id, own), *((pk, ()) for pk in others)])


def _publish(issue: WeeklyIssue, zone: ZoneInfo) -> None:
    day = issue.last_day + timedelta(days=1)
    with clock.moved_to(datetime.combine(day, OUT, zone)):
        issue.publish()

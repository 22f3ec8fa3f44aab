"""What is known of newsletters and issues in sums. Nothing here is about one reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek

from broadsheet.delivery.models import Send
from broadsheet.newsletters.issues.life import SOURCE
from broadsheet.newsletters.models import Clicks, Issue, Leaving, Newsletter, Place, Reason, SignUp
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, start_of

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """How often a link was followed: by people, and by machines that open what they scan."""

    text: str
    url: str
    people: int
    machines: int


@dataclass(frozen=True, slots=True)
class Week:
    begins: date
    joined: int
    left: int
    readers: int
    """Those who got the newsletter at its end."""


def clicks_by_link(issue: Issue) -> list[LinkClicks]:
    """All of the issue's links, the most followed first."""
    rows = issue.links.annotate(people=Sum("clicks__by_people"), machines=Sum("clicks__by_machines"))
    found = [LinkClicks(row.text or row.url, row.url, row.people or 0, row.machines or 0) for row in rows]
    return sorted(found, key=lambda one: -one.people)


def clicks_by_day(issue: Issue) -> list[tuple[date, int, int]]:
    """(day, by people, by machines), without gaps from the first day on."""
    rows = Clicks.objects.filter(link__issue=issue).order_by().values_list("day")
    counted = {
        day: (people, machines)
        for day, people, machines in rows.annotate(people=Sum("by_people"), machines=Sum("by_machines"))
    }
    if not counted:
        return []
    first, last = min(counted), max(counted)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, *counted.get(day, (0, 0))) for day in days]


def clicks_by_variant(issue: Issue) -> dict[str, int]:
    """By people."""
    rows = Clicks.objects.filter(link__issue=issue).exclude(variant="").order_by().values_list("variant")
    return dict(rows.annotate(people=Sum("by_people")))


def clicks_of(issues: Iterable[Issue]) -> dict[int, int]:
    """Of each issue, by people; those without any are left out."""
    rows = Clicks.objects.filter(link__issue__in=list(issues)).order_by().values_list("link__issue")
    return dict(rows.annotate(people=Sum("by_people")))


def sends_of(issues: Iterable[Issue]) -> dict[int, Send]:
    keys = {issue.send_key: issue.pk for issue in issues}
    return {keys[send.key]: send for send in Send.objects.filter(source=SOURCE, key__in=keys)}


def growth(newsletter: Newsletter, weeks: int = 26) -> list[Week]:
    """The last `weeks` up to now; a week begins on Monday, where the newsletter's edition is."""
    zone = newsletter.zone
    today = day_of(clock.now(), zone)
    first = today - timedelta(days=today.weekday()) - (weeks - 1) * WEEK
    begins = start_of(first, zone)
    were_readers = newsletter.sign_ups.filter(confirmed_at__isnull=False).order_by()
    joined, left = (
        {
            row["week"].date(): row["count"]
            for row in were_readers.filter(**{f"{moment}__gte": begins})
            .annotate(week=TruncWeek(moment, tzinfo=zone))
            .values("week")
            .annotate(count=Count("pk"))
        }
        for moment in ("confirmed_at", "left_at")
    )
    readers = (
        were_readers.filter(confirmed_at__lt=begins).count() - were_readers.filter(left_at__lt=begins).count()
    )
    found = []
    for number in range(weeks):
        monday = first + number * WEEK
        readers += joined.get(monday, 0) - left.get(monday, 0)
        found.append(Week(monday, joined.get(monday, 0), left.get(monday, 0), readers))
    return found


def sign_ups_by_place(newsletter: Newsletter) -> list[tuple[str, int]]:
    """Where those who get it signed up, most of them first."""
    return _counted(newsletter.sign_ups.confirmed(), "place", Place)


def leavers_by_way(newsletter: Newsletter) -> list[tuple[str, int]]:
    return _counted(_leavers(newsletter), "leaving", Leaving)


def leavers_by_reason(newsletter: Newsletter) -> list[tuple[str, int]]:
    """Of those who said one."""
    return _counted(_leavers(newsletter).exclude(reason=""), "reason", Reason)


def words_of_leavers(newsletter: Newsletter, most: int = 20) -> list[str]:
    """What they wrote, the newest first."""
    said = _leavers(newsletter).exclude(words="").order_by("-left_at", "-pk")
    return list(said.values_list("words", flat=True)[:most])


def leavers_after(issue: Issue, within: timedelta = timedelta(days=3)) -> int:
    """How many left in the days after an issue, for whatever cause."""
    first = issue.cohorts.order_by("due_at").values_list("due_at", flat=True).first()
    if first is None:
        return 0
    return _leavers(issue.newsletter).filter(left_at__gte=first, left_at__lt=first + within).count()


def _leavers(newsletter: Newsletter) -> QuerySet[SignUp]:
    return newsletter.sign_ups.filter(state=SignUp.State.LEFT, confirmed_at__isnull=False)


def _counted(
    rows: QuerySet[SignUp], field: str, labels: type[Place] | type[Leaving] | type[Reason]
) -> list[tuple[str, int]]:
    counted: Iterable[tuple[str, int]] = rows.order_by().values_list(field).annotate(count=Count("pk"))
    return sorted(((str(labels(value).label), count) for value, count in counted), key=lambda row: -row[1])

"""Which of two subjects the rest gets: the one of which more was pressed, in total, by people."""

from django.db import transaction
from django.db.models import Min, Sum

from broadsheet.newsletters.letter.composing import compose
from broadsheet.newsletters.models import Issue, IssueCohort, Variant
from broadsheet.newsletters.numbers import clicks_by_variant
from broadsheet.platform import clock


def pressed_by_reader(issue: Issue) -> dict[str, float]:
    """Variant → clicks by people for each reader of the sample who got it."""
    clicks = clicks_by_variant(issue)
    cohorts = IssueCohort.objects.filter(issue=issue).exclude(variant="").order_by()
    readers = dict(cohorts.values_list("variant").annotate(Sum("readers")))
    return {
        variant.value: clicks.get(variant.value, 0) / (readers.get(variant.value) or 1) for variant in Variant
    }


def choose_subject(issue: Issue) -> bool:
    """Chooses once the rest is due; whether it was chosen just now. Of two alike, the first."""
    if not issue.subject_b or issue.winner:
        return False
    rest = issue.cohorts.filter(variant="").aggregate(first=Min("due_at"))["first"]
    if rest is None or rest > clock.now():
        return False
    pressed = pressed_by_reader(issue)
    winner = Variant.B if pressed[Variant.B] > pressed[Variant.A] else Variant.A
    with transaction.atomic():
        if not Issue.objects.filter(pk=issue.pk, winner="").update(winner=winner):
            return False
        issue.winner = winner
        if winner == Variant.B and (send := issue.send):
            for cohort in send.cohorts.called(""):
                cohort.replace(compose(issue).frozen())
    return True

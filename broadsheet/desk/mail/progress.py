from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from broadsheet.delivery.models import Recipient, Send

State = Recipient.State
STILL_TO_GO = (State.QUEUED, State.DEFERRED)
HANDED_OVER = (State.SUBMITTED, State.BOUNCED, State.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a send is, from the counts of its recipients by state."""

    counts: Mapping[str, int]

    @property
    def all(self) -> int:
        return sum(self.counts.values())

    @property
    def over(self) -> int:
        """Recipients with a final outcome, unknown ones included."""
        return self.all - sum(self.counts.get(state, 0) for state in STILL_TO_GO)

    @property
    def went(self) -> int:
        """Recipients whose message a server accepted, whatever came back later."""
        return sum(self.counts.get(state, 0) for state in HANDED_OVER)

    @property
    def by_state(self) -> list[tuple[State, int]]:
        """The states that have recipients, in the order of a message’s life."""
        return [(state, self.counts[state]) for state in State if state in self.counts]


def progress_of(sends: Iterable[Send]) -> dict[int, Progress]:
    """Progress by the send’s primary key, for all of them in one query."""
    counts: dict[int, dict[str, int]] = {send.pk: {} for send in sends}
    rows = Recipient.objects.filter(send__in=counts).order_by().values_list("send", "state")
    for pk, state, count in rows.annotate(count=Count("pk")):
        counts[pk][state] = count
    return {pk: Progress(by_state) for pk, by_state in counts.items()}

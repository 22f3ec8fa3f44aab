"""Two accounts become one: what either opened stays open, and gift links stay somebody's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from broadsheet.paywall.models import GiftLink, Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock

NOVEMBER = datetime(2026, 11, 12, 9, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)


def opened(reader: Person, article: UUID, days: int) -> None:
    until = NOVEMBER + timedelta(days=days)
    Grant.objects.create(reader=reader, article=article, period="2026-11", open_until=until)


def test_what_was_opened_and_given_away_goes_along(ada: Person, bruno: Person) -> None:
    with clock.moved_to(NOVEMBER):
        opened(ada, ONE, 20)
        opened(ada, OTHER, 5)
        opened(bruno, ONE, 3)
        link = GiftLink.objects.create(
            giver=ada, article=ONE, expires_at=NOVEMBER + timedelta(days=7), opens_allowed=3
        )
        ada.merge_into(bruno)
        link.refresh_from_db()
        assert link.giver == bruno
        ends = dict(Grant.objects.filter(reader=bruno).values_list("article", "open_until"))
        assert ends == {ONE: NOVEMBER + timedelta(days=20), OTHER: NOVEMBER + timedelta(days=5)}

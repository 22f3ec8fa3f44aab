"""The weekly issue that comes next: what is being arranged, and what is due to be made."""

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.desk.home.rows import Columns, Panel, Row, told
from broadsheet.editorial.zones import zone_of
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.edition_name import edition_name
from broadsheet.weekly.models import State, WeeklyIssue

OF_THEM = 5


class Weekly(Panel):
    """Drafts and what goes out by itself; where an edition had issues and a week has ended, the next one."""

    name = "weekly"
    heading = gettext_lazy("Weekly issues")
    order = 125
    columns = Columns(gettext_lazy("Issue"), gettext_lazy("Edition"), gettext_lazy("When"))
    more = gettext_lazy("All weekly issues")

    def address_of_more(self) -> str:
        return reverse("weekly:index")

    def rows(self) -> list[Row]:
        waiting = WeeklyIssue.objects.filter(state__in=[State.DRAFT, State.SCHEDULED])
        found = waiting.defer("numbers", "note").order_by("first_day", "pk")[:OF_THEM]
        return [*(self._row(issue) for issue in found), *self._to_make()]

    def _row(self, issue: WeeklyIssue) -> Row:
        return Row(
            issue.title,
            reverse("weekly:issue", args=[issue.pk]),
            who=edition_name(issue.edition),
            when=told(issue.publish_at, issue.zone) if issue.publish_at else "",
            status=_("held") if issue.is_overdue else str(issue.get_state_display()),
            is_urgent=issue.is_overdue,
        )

    def _to_make(self) -> list[Row]:
        """For editions that had issues: the next, once its days are over."""
        lasts = WeeklyIssue.objects.values("edition").annotate(day=Max("last_day")).order_by("edition")
        rows = []
        for last in lasts:
            edition = last["edition"]
            proposal = WeeklyIssue.objects.proposed(edition)
            if proposal.last_day < day_of(clock.now(), zone_of(edition)):
                rows.append(
                    Row(
                        _("Make No. %d") % proposal.number,
                        f"{reverse('weekly:make')}?edition={edition}",
                        who=edition_name(edition),
                        status=_("due"),
                    )
                )
        return rows

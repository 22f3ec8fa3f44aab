from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.contact.models import Conversation
from broadsheet.desk.home.rows import Columns, Panel, Row
from broadsheet.desk.templatetags.dates import from_now
from broadsheet.platform import clock

OF_THEM = 5


class Questions(Panel):
    """Who waits for an answer, the longest first."""

    name = "questions"
    heading = gettext_lazy("Questions from readers")
    order = 105
    columns = Columns(gettext_lazy("About"), gettext_lazy("From"), gettext_lazy("Asked"))
    none = gettext_lazy("Nobody waits for an answer.")
    more = gettext_lazy("All conversations")

    def summary(self) -> str:
        waiting = Conversation.objects.waiting().count()
        said = [ngettext("%d waits.", "%d wait.", waiting) % waiting] if waiting else []
        if median := Conversation.objects.median_time_to_answer():
            now = clock.now()
            length = timesince(now - median, now, depth=1)
            said.append(_("Half of all answers of the last 30 days came within %s.") % length)
        return " ".join(said)

    def address_of_more(self) -> str:
        return reverse("conversations:index")

    def rows(self) -> list[Row]:
        waiting = Conversation.objects.waiting().longest_waiting_first()
        return [
            Row(
                row.subject,
                reverse("conversations:record", args=[row.pk]),
                who=row.correspondent,
                when=from_now(row.waiting_since) if row.waiting_since else "",
            )
            for row in waiting[:OF_THEM]
        ]

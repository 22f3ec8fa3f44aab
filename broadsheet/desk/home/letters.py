from django.urls import reverse
from django.utils.translation import gettext_lazy

from broadsheet.desk.home.rows import Columns, Panel, Row
from broadsheet.desk.templatetags.dates import from_now
from broadsheet.editorial.models import LetterState, LetterToEditor

OF_THEM = 5


class Letters(Panel):
    """Letters to the editor that nobody has read yet, and those that can be published, the oldest first."""

    name = "letters"
    heading = gettext_lazy("Letters to the editor")
    order = 106
    columns = Columns(gettext_lazy("About"), gettext_lazy("From"), gettext_lazy("Written"))
    more = gettext_lazy("All letters")

    def address_of_more(self) -> str:
        return reverse("letters:index")

    def rows(self) -> list[Row]:
        waiting = LetterToEditor.objects.filter(state__in=(LetterState.NEW, LetterState.AGREED))
        found = waiting.select_related("article").defer("article__body").order_by("came_at", "pk")
        return [
            Row(
                row.article.title,
                reverse("letters:record", args=[row.pk]),
                who=row.name,
                when=from_now(row.came_at),
                status=str(row.get_state_display()),
            )
            for row in found[:OF_THEM]
        ]

"""How long letters are kept that were not published."""

from datetime import datetime, timedelta

from django.db.models import Q

from broadsheet.editorial.letters.writing import CONFIRM_WITHIN
from broadsheet.editorial.models import LetterState, LetterToEditor
from broadsheet.editorial.models.letters.state import IN_WORK
from broadsheet.platform.processes.scheduler import DAY, once_every

DECLINED_KEPT, WITHDRAWN_KEPT, UNUSED_KEPT = timedelta(days=180), timedelta(days=30), timedelta(days=365)
"""After a letter was declined or taken down, was withdrawn, and came without being published."""


@once_every(DAY, "editorial.letters")
def forget_letters(at: datetime) -> None:
    over = Q(state=LetterState.UNCONFIRMED, came_at__lt=at - CONFIRM_WITHIN)
    over |= Q(state__in=(LetterState.DECLINED, LetterState.TAKEN_DOWN), ended_at__lt=at - DECLINED_KEPT)
    over |= Q(state=LetterState.WITHDRAWN, ended_at__lt=at - WITHDRAWN_KEPT)
    over |= Q(state__in=(LetterState.NEW, *IN_WORK), came_at__lt=at - UNUSED_KEPT)
    LetterToEditor.objects.filter(over).delete()

"""Imports and exports that the desk began. What is under way is found again each minute."""

from datetime import datetime
from time import monotonic

from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from broadsheet.importers.carrying.carrying import Enough, carry_out
from broadsheet.importers.carrying.undoing import undo
from broadsheet.importers.exporting.making import begin
from broadsheet.importers.models import Export, Import
from broadsheet.importers.planning.plan import make_plan
from broadsheet.importers.turns import is_taken, turn

SECONDS = 55.0
"""So long at a time, and once a minute, so that other work of the worker has its turn."""


@task
def go_on_soon(pk: int) -> None:
    """Does the next part of an import; `tend` asks for the one after it."""
    moving = Import.objects.get(pk=pk)
    with turn(moving.turn) as is_ours:
        if not is_ours:
            return
        try:
            with translation.override(_language_of(moving)):
                go_on(moving, for_a_while())
        except Exception as error:
            # A fault of ours, which the log has: it would come again each minute. A database that is away
            # takes no note either, and so lets it go on later.
            moving.stop(_("A fault of Broadsheet stopped it: %s.") % type(error).__name__)
            raise


def _language_of(moving: Import) -> str:
    """Of whoever began it: what is found is kept in words, for them to read."""
    profile = UserProfile.objects.filter(user=moving.by_id).first()
    language: str = profile.get_preferred_language() if profile else translation.get_language()
    return language


def for_a_while() -> Enough:
    """From the first time that it is asked: reading up to where it stopped does not count."""
    began: list[float] = []

    def enough() -> bool:
        began.append(monotonic())
        return began[-1] - began[0] > SECONDS

    return enough


def go_on(moving: Import, enough: Enough) -> bool:
    """Whether all that was under way is done."""
    match moving.state:
        case Import.State.READING:
            return make_plan(moving)
        case Import.State.RUNNING:
            return carry_out(moving, enough=enough)
        case Import.State.UNDOING:
            return undo(moving, enough=enough)
    return True


def tend(at: datetime | None = None, **kwargs: object) -> None:
    for pk in Import.objects.under_way().filter(is_uploaded=True).values_list("pk", flat=True):
        go_on_soon.enqueue(pk)
    for export in Export.objects.under_way():
        if not is_taken(export.turn):
            begin(export)
    for moving in Import.objects.with_old_files():
        moving.delete_files()
    for export in Export.objects.with_old_files():
        export.delete_files()

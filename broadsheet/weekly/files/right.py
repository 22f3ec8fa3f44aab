"""Who may have an issue as a file: on the web, in a reading app, and by mail."""

from broadsheet.membership.models import Institution
from broadsheet.membership.models.own_feed import reads_everything
from broadsheet.people.models import Person


def may_have_files(person: Person | None, institution: Institution | None = None) -> bool:
    """Whoever reads everything by right now; `institution` is the one that lets this visitor in."""
    return institution is not None or (person is not None and reads_everything(person))

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import Column, StatusTagColumn

from broadsheet.delivery.addresses import is_forgotten, readable
from broadsheet.delivery.models import Recipient

GOOD = {Recipient.State.SUBMITTED}
BAD = {Recipient.State.BOUNCED, Recipient.State.COMPLAINED, Recipient.State.REFUSED, Recipient.State.UNKNOWN}


def shown_address(address: str) -> str:
    return _("erased account") if is_forgotten(address) else readable(address)


class AddressColumn(Column):
    def get_value(self, instance: Any) -> str:
        return shown_address(instance.address)


class WordsColumn(Column):
    """A server’s answer: long, and often without a space to break at."""

    cell_template_name = "desk/mail/cells/words.html"


class OutcomeColumn(StatusTagColumn):
    cell_template_name = "desk/mail/cells/outcome.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"tone": tone(instance.state)}


def tone(state: str) -> str:
    """The CSS class of Wagtail’s status tag for `state`."""
    if state in GOOD:
        return "w-status--primary"
    return "w-status--critical" if state in BAD else ""

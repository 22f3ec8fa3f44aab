from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import Column


class EditionColumn(Column):
    """The edition that a row is of; all of them where it names none."""

    def get_value(self, instance: Any) -> str:
        return instance.edition.full_name if instance.edition else _("All")

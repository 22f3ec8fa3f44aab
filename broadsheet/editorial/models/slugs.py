from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from broadsheet.platform.http.first_segments import first_segments


def refuse_taken(slug: str) -> None:
    """Raises ValidationError where a page straight below an edition can't have `slug`."""
    if slug in first_segments():
        raise ValidationError({"slug": _("The site itself uses this address. Choose another.")})

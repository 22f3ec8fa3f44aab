"""What is said of an audio version, and where it is to be had."""

from django.urls import reverse
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Article, Narration, Voice


def address_of(article: Article, narration: Narration) -> str:
    """The path, in the edition that is active. Another version has another one, so that none are mixed."""
    return reverse("listen", args=[article.uuid, narration.version, narration.ending])


def read_by(narration: Narration) -> str:
    if narration.voice == Voice.SYNTHETIC:
        said = _("Read by a synthetic voice.")
    elif narration.reader:
        said = _("Read by %s.") % narration.reader
    else:
        said = _("Read by a person.")
    if narration.is_outdated:
        return f"{said} {_('It was recorded before the article was last changed.')}"
    return said

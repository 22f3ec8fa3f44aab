"""The credit of a picture, as captions of other systems have it at their end."""

import re
from html import unescape

from django.utils.html import strip_tags

CREDIT = re.compile(
    r"(?:^|(?<=[\s(\[|.—–>]))[(\[|—–]?\s*"
    r"(?:(?:Photo|Photos|Photograph|Photography|Image|Picture|Illustration|Graphic|Foto|Fotos|Bild|Crédit|Credit|Credits)"
    r"(?:\s+credit|\s+courtesy)?\s*(?::|by\b|/|©|of\b)\s*(?!\s)|©\s*)"
    r"(?P<credit>[^<>]{2,160}?)[)\]]?\.?\s*$",
    re.IGNORECASE,
)


def with_credit(caption: str) -> tuple[str, str]:
    """A caption, as rich text, without the credit at its end; and that credit, which may be empty."""
    if found := CREDIT.search(caption):
        return caption[: found.start()].rstrip(" |—–(["), plain(found["credit"])
    return caption, ""


def plain(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())

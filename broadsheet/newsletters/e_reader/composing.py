"""The message that brings an issue to an e-reader. Few of them show it; an ordinary mailbox does."""

from django.utils import translation
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _

from broadsheet.delivery.message import Segments
from broadsheet.editorial.models import Edition, Publication
from broadsheet.identity.look import look
from broadsheet.newsletters.chosen.composing import Attached, message_of
from broadsheet.newsletters.e_reader.attaching import FILE
from broadsheet.newsletters.letter.contents import Accents, Contents
from broadsheet.newsletters.weekly.composing import subject_of
from broadsheet.platform.http.addresses import absolute
from broadsheet.weekly.epub.archive import MEDIA_TYPE
from broadsheet.weekly.models import WeeklyIssue


def compose(issue: WeeklyIssue, edition: Edition) -> Segments:
    tag = edition.locale.language_code
    publication = Publication.load()
    # Mail programs and e-readers take plain letters best.
    name = f"{slugify(publication.name) or 'issue'}-{issue.number}.epub"
    with translation.override(tag):
        shown = look(tag)
        contents = Contents(
            publication=publication.name,
            home=absolute(f"{edition.prefix}/"),
            newsletter=_("The weekly issue on your e-reader"),
            language=edition.language_tag,
            subject=subject_of(issue),
            dated=issue.title,
            note=format_html("<p>{}</p>", _("The issue is attached as an EPUB, for your e-reader.")),
            web=issue.url,
            postal_address=publication.postal_line,
            accents=Accents(shown.accent, shown.accent_dark),
            why=_("You get this because you entered this address on your account page."),
        )
        return message_of(
            contents,
            kind="e-reader",
            edition=tag,
            mailing=str(issue.number),
            leave="e_reader_leave",
            attached=Attached(FILE, MEDIA_TYPE, name),
        )

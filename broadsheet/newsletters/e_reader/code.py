"""The code that proves an e-reader's address: in a small book, since an e-reader shows nothing but books."""

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Edition, Publication
from broadsheet.people.letters import Letter, post_letter
from broadsheet.people.models import MailedCode
from broadsheet.weekly.epub.archive import MEDIA_TYPE
from broadsheet.weekly.epub.note import note


def post_code(mailed: MailedCode, edition: Edition) -> None:
    """Raises NotPosted."""
    tag = edition.locale.language_code
    name = Publication.load().name
    with translation.override(tag):
        # A shelf shows titles, so that the book need not be opened.
        title = _("%(code)s is your code for %(publication)s") % {"code": mailed.code, "publication": name}
        why = _("Enter this code on your account page, and each weekly issue comes to this e-reader.")
        lasts = _("The code works once, within three days.")
        ignore = _("If you did not ask for this, ignore it. Nothing else is sent without the code.")
        book = note(title, [why, lasts, ignore], language=edition.language_tag, publisher=name)
        letter = Letter(
            title,
            [why],
            [(_("Code"), mailed.code)],
            after=[lasts, ignore],
            attachments=[(f"{slugify(name) or 'code'}-{mailed.code}.epub", book, MEDIA_TYPE)],
            on_record=_("The code for an e-reader"),
        )
    post_letter(letter, mailed.email, tag)

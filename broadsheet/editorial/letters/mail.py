"""What the writer of a letter is told. Nothing of what they typed is in it before they have confirmed it."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.editorial.letters.links import address_of, printed_address
from broadsheet.editorial.letters.notice_kinds import LetterNotice
from broadsheet.editorial.models import LetterState, LetterToEditor
from broadsheet.editorial.zones import zone_of
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter, post_letter
from broadsheet.people.models import MailedCode
from broadsheet.platform.http.addresses import absolute


def register() -> None:
    writers = {
        LetterNotice.RECEIVED: received,
        LetterNotice.CHOSEN: chosen,
        LetterNotice.PROOF: proof,
        LetterNotice.PUBLISHED: published,
        LetterNotice.DECLINED: declined,
    }
    kinds.register({kind: _of_letter(write) for kind, write in writers.items()}, zone_of=zone_of)


def post_confirmation(letter: LetterToEditor, mailed: MailedCode) -> None:
    """To an address that anybody may have typed, so without a word of theirs. Raises NotPosted."""
    with translation.override(letter.edition):
        message = Letter(
            _("Please confirm your letter to the editor"),
            [
                _("Somebody wrote us a letter about “%s” and gave this address.") % letter.article.title,
                _("If it was you, confirm it. Our editors see the letter only then."),
            ],
            action=(_("Confirm"), absolute(reverse("confirm_letter", args=[mailed.token]))),
            after=[
                _("The link works for a week."),
                _("If it was not you, ignore this message. We will delete the letter."),
            ],
        )
    post_letter(message, letter.email, letter.edition)


def _of_letter(write: Callable[[LetterToEditor, Notice], Letter | None]) -> kinds.Writer:
    """The writer of a notice's letter; one that has been withdrawn meanwhile is not spoken of."""

    def written(notice: Notice) -> Letter | None:
        letter = LetterToEditor.objects.select_related("article").filter(pk=notice.about).first()
        if letter is None or letter.state == LetterState.WITHDRAWN:
            return None
        return write(letter, notice)

    return written


def received(letter: LetterToEditor, notice: Notice) -> Letter | None:
    return Letter(
        _("We have your letter to the editor"),
        [
            _("Thank you for writing about “%s”. An editor reads every letter.") % letter.article.title,
            _("We can publish only some. If we want to edit yours, we send you the text first."),
        ],
        action=(_("Look at your letter"), address_of(letter)),
        after=[_("By this link you can withdraw the letter at any time, also once it is published.")],
    )


def chosen(letter: LetterToEditor, notice: Notice) -> Letter | None:
    return Letter(
        _("We have chosen your letter"),
        [
            _("We would like to publish your letter about “%s”.") % letter.article.title,
            _("If we edit it, we send you the text first. Not a word is changed without your agreement."),
        ],
        action=(_("Look at your letter"), address_of(letter)),
    )


def proof(letter: LetterToEditor, notice: Notice) -> Letter | None:
    sent = letter.open_proof
    if sent is None or str(sent.pk) != notice.key:
        return None
    note = [_("The editor writes: %s") % " ".join(sent.note.split())] if sent.note else []
    return Letter(
        _("Your letter, edited: do you agree?"),
        [
            _("We have edited your letter about “%s”. We publish it this way only if you agree.")
            % letter.article.title,
            *note,
        ],
        action=(_("Read and answer"), address_of(letter)),
        after=[
            _("There you see each change. You can agree, ask for another change, or withdraw the letter.")
        ],
    )


def published(letter: LetterToEditor, notice: Notice) -> Letter | None:
    if letter.state != LetterState.PUBLISHED:
        return None
    return Letter(
        _("Your letter is published"),
        [_("Your letter about “%s” stands on our pages now. Thank you.") % letter.article.title],
        action=(_("Read it"), printed_address(letter)),
        after=[
            _("To have something corrected, or to withdraw it, use this link: %s") % address_of(letter),
        ],
    )


def declined(letter: LetterToEditor, notice: Notice) -> Letter | None:
    if letter.state != LetterState.DECLINED:
        return None
    return Letter(
        _("Your letter to the editor"),
        [
            _("Thank you for writing to us about “%s”.") % letter.article.title,
            _("We read it with interest, but could not find room for it this time."),
            _("We hope that you will write again."),
        ],
    )

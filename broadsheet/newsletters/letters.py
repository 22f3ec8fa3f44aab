"""Letters about newsletters: to confirm a sign-up, to prove a mailbox, to ask whether to go on."""

from collections.abc import Sequence

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.editorial.zones import zone_of
from broadsheet.newsletters.models import EReader, Mailbox, Newsletter
from broadsheet.newsletters.notice_kinds import MailboxNotice
from broadsheet.newsletters.reader_links import preferences_address
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter, post_letter
from broadsheet.people.models import MailedCode
from broadsheet.platform.http.addresses import absolute
from broadsheet.weekly.files.right import may_have_files
from broadsheet.weekly.models import WeeklyIssue


def post_confirmation(mailed: MailedCode, newsletters: Sequence[Newsletter], edition: str) -> None:
    """One message for all that was ticked, with a code and a link; raises NotPosted."""
    with translation.override(edition):
        names = ", ".join(newsletter.name for newsletter in newsletters)
        letter = Letter(
            _("%(code)s confirms your sign-up") % {"code": mailed.code},
            [
                _("This address was signed up to: %s.") % names,
                _("Enter the code on the page where you signed up, or confirm below."),
            ],
            [(_("Code"), mailed.code)],
            (_("Confirm"), _address("newsletter_confirm", mailed.token)),
            [
                _("The code and the link work once, within a week."),
                _("If you did not sign up, ignore this message. We will delete the address."),
            ],
        )
    post_letter(letter, mailed.email, edition)


def post_proof(mailed: MailedCode, edition: str) -> None:
    """To the mailbox that the newsletters go to, before its address is changed; raises NotPosted."""
    with translation.override(edition):
        letter = Letter(
            _("%(code)s is your code to change the address") % {"code": mailed.code},
            [_("Someone used a link to your newsletter preferences and asked to change the address.")],
            [(_("Code"), mailed.code)],
            (_("It was me"), _address("newsletter_confirm", mailed.token)),
            [_("If it was not you, ignore this message. The address stays as it is.")],
        )
    post_letter(letter, mailed.email, edition)


def post_new_address(mailed: MailedCode, edition: str) -> None:
    """To a mailbox that newsletters shall go to from now on; raises NotPosted."""
    with translation.override(edition):
        letter = Letter(
            _("%(code)s confirms your new address") % {"code": mailed.code},
            [_("Enter this code on the page where you changed the address for your newsletters.")],
            [(_("Code"), mailed.code)],
            after=[_("If you did not ask for this, ignore this message. Nothing changes without the code.")],
        )
    post_letter(letter, mailed.email, edition)


def whether_to_go_on(mailbox: Mailbox) -> Letter:
    return Letter(
        _("Do you still want our newsletters?"),
        [
            _("We have not seen you for a long time."),
            _("Press the button to tell us. If you do nothing, your newsletters pause in a month."),
        ],
        action=(_("Choose what you get"), preferences_address(mailbox)),
        after=[
            _("We only keep the month in which we last saw you. You can stop us keeping it."),
        ],
    )


def _address(name: str, token: str) -> str:
    return absolute(reverse(name, args=[token]))


def write_whether_to_go_on(notice: Notice) -> Letter | None:
    mailbox = Mailbox.objects.filter(pk=notice.about, erased_at=None).first()
    if mailbox is None or mailbox.asked_whether_to_go_on_at is None:
        return None
    return whether_to_go_on(mailbox)


def write_too_large(notice: Notice) -> Letter | None:
    """To the reader's own mailbox: to an e-reader, words are of no use."""
    e_reader = EReader.objects.exclude(address="").filter(pk=notice.about).first()
    issue = WeeklyIssue.objects.published().filter(pk=notice.key).first()
    if e_reader is None or issue is None or notice.person is None or not may_have_files(notice.person):
        return None
    return Letter(
        _("No. %(number)d is too large for your e-reader’s mail") % {"number": issue.number},
        [
            _("Mail servers do not take a file as large as this issue has become."),
            _("You can download it on its page and put it on your e-reader. The next one comes by mail."),
        ],
        action=(_("Download the issue"), f"{issue.url}#files"),
    )


def register() -> None:
    writers: dict[TextChoices, kinds.Writer] = {
        MailboxNotice.GO_ON: write_whether_to_go_on,
        MailboxNotice.TOO_LARGE: write_too_large,
    }
    kinds.register(writers, zone_of=zone_of)

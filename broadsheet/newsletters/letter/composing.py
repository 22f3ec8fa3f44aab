"""An issue as the message that the post room sends, with places for what differs between its readers."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from django.conf import settings

from broadsheet.delivery.message import Listing, Segments
from broadsheet.newsletters.letter.tokens import LEAVE, PREFERENCES, names_for
from broadsheet.newsletters.models.issue import Issue, Variant
from broadsheet.platform import clock


def compose(issue: Issue, variant: str = "") -> Segments:
    """`variant` says which of two subjects it bears; empty: the one that was chosen, or the only one."""
    newsletter = issue.newsletter
    message = EmailMessage()
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message["From"] = Address(newsletter.sender_name or name, addr_spec=newsletter.sender_email or address)
    if newsletter.reply_to:
        message["Reply-To"] = newsletter.reply_to
    is_other = (variant or issue.winner) == Variant.B
    message["Subject"] = " ".join((issue.subject_b if is_other else issue.subject).split())
    leave = f"{settings.PUBLIC_URL}/newsletters/leave/{{{{{LEAVE}}}}}/"
    Listing(newsletter.list_id, newsletter.name, leave).mark(message)
    lines = [issue.note, *(f"{item.headline or item}\n{item.standfirst}" for item in issue.shown_items)]
    lines.append(f"{settings.PUBLIC_URL}/newsletters/preferences/{{{{{PREFERENCES}}}}}/")
    message.set_content("\n\n".join(filter(None, lines)))
    return Segments.compile(message, names_for(issue), clock.now())

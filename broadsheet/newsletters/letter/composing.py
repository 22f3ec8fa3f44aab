"""An issue as the message that the post room sends, with places for what differs between its readers."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _

from broadsheet.delivery.message import Listing, Segments, place_of_token
from broadsheet.editorial.models import Picture, Publication
from broadsheet.identity.look import look
from broadsheet.newsletters.letter.blocks import body_of, with_links
from broadsheet.newsletters.letter.contents import Accents, Contents, Photo, Story
from broadsheet.newsletters.letter.entries import Entry, entries_of
from broadsheet.newsletters.letter.links import Counted, Direct
from broadsheet.newsletters.letter.photos import THUMB, WIDTH, photo_of
from broadsheet.newsletters.letter.rendering import Places, Rendered, render
from broadsheet.newsletters.letter.tokens import LEAVE, PREFERENCES, names_for, pass_to
from broadsheet.newsletters.models import Issue, Variant
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.editions import language_tag
from broadsheet.platform.title import title


def compose(issue: Issue, variant: str = "") -> Segments:
    """`variant` says which of two subjects it bears; empty: the one that was chosen, or the only one."""
    links = Counted(issue, variant)
    message = message_of(issue, letter_of(issue, variant, links))
    links.save()
    return Segments.compile(message, names_for(issue), clock.now())


def letter_of(issue: Issue, variant: str = "", links: Direct | None = None) -> Rendered:
    places = Places(_for_reader(issue, PREFERENCES), _for_reader(issue, LEAVE))
    with translation.override(issue.newsletter.edition):
        return render(contents_of(issue, variant, links or Direct()), places)


def message_of(issue: Issue, letter: Rendered) -> EmailMessage:
    newsletter = issue.newsletter
    message = EmailMessage()
    message["From"] = sender_of(issue)
    if newsletter.reply_to:
        message["Reply-To"] = newsletter.reply_to
    message["Subject"] = letter.subject
    feedback = f"{issue.pk}:{newsletter.slug}:{issue.kind}:broadsheet"
    Listing(newsletter.list_id, newsletter.name, _for_reader(issue, LEAVE), feedback).mark(message)
    # Two issues, or newsletters, with one subject are no conversation: Gmail goes by this.
    message["X-Entity-Ref-ID"] = f"issue-{issue.pk}"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def sender_of(issue: Issue) -> Address:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    newsletter = issue.newsletter
    return Address(newsletter.sender_name or title() or name, addr_spec=newsletter.sender_email or address)


def contents_of(issue: Issue, variant: str, links: Direct) -> Contents:
    """In the words of the language that is active."""
    newsletter = issue.newsletter
    publication = Publication.load()
    shown = look(newsletter.edition)
    is_other = (variant or issue.winner) == Variant.B
    note = linebreaks(urlize(issue.note, autoescape=True)) if issue.note.strip() else ""
    return Contents(
        publication=publication.name,
        home=absolute(f"{_prefix(newsletter.edition)}/"),
        newsletter=newsletter.name,
        language=language_tag(newsletter.edition),
        subject=issue.subject_b if is_other else issue.subject,
        preheader=issue.preheader,
        dated=dated(issue),
        note=with_links(note, links.through),
        signature=newsletter.written_by,
        stories=tuple(_story(entry, links) for entry in entries_of(issue)),
        body=body_of(issue.body, links.through),
        web=web_address(issue),
        postal_address=publication.postal_line,
        accents=Accents(shown.accent, shown.accent_dark),
        why=_("You get this letter because you signed up for %s.") % newsletter.name,
    )


def dated(issue: Issue) -> str:
    day = date_format(issue.send_on, "DATE_FORMAT") if issue.send_on else ""
    number = _("No. %d") % issue.number if issue.number else ""
    return " · ".join(filter(None, (day, number)))


def web_address(issue: Issue) -> str:
    """Absolute; empty for letters to new readers, which have no page."""
    if issue.kind == Issue.Kind.WELCOME:
        return ""
    slug = issue.newsletter.slug
    with translation.override(issue.newsletter.edition):
        if issue.number:
            return absolute(reverse("newsletter_issue", args=[slug, issue.number]))
        return absolute(reverse("newsletter", args=[slug]))


def _story(entry: Entry, links: Direct) -> Story:
    item = entry.item
    is_pass = bool(entry.article and item.issue.newsletter.opens_articles)
    return Story(
        headline=entry.headline,
        link=links.through(entry.address, entry.headline, item.article_uuid),
        standfirst=entry.standfirst,
        kicker=entry.kicker,
        source=entry.source,
        photo=_photo(entry.picture, is_lead=item.is_lead) if entry.picture else None,
        is_lead=item.is_lead,
        pass_token=pass_to(item) if is_pass else "",
    )


def _photo(picture: Picture, *, is_lead: bool) -> Photo:
    return photo_of(picture, "wide", width=WIDTH) if is_lead else photo_of(picture, "landscape", width=THUMB)


def _prefix(edition: str) -> str:
    prefix = settings.EDITIONS.get(edition, "")
    return f"/{prefix}" if prefix else ""


def _for_reader(issue: Issue, name: str) -> str:
    """The page of that name, with the place of the token that opens it."""
    return absolute(f"{_prefix(issue.newsletter.edition)}/newsletters/{name}/{place_of_token(name)}/")

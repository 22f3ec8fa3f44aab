"""The message of a letter that readers chose beside newsletters: what they follow, each weekly issue."""

from email.message import EmailMessage
from email.utils import parseaddr
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from broadsheet.delivery.letters import sender
from broadsheet.delivery.message import Listing, Segments, place_of_token
from broadsheet.newsletters.letter.contents import Contents
from broadsheet.newsletters.letter.rendering import Places, render
from broadsheet.newsletters.letter.tokens import LEAVE, PREFERENCES
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute


class Attached(NamedTuple):
    """A file of which each reader gets their own: the name of its token, what it is, and how it is called."""

    token: str
    media_type: str
    name: str


def message_of(
    contents: Contents, *, kind: str, edition: str, mailing: str, leave: str, attached: Attached | None = None
) -> Segments:
    """In the words of the language that is active. `mailing` tells this one from others of its `kind`, and
    `leave` is the route of the page that ends the letter."""
    leaving = _for_reader(leave, LEAVE)
    letter = render(contents, Places(_for_reader("newsletter_preferences", PREFERENCES), leaving))
    message = EmailMessage()
    message["From"], message["Subject"] = sender(), letter.subject
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    feedback = f"{mailing}:{kind}:{edition}:broadsheet"
    Listing(f"{kind}.{edition}.{domain}", contents.newsletter, leaving, feedback).mark(message)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    tokens = [PREFERENCES, LEAVE]
    if attached:
        main, _slash, sub = attached.media_type.partition("/")
        place = place_of_token(attached.token).encode()
        message.add_attachment(place, maintype=main, subtype=sub, filename=attached.name)
        tokens.append(attached.token)
    return Segments.compile(message, tokens, clock.now())


def _for_reader(route: str, token: str) -> str:
    return absolute(reverse(route, args=["TOKEN"]).replace("TOKEN", place_of_token(token)))

"""The letter of what is new, for all who get the same articles: headlines, standfirsts, pictures."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadsheet.delivery.message import Segments
from broadsheet.editorial.models import Article, Edition, Publication, attach_sections
from broadsheet.identity.look import look
from broadsheet.newsletters.chosen.composing import message_of
from broadsheet.newsletters.followed.new_pieces import sendable
from broadsheet.newsletters.letter.contents import Accents, Contents, Story
from broadsheet.newsletters.letter.entries import article_address
from broadsheet.newsletters.letter.photos import THUMB, WIDTH, photo_of
from broadsheet.platform.http.addresses import absolute

SHOWN = 12
"""Articles; how many there are besides, the letter says."""


def articles_of(edition: Edition, uuids: Sequence[UUID]) -> list[Article]:
    """Those of them that may be sent, in their order."""
    found = sendable(edition).filter(translation_key__in=uuids).for_headlines()
    by_uuid = {article.uuid: article for article in found}
    return attach_sections(by_uuid[uuid] for uuid in uuids if uuid in by_uuid)


def compose(edition: Edition, day: date, articles: Sequence[Article]) -> Segments:
    tag = edition.locale.language_code
    with translation.override(tag):
        contents = _contents(edition, tag, day, articles)
        return message_of(
            contents, kind="followed", edition=tag, mailing=f"{day:%Y-%m-%d}", leave="followed_letter_leave"
        )


def _contents(edition: Edition, tag: str, day: date, articles: Sequence[Article]) -> Contents:
    publication, shown = Publication.load(), look(tag)
    return Contents(
        publication=publication.name,
        home=absolute(f"{edition.prefix}/"),
        newsletter=_("What you follow"),
        language=edition.language_tag,
        subject=subject_of(articles),
        preheader=" · ".join(article.headline for article in articles[1:4]),
        dated=date_format(day, "DATE_FORMAT"),
        note=_more(len(articles) - SHOWN),
        stories=tuple(_story(article, is_lead=not place) for place, article in enumerate(articles[:SHOWN])),
        postal_address=publication.postal_line,
        accents=Accents(shown.accent, shown.accent_dark),
        why=_("You get this letter because you chose it on the page of what you follow."),
    )


def subject_of(articles: Sequence[Article]) -> str:
    first, others = articles[0].headline, len(articles) - 1
    if not others:
        return first
    said = ngettext("%(headline)s, and %(n)d more", "%(headline)s, and %(n)d more", others)
    return said % {"headline": first, "n": others}


def _more(count: int) -> str:
    if count <= 0:
        return ""
    said = ngettext(
        'There is %(n)d more article: <a href="%(address)s">all on your page</a>.',
        'There are %(n)d more articles: <a href="%(address)s">all on your page</a>.',
        count,
    )
    return f"<p>{said % {'n': count, 'address': absolute(reverse('following'))}}</p>"


def _story(article: Article, *, is_lead: bool) -> Story:
    picture = article.picture
    shape, width = ("wide", WIDTH) if is_lead else ("landscape", THUMB)
    return Story(
        headline=article.headline,
        link=article_address(article),
        standfirst=article.standfirst,
        kicker=article.kicker or article.section.title,
        photo=photo_of(picture, shape, width=width) if picture else None,
        is_lead=is_lead,
    )

"""The letter of a weekly issue, the same for all: cover, contents, and where to read it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from broadsheet.delivery.message import Segments
from broadsheet.editorial.models import Article, Edition, Publication
from broadsheet.identity.look import look
from broadsheet.newsletters.chosen.composing import message_of
from broadsheet.newsletters.followed.composing import articles_of
from broadsheet.newsletters.letter.contents import Accents, Story
from broadsheet.newsletters.letter.contents import Contents as LetterContents
from broadsheet.newsletters.letter.entries import article_address
from broadsheet.newsletters.letter.photos import WIDTH, photo_of
from broadsheet.platform.http.addresses import absolute
from broadsheet.weekly.contents import Contents
from broadsheet.weekly.files import makers
from broadsheet.weekly.models import WeeklyIssue


def articles_in(issue: WeeklyIssue, edition: Edition) -> list[Article]:
    """Those that may be sent, in the issue's order."""
    return articles_of(edition, list(issue.items.values_list("article_uuid", flat=True)))


def compose(issue: WeeklyIssue, edition: Edition, articles: Sequence[Article]) -> Segments:
    tag = edition.locale.language_code
    with translation.override(tag):
        contents = _contents(issue, edition, articles)
        return message_of(
            contents, kind="weekly", edition=tag, mailing=str(issue.number), leave="weekly_letter_leave"
        )


def subject_of(issue: WeeklyIssue) -> str:
    if not issue.lines:
        return issue.title
    return _("%(line)s (No. %(number)d)") % {"line": issue.lines[0], "number": issue.number}


def _contents(issue: WeeklyIssue, edition: Edition, articles: Sequence[Article]) -> LetterContents:
    publication, shown = Publication.load(), look(edition.locale.language_code)
    return LetterContents(
        publication=publication.name,
        home=absolute(f"{edition.prefix}/"),
        newsletter=_("The weekly issue"),
        language=edition.language_tag,
        subject=subject_of(issue),
        preheader=" · ".join(issue.lines[1:]),
        dated=issue.title,
        note=_ways(issue),
        stories=(_cover(issue), *_stories(issue, articles)),
        web=issue.url,
        postal_address=publication.postal_line,
        accents=Accents(shown.accent, shown.accent_dark),
        why=_("You get this letter because you chose it on your account page."),
    )


def _ways(issue: WeeklyIssue) -> str:
    """Where to read it. Whoever opens a file's address signs in there, if they are not."""
    web = format_html('<p><a href="{}">{}</a></p>', issue.url, _("Read the issue on the web"))
    files = [(address, maker.name) for address, maker in _files(issue)]
    if not files:
        return web
    links = format_html_join(" · ", '<a href="{}">{}</a>', files)
    return web + format_html("<p>{}</p>", format_html(_("Or take it with you: {}"), links))


def _files(issue: WeeklyIssue) -> Iterable[tuple[str, makers.Maker]]:
    there = set(issue.files.there().values_list("kind", flat=True))
    for kind in makers.kinds():
        maker = makers.maker_of(kind)
        if maker and kind in there:
            yield absolute(reverse("issue_download", args=[issue.number, kind])), maker


def _cover(issue: WeeklyIssue) -> Story:
    lines = issue.lines
    return Story(
        headline=lines[0] if lines else issue.title,
        link=issue.url,
        standfirst=" · ".join(lines[1:]),
        kicker=_("On the cover"),
        photo=photo_of(issue.cover, "wide", width=WIDTH) if issue.cover else None,
        is_lead=True,
    )


def _stories(issue: WeeklyIssue, articles: Sequence[Article]) -> Iterable[Story]:
    names: dict[UUID, str] = dict(issue.items.values_list("article_uuid", "department__name"))
    # Whoever begins in the middle goes on within the issue.
    within = {one.article.uuid: absolute(one.address) for one in Contents(issue).listed}
    before = ""
    for article in articles:
        name = names.get(article.uuid, "")
        yield Story(
            headline=article.headline,
            link=within.get(article.uuid) or article_address(article),
            kicker=name if name != before else "",
        )
        before = name

"""The page on which a letter is written, and the link by which its writer proves their address.

The page under the article that leads here is the same for all. This one is each visitor's own.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.letters.form import LetterForm
from broadsheet.editorial.letters.links import path_to
from broadsheet.editorial.letters.mail import post_confirmation
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article, LetterState, LetterToEditor, Publication
from broadsheet.people import limits, ratelimit
from broadsheet.people.current import reader_of
from broadsheet.people.letters import NotPosted
from broadsheet.people.models import CodeRefused, MailedCode, Purpose
from broadsheet.people.pages.codes import NOT_POSTED
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import confidential, out_of_sight
from broadsheet.platform.locking import in_turn

CONFIRM_WITHIN = timedelta(days=7)
TOO_MANY = _(
    "We have received too many letters in a short time. Please wait a few minutes and send yours again."
)


class NotTaken(Exception):
    """The letter was not taken; `reason` says why in a sentence, `status` is the answer's."""

    def __init__(self, reason: str | Promise, status: HTTPStatus) -> None:
        super().__init__(reason)
        self.reason = str(reason)
        self.status = status


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def write(request: HttpRequest, uuid: str) -> HttpResponse:
    """What it answers is the same for any address."""
    article = _article(request, uuid)
    person = reader_of(request)
    publication = Publication.load(request_or_site=request)
    if request.method != "POST":
        initial = {"email": person.email, "name": person.get_full_name()} if person else {}
        form = LetterForm(publication=publication.name, person=person, initial=initial)
        return _page(request, article, form, HTTPStatus.OK)
    form = LetterForm(request.POST, publication=publication.name, person=person)
    if not form.is_valid():
        return _page(request, article, form, HTTPStatus.BAD_REQUEST)
    try:
        letter = _take(request, article, form)
    except NotTaken as failure:
        form.add_error(None, failure.reason)
        return _page(request, article, form, failure.status)
    return out_of_sight(see_other(path_to(letter) if form.proves_itself else "letter_sent"))


def _article(request: HttpRequest, uuid: str) -> Article:
    """Raises Http404 where nobody can write about it in this edition."""
    edition, article = edition_of(request), find_article(uuid)
    if article is None or article.locale_id != edition.locale_id:
        raise Http404
    if not edition.takes_letters or article.closed_to_letters:
        raise Http404
    return article


def _page(request: HttpRequest, article: Article, form: LetterForm, status: HTTPStatus) -> HttpResponse:
    context = {"form": form, "article": article, "article_address": article.get_url(request)}
    return out_of_sight(render(request, "editorial/letters/write.html", context, status=status))


def _take(request: HttpRequest, article: Article, form: LetterForm) -> LetterToEditor:
    """Keeps the letter, once however often the button is pressed. Raises NotTaken."""
    if not _may_write(request):
        raise NotTaken(TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS)
    written = form.cleaned_data
    with in_turn("letter", article.pk, written["email"]):
        letter = _same(article, written) or LetterToEditor(article=article, edition=get_language() or "")
        if letter.state != LetterState.UNCONFIRMED:
            return letter
        for name in ("name", "place", "naming", "interest", "email", "text"):
            setattr(letter, name, written[name])
        letter.consent = form.words
        if form.proves_itself:
            letter.person = form.person
            letter.save()
            letter.confirm()
        else:
            _ask_to_confirm(request, letter)
    return letter


def _same(article: Article, written: dict[str, Any]) -> LetterToEditor | None:
    sent: LetterToEditor | None = LetterToEditor.objects.filter(
        article=article, email=written["email"], text=written["text"]
    ).first()
    return sent


def _may_write(request: HttpRequest) -> bool:
    """Counts one letter; False where a limit is reached."""
    return ratelimit.consume(request, action="letter_by_address") and ratelimit.consume(
        request, action="letter_by_network", key=limits.subnet_of(request)
    )


def _ask_to_confirm(request: HttpRequest, letter: LetterToEditor) -> None:
    """Raises NotTaken."""
    may_ask = limits.may_ask_for_mail(request) and limits.may_send_to(request, Purpose.LETTER, letter.email)
    if not may_ask:
        raise NotTaken(limits.TOO_MANY_LETTERS, HTTPStatus.TOO_MANY_REQUESTS)
    letter.mailed = MailedCode.objects.issue(
        Purpose.LETTER, letter.email, replaces=letter.mailed, lifetime=CONFIRM_WITHIN
    )
    letter.save()
    try:
        post_confirmation(letter, letter.mailed)
    except NotPosted as error:
        raise NotTaken(NOT_POSTED, HTTPStatus.SERVICE_UNAVAILABLE) from error


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return out_of_sight(render(request, "editorial/letters/sent.html"))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the message. Only its button sends the letter: mail scanners open links, too."""
    mailed = MailedCode.objects.with_token(token)
    letter = _letter_of(mailed) if mailed else None
    if mailed is None or letter is None:
        return _refused(request)
    if letter.state != LetterState.UNCONFIRMED:
        return confidential(see_other(path_to(letter)))
    try:
        if request.method == "POST":
            with transaction.atomic():
                mailed.redeem_link()
                letter.confirm()
            return confidential(see_other(path_to(letter)))
        mailed.require_live()
    except CodeRefused:
        return _refused(request)
    return confidential(render(request, "editorial/letters/confirm.html", {"letter": letter}))


def _letter_of(mailed: MailedCode) -> LetterToEditor | None:
    rows = LetterToEditor.objects.select_related("article")
    found: LetterToEditor | None = rows.filter(mailed=mailed).first()
    return found


def _refused(request: HttpRequest) -> HttpResponse:
    return confidential(render(request, "editorial/letters/refused.html", status=HTTPStatus.BAD_REQUEST))

"""The form by which a visitor writes to the publication. It stands on a standing page that says so.

That page is the same bytes for all, like every page of its kind, so the form holds no token and is posted
to an address of its own.
"""

import logging
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPException
from typing import Any

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.contact.fields import ArticleField, uuid_in
from broadsheet.contact.limits import may_write_to_us
from broadsheet.contact.models import Conversation, Topic
from broadsheet.contact.models.conversation import State
from broadsheet.contact.models.message import Kind, Message
from broadsheet.delivery.address_fields import EmailField
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Publication, StandingPage
from broadsheet.people.current import reader_of
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other, with_query
from broadsheet.platform.http.robots import unlisted
from broadsheet.platform.locking import in_turn
from broadsheet.platform.strangers_form import MessageField, StrangersForm

logger = logging.getLogger(__name__)

SAME_WITHIN = timedelta(hours=1)
"""The same words within this time are a second click or a reloaded page."""

TOO_MANY = _(
    "We have received too many messages in a short time. Please wait a few minutes and send yours again."
)
NOT_POSTED = _("We could not send your message. Please try again in a minute.")


class ContactForm(StrangersForm):
    article = ArticleField(required=False)
    email = EmailField(
        label=_("Your e-mail address"), help_text=_("We reply to it, and use it for nothing else.")
    )
    topic = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose one")), *Topic.choices],
        error_messages={"required": _("Choose what it is about.")},
    )
    message = MessageField(label=_("Your message"), widget=forms.Textarea(attrs={"rows": 9}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "letter-%s")
        super().__init__(*args, **kwargs)


def blank_form(request: HttpRequest) -> ContactForm:
    """The form as a page shows it first. Only what asks for a private page fills in an address."""
    reader, article = reader_of(request), uuid_in(request.GET.get("article", ""))
    initial = {"email": reader.email if reader else "", "article": article}
    # Whoever comes from a wall looks for their subscription.
    return ContactForm(initial=initial | ({"topic": Topic.SUBSCRIPTION} if article else {}))


def _page_with_form(request: HttpRequest, page_id: int) -> StandingPage:
    edition = edition_of(request)
    page = next((page for page in edition.standing_pages if page.pk == page_id), None)
    if page is None or not page.has_contact_form:
        raise Http404
    return page


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def write(request: HttpRequest, page_id: int) -> HttpResponse:
    page = _page_with_form(request, page_id)
    publication = Publication.load(request_or_site=request)
    if request.method != "POST" or not publication.contact_email:
        return for_nobody_else(redirect(with_query(page.get_url(request), request)))
    form = ContactForm(request.POST)
    status = HTTPStatus.BAD_REQUEST
    if form.is_valid():
        status = _send(request, form, publication.contact_email)
    if status == HTTPStatus.SEE_OTHER:
        return for_nobody_else(see_other(reverse("written", args=[page.pk])))
    return _answer(request, page, status, contact_form=form)


@require_safe
def written(request: HttpRequest, page_id: int) -> HttpResponse:
    return _answer(request, _page_with_form(request, page_id), HTTPStatus.OK, is_written=True)


def _answer(request: HttpRequest, page: StandingPage, status: HTTPStatus, **more: Any) -> HttpResponse:
    context = page.get_context(request) | {"signed_in": reader_of(request) is not None} | more
    response = render(request, "contact/letter.html", context, status=status)
    return for_nobody_else(unlisted(response))


def _send(request: HttpRequest, form: ContactForm, to: str) -> HTTPStatus:
    """Posts the letter. Else the form says why it was not."""
    if not may_write_to_us(request):
        form.add_error(None, TOO_MANY)
        return HTTPStatus.TOO_MANY_REQUESTS
    try:
        with in_turn("contact", form.cleaned_data["email"]):
            if not _is_there(form.cleaned_data):
                _take_down(request, form.cleaned_data, to)
    except (SMTPException, OSError) as error:
        logger.error("A letter to the publication could not be posted: %s", error)
        form.add_error(None, NOT_POSTED)
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.SEE_OTHER


def _is_there(written: dict[str, Any]) -> bool:
    """Whether the same was sent just now."""
    recent = Message.objects.filter(kind=Kind.RECEIVED, at__gte=clock.now() - SAME_WITHIN)
    same = recent.filter(email=written["email"], text=without_forbidden(written["message"]))
    return same.filter(conversation__topic=written["topic"]).exists()


def _take_down(request: HttpRequest, written: dict[str, Any], to: str) -> None:
    """Begins the conversation, and mails it where the contact address is a mailbox that people look into."""
    now = clock.now()
    conversation = Conversation(
        subject=str(Topic(written["topic"]).label),
        topic=written["topic"],
        email=written["email"],
        edition=get_language() or "",
        article=written["article"],
        state=State.WAITING,
        waiting_since=now,
    )
    conversation.save()
    conversation.receive(written["message"], email=written["email"], at=now)
    if not settings.CONTACT_ADDRESS:
        _letter(request, conversation, written, to).send()


def _letter(
    request: HttpRequest, conversation: Conversation, written: dict[str, Any], to: str
) -> EmailMessage:
    article = find_article(str(written["article"])) if written["article"] else None
    context = {
        "message": written["message"],
        "email": written["email"],
        "article": article,
        "article_address": absolute(article.get_url(request)) if article else "",
        "edition": edition_of(request),
        "conversation": conversation,
    }
    topic = Topic(written["topic"]).label
    body = render_to_string("contact/letter.txt", context, request=request)
    return EmailMessage(gettext("Contact form: %s") % topic, body, to=[to], reply_to=[written["email"]])

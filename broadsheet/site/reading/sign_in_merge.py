"""Sign-in and sign-out: what a stranger opened or put aside comes along, and does not stay behind."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.account.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation

from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Article
from broadsheet.library import cookie as library_cookie
from broadsheet.library.following.on_the_way import follow_at
from broadsheet.library.models import ListFull, SavedArticle
from broadsheet.library.saving import SAVED
from broadsheet.membership.admission import forget_admission
from broadsheet.membership.cookies import forget_entitlement_cookie, forget_passes
from broadsheet.paywall.access import ruling
from broadsheet.paywall.cookies import forget, forget_gifts, forget_reader, set_count
from broadsheet.paywall.models import merge, spend
from broadsheet.paywall.verdict import Reason
from broadsheet.people.models import MailedCode, Person
from broadsheet.people.signals import mailbox_proven
from broadsheet.platform.http.editions import edition_of_path
from broadsheet.site.reading.case import count_decision, rights_of
from broadsheet.site.reading.pages import page_at
from broadsheet.site.reading.visit import Visit
from broadsheet.site.weekly.offline import cookie as offline_cookie


@receiver(user_logged_in)
def bring_along(
    request: HttpRequest, user: Person, response: HttpResponse | None = None, **kwargs: Any
) -> None:
    """Merges the browser's grants into the account, and opens the article that the reader came from.

    Signing in was a post that the reader made to go on reading, so it may spend: the article they land
    in stands open, with or without script.
    """
    if response:
        # Whoever sat here before may have left without signing out.
        forget_entitlement_cookie(response)
        forget_reader(response)
        if offline_cookie.is_kept_for_others(request.COOKIES, offline_cookie.holder_of(user)):
            offline_cookie.let_go(response, request.COOKIES)
    landing = response.headers.get("Location", "") if response else ""
    article = _article_at(request, landing)
    # One may sign in on one edition's page and go on to the other's; the allowance is that of where it leads.
    tag = article.locale.language_code if article else edition_of_path(urlsplit(landing).path)
    with translation.override(tag):
        visit = Visit(request, person=user)
    meter_rules = visit.meter_rules
    merge(user, visit.grants, meter_rules)
    is_put_aside = article is not None and _is_to_be_saved(landing)
    if article and is_put_aside:
        _save(user, article)
    follow_at(landing, user)
    if response:
        library_cookie.tell(response, user)
    # What is put aside for later takes nothing of the allowance.
    if response is None or article is None or is_put_aside:
        return
    access = ruling(article).access
    verdict, _ = spend(user, article.uuid, access, rights_of(visit, article, access), meter_rules)
    if verdict.reason == Reason.METER:
        count_decision(visit, article, verdict.reason, meter_rules.variant)
    if verdict.is_counted:
        set_count(response, verdict, meter_rules.period)


@receiver(mailbox_proven)
def save_on_the_way(request: HttpRequest, mailed: MailedCode, person: Person, **kwargs: Any) -> None:
    """Who has signed in meanwhile, in another tab, does not sign in once more."""
    if request.user != person:
        return
    follow_at(mailed.next_path, person)
    if not _is_to_be_saved(mailed.next_path):
        return
    if article := _article_at(request, mailed.next_path):
        _save(person, article)


def _is_to_be_saved(landing: str) -> bool:
    return urlsplit(landing).fragment == SAVED


def _save(reader: Person, article: Article) -> None:
    with suppress(ListFull):  # the button says so, once they press it again
        SavedArticle.objects.add(reader, article)


def _article_at(request: HttpRequest, address: str) -> Article | None:
    path = urlsplit(address).path
    with translation.override(edition_of_path(path)):
        try:
            match = resolve(path)
            if match.url_name == "read":
                return find_article(match.kwargs["uuid"])
            if match.url_name == "weekly_article":
                found = page_at(request, f"{match.kwargs['section']}/{match.kwargs['slug']}/")
            else:
                found = page_at(request, match.args[0]) if match.url_name == "wagtail_serve" else None
        except Http404:  # of the address, or of an edition that isn't published
            return None
    article = found.specific if found and found.live else None
    return article if isinstance(article, Article) else None


@receiver(user_logged_out)
def mark_signed_out(request: HttpRequest, **kwargs: Any) -> None:
    request.leaves_shared_computer = True  # type: ignore[attr-defined]


class SignOutMiddleware:
    """Ends a stranger's cookies at sign-out, so that the next person at a shared computer starts anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "leaves_shared_computer", False):
            forget(response, request.COOKIES)
            forget_gifts(response, request.COOKIES)
            forget_passes(response, request.COOKIES)
            forget_entitlement_cookie(response)
            forget_reader(response)
            forget_admission(response)
            library_cookie.forget(response)
            offline_cookie.let_go(response, request.COOKIES)
        return response

"""What this room leaves in a reader's browser, and takes from it at sign-out."""

from collections.abc import Mapping

from django.http import HttpResponse

from broadsheet.membership.entitlement_cookie import COOKIE, EntitlementCookie, entitlement_cookie_in
from broadsheet.membership.models import Entitlement
from broadsheet.membership.passes import COOKIE_NAME, COOKIE_PREFIX, Pass
from broadsheet.membership.revocations import honoured
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import set_signed_cookie, signing_keys


def is_subscribers_cookie(cookies: Mapping[str, str]) -> bool:
    """Whether the entitlement cookie among `cookies` says that this is a subscriber, without the database."""
    cookie = entitlement_cookie_in(cookies, signing_keys())
    return cookie is not None and honoured(cookie, clock.now(), database_is_away=False)


def renew_entitlement_cookie(response: HttpResponse, person: Person) -> None:
    """Lets `person`, if they may read without limit, be known by their cookie for the next minutes."""
    if cookie := Entitlement.objects.cookie_for(person, clock.now()):
        set_entitlement_cookie(response, cookie)


def set_entitlement_cookie(response: HttpResponse, cookie: EntitlementCookie) -> None:
    life = cookie.stale_until - clock.now()
    set_signed_cookie(response, COOKIE, cookie.sign(signing_keys()), life)


def forget_entitlement_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def set_pass(response: HttpResponse, found: Pass) -> None:
    """Leaves the pass in the browser until it ends: the token itself, for its own article."""
    name, life = f"{COOKIE_PREFIX}{found.article.hex}", found.expires_at - clock.now()
    set_signed_cookie(response, name, found.token, life)


def forget_passes(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    for name in cookies:
        if COOKIE_NAME.fullmatch(name):
            response.delete_cookie(name, samesite="Lax")

"""What this room itself shows on the account page and puts into the export."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from broadsheet.people.account import register_export
from broadsheet.people.current import person_of
from broadsheet.people.devices import device_words
from broadsheet.people.models import Person
from broadsheet.people.second_factor import has_second_factor
from broadsheet.platform.slots import fill


def register() -> None:
    fill("masthead.strip", 40, "people/slots/account_link.html")
    fill("colophon.links", 40, "people/slots/colophon_link.html")
    fill("error.for_others", 10, "people/slots/other_account.html")
    fill("account", 10, "people/account/who.html", _who)
    fill("account", 30, "people/account/ways.html", _ways)
    fill("account", 50, "people/account/sessions.html", _sessions)
    fill("account", 90, "people/account/data.html")
    register_export("account", _account)
    register_export("sessions", _sessions_of)
    register_export("second_factors", _second_factors)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"person": person_of(request)}


def _ways(request: HttpRequest) -> dict[str, Any]:
    authenticators = list(Authenticator.objects.filter(user=person_of(request)).order_by("created_at"))
    kinds = {authenticator.type for authenticator in authenticators}
    return {
        "has_password": person_of(request).has_usable_password(),
        "passkeys": [a for a in authenticators if a.type == Authenticator.Type.WEBAUTHN],
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_second_factor": has_second_factor(person_of(request)),
        "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
    }


def _sessions(request: HttpRequest) -> dict[str, Any]:
    sessions = UserSession.objects.purge_and_list(person_of(request))
    sessions.sort(key=lambda session: session.last_seen_at, reverse=True)
    current = request.session.session_key
    return {
        "sessions": [
            {
                "pk": session.pk,
                "device": device_words(session.user_agent),
                "ip": session.ip,
                "signed_in": session.created_at,
                "last_seen": session.last_seen_at,
                "is_this": session.session_key == current,
            }
            for session in sessions
        ]
    }


def _account(person: Person) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.get_full_name(),
        "registered": person.date_joined,
        "last_sign_in": person.last_login,
        "has_password": person.has_usable_password(),
        "roles": sorted(person.groups.values_list("name", flat=True)),
    }


def _sessions_of(person: Person) -> list[dict[str, Any]]:
    fields = ("created_at", "last_seen_at", "ip", "user_agent")
    return list(UserSession.objects.filter(user=person).order_by("created_at", "pk").values(*fields))


def _second_factors(person: Person) -> list[dict[str, Any]]:
    fields = ("type", "created_at", "last_used_at")
    return list(Authenticator.objects.filter(user=person).order_by("created_at", "pk").values(*fields))

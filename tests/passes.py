"""Newsletter passes, under the keys and the clock of the moment."""

from typing import Any
from uuid import UUID

from broadsheet.membership import passes
from broadsheet.membership.passes import Pass
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys


def issue(article: UUID, recipient: str, *, person: Person | None = None, **options: Any) -> str:
    person_id = person.pk if person else None
    return passes.issue(article, recipient, signing_keys(), clock.now(), person_id=person_id, **options)


def read(token: str) -> Pass:
    return passes.read(token, signing_keys(), clock.now())


def pass_in(cookies: dict[str, str], article: UUID) -> Pass | None:
    return passes.pass_in(cookies, article, signing_keys(), clock.now())

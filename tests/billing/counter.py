"""How the tests stand at the counter: what a page says, and its form as a browser would send it."""

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from broadsheet.people.models import Person

DOCUMENT = {"Sec-Fetch-Site": "same-origin"}


def browser(person: Person | None = None) -> Client:
    client = Client(headers=DOCUMENT)
    if person:
        client.force_login(person)
    return client


def words_of(response: Any) -> str:
    """What somebody reads of the page's own part, with blanks for its tags."""
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def filled_in(page: Any, **changes: str) -> dict[str, str]:
    """The fields of the page's form, as it came, with `changes` typed into it."""
    form = page.context["form"]
    came = {field.name: str(field.value() or "") for field in form}
    return came | changes


def order(client: Client, path: str, /, **changes: str) -> HttpResponse:
    """Opens the form at `path`, fills it in and sends it."""
    page = client.get(path)
    fields = filled_in(page, **({"name": "Ada Brandt"} | changes))
    return client.post(page.context["here"], fields)  # type: ignore[return-value]

"""Following by whoever has to sign in first: they come back to an address that says so."""

from contextlib import suppress
from urllib.parse import urlsplit

from django.http import Http404
from django.urls import resolve

from broadsheet.editorial.models import Author, Topic
from broadsheet.library.models.follow import Follow, Followed, TooMany
from broadsheet.people.models import Person

FOLLOWED = "followed"
"""The fragment of a follow page's address at which one lands who pressed “Follow” before signing in."""


def follow_at(landing: str, reader: Person) -> None:
    """Follows what the page at `landing` is about, if they were on the way there for that."""
    if urlsplit(landing).fragment != FOLLOWED or not (what := _named_by(urlsplit(landing).path)):
        return
    with suppress(TooMany):  # the page says so, once they press its button
        Follow.objects.add(reader, what)


def _named_by(path: str) -> Followed | None:
    try:
        match = resolve(path)
    except Http404:
        return None
    if match.url_name == "follow_topic":
        return Topic.objects.filter(slug=match.kwargs["slug"]).first()
    if match.url_name == "follow_author":
        return Author.objects.filter(slug=match.kwargs["slug"]).first()
    return None

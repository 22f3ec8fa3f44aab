"""Makes of an answer a page that can be kept, for the front's readers and for when the database is away."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from broadsheet.edge.store.memory import MemoryStore
from broadsheet.edge.store.page import Facts, StoredPage, compressed, digest_of
from broadsheet.edge.tags import ADDRESSES, lists_tag
from broadsheet.paywall.verdict import Reason
from broadsheet.platform import clock
from broadsheet.platform.generations import ALL, Made, made_of
from broadsheet.platform.http.caching import is_cookieless
from broadsheet.platform.http.rendition import PUBLIC, Audience, Rendition, wanted
from broadsheet.platform.invalidation import known

ARTICLE_SECONDS = 600.0
"""After which an article is rendered anew: it shows what is newest in its section."""
MISSING_SECONDS = 10.0
"""For which an answer stands that there is no such page, unless a page is published meanwhile."""
WHOLE = Rendition.of(Audience.SUBSCRIBER, is_full=True)
SLOT = (b"<broadsheet-slot", b"</broadsheet-slot>")
MISSING = {301, 308, 404, 410}
OF_THE_REQUEST = {
    *("broadsheet-verdict", "broadsheet-rendition", "cache-control", "content-encoding", "content-length"),
    *("date", "etag", "server-timing", "vary"),
}
"""Headers that are written anew for whoever asks."""
SHARED_SECONDS = re.compile(r"s-maxage=(\d+)")

store = MemoryStore(settings.STANDBY_MEGABYTES * 1024 * 1024)
"""What this process served last."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a view says of the page that it made."""

    tags: Iterable[str]
    facts: Facts | None
    until: datetime | None


def begin(request: HttpRequest) -> None:
    """Remembers which generation it is before anything of the page is read."""
    request.generations = known.generations.now  # type: ignore[attr-defined]


def keep(
    request: HttpRequest,
    response: HttpResponse,
    *tags: str,
    facts: Facts | None = None,
    rest: Callable[[], str] | None = None,
    until: Callable[[], datetime | None] = lambda: None,
) -> None:
    """Keeps a page that is made of what `tags` name.

    With `rest`, which a subscriber reads in place of its slot, their page is kept too. `until` says when the
    page will say too much, if that is known.
    """
    if wanted(request):
        response.making = Making(tags, facts, until())  # type: ignore[attr-defined]
        return
    path, content = request.path_info, response.content
    if not is_cookieless(request) or request.META["QUERY_STRING"]:
        return
    renditions = [PUBLIC, WHOLE] if rest else [PUBLIC]
    if _is_kept(path, digest_of(content), renditions):
        return
    making = Making(tags, facts, until())
    store.keep(stored(request, response, PUBLIC, content, making, with_brotli=False))
    if rest:
        start, end = content.find(SLOT[0]), content.rfind(SLOT[1]) + len(SLOT[1])
        whole = content[:start] + rest().encode() + content[end:]
        store.keep(stored(request, response, WHOLE, whole, making, Reason.SUBSCRIPTION, with_brotli=False))


def _is_kept(path: str, digest: str, renditions: list[Rendition]) -> bool:
    """Whether all of them are, for exactly this public page. If so, they count as kept now."""
    pages = [page for rendition in renditions if (page := store.find(path, rendition))]
    if len(pages) < len(renditions) or pages[0].digest != digest:
        return False
    if not all(known.generations.may_be_shown(page.made) for page in pages):
        return False
    for page in pages:
        store.keep(page.kept_again(clock.now()))
    return True


def stored(
    request: HttpRequest,
    response: HttpResponse,
    rendition: Rendition,
    content: bytes,
    making: Making | None = None,
    verdict: str = "",
    *,
    path: str = "",
    with_brotli: bool = True,
) -> StoredPage:
    """The page of `response`. What says nothing of itself is taken for a list."""
    edition = get_language() or settings.LANGUAGE_CODE
    making = making or Making([lists_tag(edition)], None, None)
    tags = [ALL, *making.tags]
    if response.status_code in MISSING:
        tags.append(ADDRESSES)
    generations: Made = getattr(request, "generations", {})
    by_gzip, by_brotli = compressed(content, with_brotli=with_brotli)
    cache_control = response.headers.get("Cache-Control", "")
    return StoredPage(
        path=path or request.path_info,
        rendition=rendition,
        status=response.status_code,
        headers=tuple(
            (name, value) for name, value in response.headers.items() if name.lower() not in OF_THE_REQUEST
        ),
        cache_control=cache_control,
        gzip=by_gzip,
        brotli=by_brotli,
        length=len(content),
        digest=digest_of(content),
        verdict=verdict or response.headers.get("Broadsheet-Verdict", ""),
        made=made_of(tags, generations),
        made_at=clock.now(),
        fresh_for=_seconds(response, making, cache_control),
        until=making.until,
        facts=making.facts,
    )


def _seconds(response: HttpResponse, making: Making, cache_control: str) -> float:
    if response.status_code in MISSING:
        return MISSING_SECONDS
    if making.facts:
        return ARTICLE_SECONDS
    shared = SHARED_SECONDS.search(cache_control)
    return float(shared[1]) if shared else 60.0

"""What a CDN and a browser may keep. A response is either the same for all, or for nobody else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE_PREFIX = "broadsheet_"


def is_cookieless(request: HttpRequest) -> bool:
    """Whether nothing in the request can tell this visitor from any other."""
    return not any(name.startswith(COOKIE_PREFIX) for name in request.COOKIES)


def for_all[R: HttpResponse](response: R, *, seconds: int = 60) -> R:
    """Same bytes for every visitor without a cookie. Browsers ask again each time, a CDN after `seconds`."""
    response.headers["Cache-Control"] = (
        f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds * 10}"
    )
    return response


def for_nobody_else[R: HttpResponse](response: R) -> R:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def as_cacheable_as[R: HttpResponse](request: HttpRequest, response: R, *, seconds: int = 60) -> R:
    """`for_all` where the visitor has no cookie of ours, else `for_nobody_else`."""
    return for_all(response, seconds=seconds) if is_cookieless(request) else for_nobody_else(response)


def kept[V: Callable[..., HttpResponse]](view: V) -> V:
    """Marks a view whose pages the front keeps: they differ by their address and `Rendition` alone.

    Of the query they read nothing but the number of a page of a list; see `kept_by_page`.
    """
    view.is_kept = True  # type: ignore[attr-defined]
    return view


def kept_by_page[V: Callable[..., HttpResponse]](view: V) -> V:
    """As `kept`, for a list that goes on under ``?page=``."""
    view.is_paged = True  # type: ignore[attr-defined]
    return kept(view)

"""Keeping pages out of what others show and remember."""

from django.http import HttpResponse

from broadsheet.platform.http.caching import for_nobody_else


def unlisted[R: HttpResponse](response: R) -> R:
    """Keeps a page out of what search engines show."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def out_of_sight[R: HttpResponse](response: R) -> R:
    """For a page that is one visitor's own: in no cache and no index."""
    return for_nobody_else(unlisted(response))


def confidential[R: HttpResponse](response: R) -> R:
    """For an address that is a key: out of sight, and named in no Referer, not even to us."""
    # Not no-referrer: with that, a browser posts a form with “Origin: null”.
    response.headers["Referrer-Policy"] = "strict-origin"
    return out_of_sight(response)

from django.http import HttpResponse


def unlisted[R: HttpResponse](response: R) -> R:
    """Keeps a page out of what search engines show."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response

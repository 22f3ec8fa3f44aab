"""What is counted of readers' requests, without a word on who sent them: verdicts, and opened articles.

An article is opened when a reader gets the whole of it to look at. A browser that fetches ahead, a robot and
the staff open nothing.
"""

from django.http import HttpRequest
from django.utils.translation import get_language

from broadsheet.crawlers.known import claimed_by
from broadsheet.editorial.models import Article
from broadsheet.insights import counts
from broadsheet.paywall.verdict import Reason


def is_speculative(request: HttpRequest) -> bool:
    """Whether a browser fetches ahead, for a reader who may never come."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def is_robots(request: HttpRequest) -> bool:
    """Whether a robot asks, by the name that it gives itself."""
    return claimed_by(request.headers.get("User-Agent", "")) is not None


def count_decision(request: HttpRequest, article: Article, reason: str, variant: int = 0) -> None:
    if request.method != "HEAD":
        counts.decided(article.uuid, get_language() or "", reason, variant)


def count_open(request: HttpRequest, article: Article, reason: str, variant: int = 0) -> None:
    """Counts that `request` was answered with the whole article, if a reader is going to look at it."""
    is_readers = reason not in {Reason.STAFF, Reason.CRAWLER}
    if is_readers and request.method != "HEAD" and not is_speculative(request) and not is_robots(request):
        counts.opened(article.uuid, get_language() or "", reason, variant)

"""Podcasts: of the pieces that are free, for everybody, and of everything, at a reader's own address.

The token in that address stands for its reader, in an app that knows no cookies. What it opens is asked at
each request. Where the right has lapsed, the feed goes on with what is free and says how to return: apps
show a feed's words, and of an error nothing. A sound that is closed is refused with the reason. An address
that was replaced is gone, by which apps leave off.
"""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Enclosure
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from limits import RateLimitItemPerHour

from broadsheet.editorial.access import Access
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.media.renditions import address
from broadsheet.editorial.models import Article, ArticleQuerySet, Narration, Publication, attach_sections
from broadsheet.identity.look import look
from broadsheet.membership.models import PodcastFeed
from broadsheet.membership.models.own_feed import NotOurs
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import AccessRule
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential
from broadsheet.platform.limiting import InMemory, Limiter
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery.addresses import page_address
from broadsheet.site.discovery.feed_formats import Item, Steady
from broadsheet.site.discovery.feeds import answer
from broadsheet.site.listening.feed_format import Podcast
from broadsheet.site.listening.sound import NO_SOUND, file_of, heard_at, is_present
from broadsheet.site.reading.visit import Visit

LENGTH = 100
FEEDS_AN_HOUR = RateLimitItemPerHour(120)
SOUNDS_AN_HOUR = RateLimitItemPerHour(2000)
"""Of one address, from wherever: an app asks for one file in many ranges."""
UNKNOWN = gettext_lazy("No podcast of ours has this address. Perhaps it was cut off: copy all of it.")
REPLACED = gettext_lazy("This podcast’s address was replaced. The new one is on your account page.")
LAPSED = gettext_lazy(
    "Your right to hear everything has ended. Subscribe again at %s, and this goes on here."
)
BUSY = gettext_lazy(
    "This podcast was asked for too often. Is its address in many apps? Try again in an hour."
)

type AddressOf = Callable[[Article, Narration], str]

limiter = Limiter(InMemory())


def public_address(article: Article, narration: Narration) -> str:
    return narration.address_for(article)


@kept
@require_safe
def podcast(request: HttpRequest) -> HttpResponse:
    """What is free, for everybody."""
    about = Publication.load(request_or_site=request).description
    return answer(request, _feed(request, _free(request), about, reverse("podcast"), public_address))


@require_safe
def own_podcast(request: HttpRequest, token: str) -> HttpResponse:
    feed = _known_by(request, token, "podcast.feed", FEEDS_AN_HOUR)
    if isinstance(feed, HttpResponse):
        return feed
    hears_everything = feed.reads_everything
    found = _narrated(request) if hears_everything else _free(request)
    about = _("Everything that can be heard here, for you alone.")
    if not hears_everything:
        about = LAPSED % absolute(reverse("subscribe"))

    def address_in_feed(article: Article, narration: Narration) -> str:
        return reverse("podcast_sound", args=[token, article.uuid, narration.version, narration.ending])

    path = reverse("own_podcast", args=[token])
    written = _feed(request, found, about, path, address_in_feed, is_private=True)
    return confidential(HttpResponse(written.writeString("utf-8"), content_type=written.content_type))


@require_safe
def podcast_sound(
    request: HttpRequest, token: str, uuid: UUID, version: str, ending: str
) -> HttpResponseBase:
    feed = _known_by(request, token, "podcast.sound", SOUNDS_AN_HOUR)
    if isinstance(feed, HttpResponse):
        return feed
    found = heard_at(str(uuid), Visit.of(request))
    if found is None:
        return confidential(refuse(request, 404, NO_SOUND))
    article, narration = found
    if ruling(article).access != Access.FREE and not feed.reads_everything:
        return confidential(refuse(request, 403, LAPSED % absolute(reverse("subscribe"))))
    if not is_present(narration, version, ending):
        present = [token, article.uuid, narration.version, narration.ending]
        return confidential(redirect(reverse("podcast_sound", args=present)))
    return confidential(file_of(request, narration))


def _known_by(
    request: HttpRequest, token: str, what: str, rate: RateLimitItemPerHour
) -> PodcastFeed | HttpResponse:
    """Whose it is, or why nothing is to be had."""
    try:
        feed = PodcastFeed.objects.known_by(token)
    except NotOurs:
        return confidential(refuse(request, 404, UNKNOWN))
    if feed is None:
        return confidential(refuse(request, 410, REPLACED))
    if not limiter.hit(rate, what, feed.key):
        busy = refuse(request, 429, BUSY)
        busy.headers["Retry-After"] = "3600"
        return confidential(busy)
    return feed


def _narrated(request: HttpRequest) -> ArticleQuerySet:
    """The articles of the edition that can be heard. A copy has its original's sound."""
    ready = Narration.State.READY
    own, of_original = Q(narration__state=ready), Q(alias_of__article__narration__state=ready)
    found: ArticleQuerySet = edition_of(request).articles().filter(own | of_original)
    return found.newest_first()


def _free(request: HttpRequest) -> ArticleQuerySet:
    publication = Publication.load(request_or_site=request)
    ruled = AccessRule.objects.order_by("position", "pk").ruled(publication)
    return _narrated(request).filter(
        translation_key__in=ruled.filter(ruled=Access.FREE).values("translation_key")
    )


def _feed(
    request: HttpRequest,
    found: ArticleQuerySet,
    about: str,
    path: str,
    address_of_sound: AddressOf,
    *,
    is_private: bool = False,
) -> Steady:
    edition, publication = edition_of(request), Publication.load(request_or_site=request)
    whole = f"{publication.name} {edition.short_name}"
    icon = look(edition.locale.language_code).icon_512
    feed = Podcast(
        title=_("%s, read out") % whole,
        link=absolute(f"{edition.prefix}/"),
        description=about or whole,
        language=edition.language_tag,
        feed_url=absolute(path),
        author_name=publication.name,
        icon=absolute(icon) if icon else "",
        is_private=is_private,
    )
    articles = attach_sections(found.for_teasers().prefetch_related("topics")[:LENGTH])
    narrations = Narration.objects.of(articles)
    for article in articles:
        if narration := narrations.get(article.pk):
            sound = absolute(address_of_sound(article, narration))
            feed.add_item(**_item(article, narration, sound, request))
    return feed


def _item(article: Article, narration: Narration, sound: str, request: HttpRequest) -> Item:
    item: Item = {
        "title": article.headline,
        "link": page_address(article, request),
        "description": "\n\n".join(filter(None, [article.standfirst, narration.read_by])),
        # The same in every edition, and after a correction: an app shows it once.
        "unique_id": f"{article.uuid.urn}:sound",
        "unique_id_is_permalink": False,
        "pubdate": to_the_second(article.first_published_at),
        "updateddate": None,
        "categories": [article.section.title, *(topic.name for topic in article.topics.all())],
        "authors": [{"name": author.name} for author in article.authors],
        "enclosures": [Enclosure(sound, str(narration.size), narration.content_type)],
        "seconds": round(narration.seconds),
        "image": None,
    }
    if picture := article.picture:
        item["image"] = {
            "url": absolute(address(picture, "square", 1280, "jpeg")),
            "credit": picture.credit_line,
            "alt": picture.default_alt_text,
        }
    return item

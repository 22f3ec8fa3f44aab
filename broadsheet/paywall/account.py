"""What the account page and the export of one's data say of the meter."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from broadsheet.editorial.models import Article, Publication
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.experiments.allotment import Allotment
from broadsheet.paywall.gift_links.models import present_month
from broadsheet.paywall.models import GiftLink, Grant, Meter
from broadsheet.paywall.standing import articles_by_key, standing_of, standings_elsewhere
from broadsheet.people.models import Person
from broadsheet.platform import clock


def reads(request: HttpRequest) -> dict[str, Any]:
    """The articles that the reader opened in this period, and why the wall is there or not."""
    reader = cast(Person, request.user)
    tag = translation.get_language() or ""
    meter: Meter = Meter.load(request_or_site=request)
    zone = Publication.load(request_or_site=request).zone
    variant = Allotment(request.COOKIES, tag).variant_of(reader)
    return {
        "standing": standing_of(reader, meter.rules_in(tag, clock.now(), zone, variant)),
        "elsewhere": standings_elsewhere(reader),
        "is_subscriber": Entitlement.objects.entitle(reader),
    }


def export(person: Person) -> list[dict[str, Any]]:
    rows = Grant.objects.filter(reader=person).order_by("granted_at", "pk")
    return [
        {
            "article": str(grant.article),
            "period": grant.period,
            "charged": grant.charged,
            "opened_at": grant.granted_at,
            "open_until": grant.open_until,
        }
        for grant in rows
    ]


@dataclass(frozen=True, slots=True)
class Given:
    link: GiftLink
    article: Article | None
    """None where the article is not published any more."""

    @property
    def page(self) -> str:
        """Where the giver finds the link again, in the article's own edition."""
        if self.article is None:
            return ""
        with translation.override(self.article.locale.language_code):
            return reverse("give", args=[self.link.article])


def given(request: HttpRequest) -> dict[str, Any]:
    """The links that are live, and those that count this month."""
    giver = cast(Person, request.user)
    meter: Meter = Meter.load(request_or_site=request)
    month = present_month()
    own = GiftLink.objects.filter(giver=giver)
    links = list(own.live() | own.counted_in(month))
    articles = articles_by_key(link.article for link in links)
    return {
        "given": [Given(link, articles.get(link.article)) for link in links],
        "meter": meter,
        "may_give": meter.lets_give and Entitlement.objects.entitle(giver),
        "left": GiftLink.objects.left(giver),
        "allowed": GiftLink.objects.allowed(giver),
        "month": month,
    }


def export_given(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "article": str(link.article),
            "token": link.token,
            "made_at": link.created_at,
            "expires_at": link.expires_at,
            "opens": link.opens,
            "opens_allowed": link.opens_allowed,
            "revoked_at": link.revoked_at,
        }
        for link in GiftLink.objects.filter(giver=person).order_by("created_at", "pk")
    ]

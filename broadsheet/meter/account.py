"""What the account page and the export of one's data say of the meter."""

from typing import Any, cast

from django.http import HttpRequest

from broadsheet.editorial.models import Article
from broadsheet.membership.models import Entitlement
from broadsheet.meter.models import Grant
from broadsheet.meter.terms import current_allowance, current_period
from broadsheet.people.models import Person


def reads_this_month(request: HttpRequest) -> dict[str, Any]:
    """The articles that the reader opened in this period, and how many are left."""
    reader = cast(Person, request.user)
    period, allowance = current_period(request), current_allowance(request)
    grants = list(Grant.objects.of(reader, period).order_by("-granted_at"))
    titles = {article.translation_key: article for article in _articles(grants)}
    return {
        "period": period,
        "allowance": allowance.readers,
        "left": max(0, allowance.readers - sum(grant.charged for grant in grants)),
        "is_subscriber": Entitlement.objects.entitle(reader),
        "grants": [(grant, titles[grant.article]) for grant in grants if grant.article in titles],
    }


def _articles(grants: list[Grant]) -> list[Article]:
    # A shared article's original; its aliases have the same key.
    keys = [grant.article for grant in grants]
    return list(Article.objects.live().filter(translation_key__in=keys, alias_of=None))


def export(person: Person) -> list[dict[str, Any]]:
    rows = Grant.objects.filter(reader=person).order_by("granted_at")
    return [
        {
            "article": str(grant.article),
            "period": grant.period,
            "charged": grant.charged,
            "opened_at": grant.granted_at,
        }
        for grant in rows
    ]

"""Who may keep an issue in their browser, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from broadsheet.editorial.access import Access
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import AccessRule
from broadsheet.platform import clock
from broadsheet.site.reading.visit import Visit
from broadsheet.site.weekly.offline.cookie import ANYBODY, LIFE, holder_of
from broadsheet.weekly.contents import Contents


@dataclass(frozen=True, slots=True)
class Right:
    holder: str
    ends_at: datetime


def right_to_keep(visit: Visit, contents: Contents) -> Right | None:
    """That of whoever reads all of the issue by right now; what was opened one by one is no such right.

    It ends when theirs does, and no later than `LIFE` from now: by then a browser has to ask again.
    """
    if not settings.OFFLINE_ISSUES:
        return None
    latest = clock.now() + LIFE
    ends = [min(end or latest, latest) for end in _ends(visit)]
    if not ends and is_free(contents, visit):
        ends = [latest]
    if not ends:
        return None
    person, institution = visit.person, visit.institution
    of_institution = f"i{institution.pk}" if institution else ANYBODY
    return Right(holder_of(person) if person else of_institution, max(ends))


def _ends(visit: Visit) -> Iterator[datetime | None]:
    """Of each right to read everything. None: it has no end."""
    if visit.works_here:
        yield None
    if visit.person and (end := Entitlement.objects.end_for(visit.person, clock.now())):
        yield end
    if visit.institution:
        yield visit.institution.ends_at


def may_keep(visit: Visit, contents: Contents) -> bool:
    """As `right_to_keep`, for a page that is the same for all of its audience."""
    if not settings.OFFLINE_ISSUES:
        return False
    if visit.is_known_by_cookie:
        return True
    # Somebody else's address, or name, says nothing of them.
    if visit.rendition is None and (visit.works_here or visit.is_subscriber or visit.institution):
        return True
    return is_free(contents, visit)


def is_free(contents: Contents, visit: Visit) -> bool:
    """Whether each article is known to be free."""
    keys = {one.article.translation_key for one in contents.listed}
    ruled = AccessRule.objects.order_by("position", "pk").ruled(visit.publication)
    return bool(keys) and ruled.filter(translation_key__in=keys, ruled=Access.FREE).count() == len(keys)

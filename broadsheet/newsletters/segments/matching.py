"""Who is in a segment: its conditions as one filter of mailboxes."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from broadsheet.membership.models import Entitlement
from broadsheet.newsletters.models.label import Labelling
from broadsheet.newsletters.models.mailbox import Mailbox
from broadsheet.newsletters.models.segment import Condition, Segment
from broadsheet.newsletters.models.sign_up import SignUp, SignUpQuerySet
from broadsheet.platform import clock

About = Condition.About


def mailboxes_in(segment: Segment, at: datetime | None = None) -> QuerySet[Mailbox]:
    """Those for whom all conditions hold. A segment without any has nobody in it, and never everybody."""
    conditions = list(segment.conditions.all())
    if not conditions:
        return Mailbox.objects.none()
    wanted = Q(erased_at=None)
    for condition in conditions:
        holds = _holds(condition, at or clock.now())
        wanted &= ~holds if condition.is_negated else holds
    return Mailbox.objects.filter(wanted)


def sign_ups_in(
    sign_ups: SignUpQuerySet, segment: Segment | None, at: datetime | None = None
) -> SignUpQuerySet:
    """Those of `sign_ups` whose mailbox is in `segment`; all of them where there is none."""
    if segment is None:
        return sign_ups
    found = mailboxes_in(segment, at).filter(pk=OuterRef("mailbox"))
    return sign_ups.filter(Exists(found.order_by()))


def _holds(condition: Condition, at: datetime) -> Q:
    """Never NULL, so that its negation holds for everyone else."""
    entitled = Entitlement.objects.live(at).filter(person=OuterRef("person"))
    match condition.about:
        case About.EDITION:
            return Q(edition=condition.edition)
        case About.SUBSCRIPTION:
            return Q(Exists(entitled))
        case About.PLAN:
            return Q(Exists(entitled.filter(subscription__price__plan=condition.plan)))
        case About.NEWSLETTER:
            mine = SignUp.objects.confirmed().filter(mailbox=OuterRef("pk"), newsletter=condition.newsletter)
            return Q(Exists(mine))
        case About.READER_FOR:
            return Q(created_at__lte=at - timedelta(days=condition.days or 0))
    return Q(Exists(Labelling.objects.filter(mailbox=OuterRef("pk"), label=condition.label)))

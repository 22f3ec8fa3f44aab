from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.people.models import Person


def take_over(
    person: Person,
    price: Price,
    by: Actor,
    *,
    provider: str,
    amount: int,
    began_at: datetime,
    term: tuple[datetime, datetime],
    is_trial: bool = False,
) -> Subscription:
    """One that ran elsewhere, in the midst of the `term` that was paid for there.

    Raises Refused where `person` has one already.
    """
    start, end = term
    subscription = Subscription(
        person=person,
        price=price,
        amount=amount,
        currency=price.currency,
        is_donation=price.plan.is_donation,
        provider=provider,
        time_zone=price.zone.key,
        grace_days=SalesPolicy.load().grace_days,
        began_at=min(began_at, start),
        anchored_at=end,
        term_starts_at=start,
        term_ends_at=end,
        term_amount=0 if is_trial else amount,
        state=State.TRIALING if is_trial else State.ACTIVE,
    )
    try:
        with transaction.atomic():
            subscription.save(force_insert=True)
            subscription.record(Change.BEGUN, by, "")
    except IntegrityError as error:
        raise Refused(_("They have a subscription here already.")) from error
    return subscription

"""Plans of the old system, not on sale: what they cost is to be looked at first."""

from broadsheet.editorial.models import Edition
from broadsheet.importers.records import Plan
from broadsheet.membership.models import Plan as OurPlan
from broadsheet.membership.models import Price


def make_plan_of(record: Plan, edition: Edition) -> int:
    plan = OurPlan.objects.create(
        name=record.name[:60],
        summary=record.summary[:200],
        promises="\n".join(record.promises),
        is_on_sale=False,
    )
    for price in record.prices:
        Price.objects.create(
            plan=plan,
            edition=edition.locale.language_code,
            amount=price.amount,
            currency=price.currency,
            term=price.term,
            trial_days=record.trial_days,
        )
    return plan.pk

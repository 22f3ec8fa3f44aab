"""What must be asked of Stripe sooner or later."""

from datetime import datetime

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from broadsheet.billing.models import Difference, Errand, StripeCustomer
from broadsheet.billing.providers.stripe.api import Refusal
from broadsheet.billing.providers.stripe.customers import forget_at_stripe
from broadsheet.billing.providers.stripe.refunds import return_payment
from broadsheet.billing.sweeping import each
from broadsheet.people.models import Person


def sweep(at: datetime) -> list[Exception]:
    return each(Errand.objects.due(at), run, at_once=False)


def run(errand: Errand) -> None:
    try:
        if errand.kind == Errand.Kind.RETURN:
            return_payment(errand)
        else:
            _forget(errand)
    except Exception:
        errand.postpone()
        raise


def _forget(errand: Errand) -> None:
    try:
        forget_at_stripe(errand.reference)
    except Refusal as refusal:
        if not refusal.is_missing:
            Difference.objects.find(Difference.Kind.STUCK, errand.reference, detail=str(refusal))
    errand.done()


@receiver(pre_delete, sender=Person)
def forget_cards(instance: Person, **kwargs: object) -> None:
    """Whoever erases their account has no card left anywhere."""
    for row in StripeCustomer.objects.filter(person=instance).exclude(reference=""):
        Errand.objects.get_or_create(kind=Errand.Kind.FORGET, reference=row.reference)

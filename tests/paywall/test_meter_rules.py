"""The meter rules in force, in each edition and in an experiment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from broadsheet.editorial.models import Publication
from broadsheet.paywall.experiments.allotment import Allotment
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.models import EditionAllowance, Experiment, Meter, Variant
from broadsheet.paywall.models.meter import meter_rules_in
from broadsheet.paywall.period import Span
from broadsheet.paywall.standing import current_meter_rules
from broadsheet.paywall.verdict import Allowance
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import Magazine

JULY = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def meter(magazine: Magazine) -> Meter:
    meter = Meter.load()
    meter.strangers, meter.readers = 2, 6
    meter.save()
    EditionAllowance.objects.create(meter=meter, edition=magazine.uk, strangers=0, readers=9)
    return meter


def meter_rules_of(reader: Person | None = None) -> MeterRules:
    return meter_rules_in("en-us", clock.now(), Allotment({}, "en-us").variant_of(reader))


@pytest.mark.parametrize(
    ("tag", "allowance"), [("en-us", Allowance(2, 6)), ("en-gb", Allowance(0, 9)), ("", Allowance(2, 6))]
)
def test_an_edition_may_have_an_allowance_of_its_own(meter: Meter, tag: str, allowance: Allowance) -> None:
    assert meter_rules_in(tag, JULY).allowance == allowance


def test_the_address_names_the_edition(meter: Meter) -> None:
    with translation.override("en-gb"):
        assert current_meter_rules().allowance == Allowance(0, 9)
    with translation.override("en-us"):
        assert current_meter_rules().allowance == Allowance(2, 6)


def test_an_edition_has_one_allowance(meter: Meter, magazine: Magazine) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EditionAllowance.objects.create(meter=meter, edition=magazine.uk)


def test_the_period_is_that_of_the_publications_zone(meter: Meter) -> None:
    Publication.objects.update(time_zone="Europe/London")
    assert meter_rules_in("en-us", JULY).period.key == "2026-08"
    Publication.objects.update(time_zone="America/New_York")
    assert meter_rules_in("en-us", JULY).period.key == "2026-07"


def test_a_number_of_days_is_the_meters(meter: Meter) -> None:
    meter.span, meter.days = Span.ROLLING, 10
    meter.save()
    assert meter_rules_in("en-us", JULY).period.ends_at == JULY + timedelta(days=10)


def test_no_experiment_is_the_variant_0(meter: Meter) -> None:
    assert meter_rules_of().variant == 0


def test_a_variant_has_its_allowance_over_the_usual_one(meter: Meter, magazine: Magazine) -> None:
    variant = Variant(pk=7, strangers=0)
    meter_rules = meter_rules_in("en-us", JULY, variant)
    assert (meter_rules.allowance, meter_rules.variant) == (Allowance(0, 6), 7)


def test_a_readers_variant_is_in_their_rules(meter: Meter, ada: Person) -> None:
    experiment = Experiment(name="Numbers", starts_at=clock.now() - timedelta(days=1))
    experiment.variants = [Variant(name="A", readers=8), Variant(name="B", readers=8)]
    experiment.save()
    assert meter_rules_of(ada).allowance.readers == 8
    assert meter_rules_of(ada).variant in {v.pk for v in experiment.variants.all()}
    # A page for all is asked for without a word on who asks, and is the usual one.
    assert meter_rules_of().allowance.readers == 6

"""Who sees which variant, and what is counted of it."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.editorial.models import Publication
from broadsheet.membership.models import Actor, Price, Subscription
from broadsheet.paywall.experiments.allotment import (
    COOKIE,
    SALT,
    Allotment,
    Stage,
    Trial,
    pick,
    set_trial,
    trial_in,
)
from broadsheet.paywall.models import Experiment, OverlapError, Variant, VariantCount
from broadsheet.paywall.verdict import Reason, Verdict
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce
from tests.magazine import Magazine

DAY = timedelta(days=1)
WALL = Verdict(Reason.REGISTER, 0, 1)
OPEN = Verdict(Reason.METER, 1, 1)


def seeded(number: int) -> Random:
    return Random(number)  # noqa: S311 (no secret: a test repeats it)


def plan(name: str = "Words", weights: tuple[int, ...] = (1, 1), **fields: Any) -> Experiment:
    """An experiment that began yesterday, unless `fields` say otherwise."""
    experiment = Experiment(name=name, **({"starts_at": clock.now() - DAY} | fields))
    experiment.variants = [
        Variant(name=letter, weight=n) for letter, n in zip("ABCDE", weights, strict=False)
    ]
    experiment.save()
    return experiment


@pytest.fixture
def experiment(magazine: Magazine) -> Experiment:
    return plan()


def ask(cookies: dict[str, str] | None = None, tag: str = "en-us") -> Allotment:
    return Allotment(cookies or {}, tag)


def cookie_of(trial: Trial) -> dict[str, str]:
    response = HttpResponse()
    set_trial(response, trial)
    return {COOKIE: response.cookies[COOKIE].value}


def drawn(seed: int) -> Variant | None:
    allotment = ask()
    allotment.draw(seeded(seed))
    return allotment.variant_of()


@pytest.fixture(autouse=True)
def _american() -> Any:
    with translation.override("en-us"):
        yield


# --- Drawing -----------------------------------------------------------------------------------------


def test_strangers_are_drawn_by_weight(magazine: Magazine) -> None:
    variants = list(plan(weights=(1, 3)).variants.all())
    chance = seeded(7)
    seen = Counter(pick(variants, chance.random()).name for _ in range(20_000))
    assert seen["A"] / seen.total() == pytest.approx(0.25, abs=0.01)


@given(
    st.lists(st.integers(1, 1000), min_size=1, max_size=6), st.floats(0, 1, exclude_max=True, allow_nan=False)
)
def test_each_share_of_all_weights_is_somebodys(weights: list[int], share: float) -> None:
    variants = [Variant(name=str(number), weight=weight) for number, weight in enumerate(weights)]
    place = int(pick(variants, share).name)
    total = sum(weights)
    assert sum(weights[:place]) / total <= share + 1e-9
    assert share - 1e-9 <= sum(weights[: place + 1]) / total


def test_both_variants_are_drawn(experiment: Experiment) -> None:
    assert {variant.name for seed in range(20) if (variant := drawn(seed))} == {"A", "B"}


def test_the_same_chance_draws_the_same_variant(experiment: Experiment) -> None:
    assert drawn(3) == drawn(3)


def test_nobody_is_drawn_without_an_experiment(magazine: Magazine) -> None:
    assert drawn(1) is None


@pytest.mark.parametrize(
    ("starts", "ends", "is_drawn"),
    [(-DAY, None, True), (-DAY, DAY, True), (DAY, None, False), (-2 * DAY, -DAY, False)],
)
def test_an_experiment_draws_while_it_runs(magazine: Magazine, starts, ends, is_drawn: bool) -> None:
    now = clock.now()
    plan(starts_at=now + starts, ends_at=now + ends if ends else None)
    assert (drawn(1) is not None) == is_drawn


def test_an_editions_experiment_is_in_that_edition_alone(magazine: Magazine) -> None:
    plan(edition=magazine.uk)
    american, british = ask(), ask(tag="en-gb")
    british.draw(seeded(1))
    assert british.variant_of()
    translation.activate("en-us")
    american.draw(seeded(1))
    assert american.variant_of() is None


def test_one_cookie_is_of_no_variant_in_another_edition(magazine: Magazine) -> None:
    first, _second = plan(edition=magazine.uk).variants.all()
    allotment = ask(cookie_of(Trial(first)))
    assert allotment.trial_of()
    assert allotment.variant_of() is None


def test_a_reader_sees_the_same_variant_everywhere(experiment: Experiment, ada: Person) -> None:
    seen = {ask().variant_of(ada) for _ in range(5)}
    assert len(seen) == 1
    assert None not in seen


def test_readers_are_shared_out_by_weight(magazine: Magazine) -> None:
    plan(weights=(1, 4))
    seen = Counter(ask().variant_of(Person(pk=number)).name for number in range(1, 1501))
    assert seen["A"] / seen.total() == pytest.approx(0.2, abs=0.04)


def test_another_experiment_shares_readers_out_anew(magazine: Magazine) -> None:
    readers = [Person(pk=number) for number in range(1, 41)]
    first = plan()
    before = [ask().variant_of(reader).name for reader in readers]
    first.end()
    plan("Another", starts_at=clock.now())
    after = [ask().variant_of(reader).name for reader in readers]
    assert before != after


def test_registering_leaves_the_variant_as_it_was(experiment: Experiment, magazine: Magazine) -> None:
    first, second = experiment.variants.all()
    for variant in (first, second):
        for number in range(1, 6):
            allotment = ask(cookie_of(Trial(variant)))
            assert allotment.variant_of(Person(pk=number)) == variant


def test_whoever_is_in_it_is_not_drawn_again(experiment: Experiment) -> None:
    first, second = experiment.variants.all()
    for variant in (first, second):
        allotment = ask(cookie_of(Trial(variant)))
        allotment.draw(seeded(1))
        assert allotment.variant_of() == variant


def test_a_page_asks_nothing_of_a_stranger_without_the_cookie(experiment: Experiment) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert ask().variant_of() is None
    assert len(asked) == 0


def test_a_request_asks_once(experiment: Experiment, ada: Person) -> None:
    first, _second = experiment.variants.all()
    for allotment, reader in ((ask(cookie_of(Trial(first))), None), (ask(), ada)):
        with CaptureQueriesContext(connection) as asked:
            for _ in range(3):
                assert allotment.variant_of(reader)
        assert len(asked) == 1


def test_no_experiment_is_asked_for_once(magazine: Magazine, ada: Person) -> None:
    allotment = ask()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(3):
            assert allotment.variant_of(ada) is None
    assert len(asked) == 1


# --- The cookie --------------------------------------------------------------------------------------


def test_a_cookie_comes_back_as_it_went(experiment: Experiment) -> None:
    first, _second = experiment.variants.all()
    at = clock.now().replace(microsecond=0)
    for trial in (Trial(first), Trial(first, Stage.SHOWN, at), Trial(first, Stage.SETTLED, at)):
        assert trial_in(cookie_of(trial)) == trial


def signed(value: str, salt: str = SALT) -> str:
    return Signer(salt=salt).sign(value)


@pytest.mark.parametrize(
    "value",
    ["", "1..0", "1..0:", signed("x..0"), signed("1..9"), signed("1.-5.1"), signed("1..0") + "x", "9" * 5000],
)
def test_a_cookie_that_is_not_ours_counts_as_none(experiment: Experiment, value: str) -> None:
    assert trial_in({COOKIE: value}) is None


def test_a_cookie_signed_for_something_else_counts_as_none(experiment: Experiment) -> None:
    first, _second = experiment.variants.all()
    assert trial_in({COOKIE: signed(f"{first.pk}..0")})
    assert trial_in({COOKIE: signed(f"{first.pk}..0", salt="broadsheet.paywall.grant.x")}) is None


@given(st.integers(0, 200), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_changed_character_makes_it_none(place: int, character: str) -> None:
    value = signed("1.1790000000.1")
    place %= len(value)
    changed = value[:place] + character + value[place + 1 :]
    if changed != value:
        assert trial_in({COOKIE: changed}) is None


def test_a_cookie_of_an_experiment_that_ended_counts_as_none(experiment: Experiment) -> None:
    first, _second = experiment.variants.all()
    kept = cookie_of(Trial(first))
    experiment.end()
    assert trial_in(kept) is None


def test_a_stranger_of_an_ended_experiment_is_drawn_into_the_next(experiment: Experiment) -> None:
    first, _second = experiment.variants.all()
    kept = cookie_of(Trial(first))
    experiment.end()
    following = plan("The next", starts_at=clock.now())
    allotment, response = ask(kept), HttpResponse()
    allotment.draw(seeded(1))
    allotment.follow(response, OPEN, None, Publication.load().zone)
    assert allotment.variant_of().experiment == following
    assert trial_in({COOKIE: response.cookies[COOKIE].value}).variant.experiment == following


@pytest.mark.parametrize(("ends", "most"), [(2 * DAY, 2 * DAY), (500 * DAY, 400 * DAY), (None, 400 * DAY)])
def test_it_lives_as_long_as_its_experiment(magazine: Magazine, ends, most) -> None:
    first, _second = plan(ends_at=clock.now() + ends if ends else None).variants.all()
    response = HttpResponse()
    set_trial(response, Trial(first))
    morsel = response.cookies[COOKIE]
    assert abs(morsel["max-age"] - most.total_seconds()) < 60
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"


# --- What came of it ---------------------------------------------------------------------------------


def counted() -> tuple[int, int, int]:
    rows = VariantCount.objects.values_list("shown", "registered", "subscribed")
    return tuple(sum(column) for column in zip(*rows, strict=True)) or (0, 0, 0)  # type: ignore[return-value]


class Browser:
    """Sends back what it was given."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def read(self, verdict: Verdict, reader: Person | None = None) -> None:
        allotment, response = ask(dict(self.cookies)), HttpResponse()
        if reader is None:
            allotment.draw(seeded(1))
        allotment.follow(response, verdict, reader, Publication.load().zone)
        self.cookies |= {name: morsel.value for name, morsel in response.cookies.items()}


@pytest.fixture
def browser(experiment: Experiment) -> Browser:
    return Browser()


SUBSCRIPTION = Verdict(Reason.SUBSCRIPTION, 5, 5)


def subscribe(person: Person, price: Price) -> None:
    Subscription.objects.begin(person, price, Actor.reader(person), provider="till")


def test_the_wall_is_counted_once_a_browser(browser: Browser) -> None:
    browser.read(OPEN)
    assert counted() == (0, 0, 0)
    for _ in range(3):
        browser.read(WALL)
    assert counted() == (1, 0, 0)
    Browser().read(WALL)
    assert counted() == (2, 0, 0)


def test_registering_after_the_wall_is_counted_once(browser: Browser) -> None:
    browser.read(WALL)
    reader = introduce("Nora New", "nora@reader.example")
    for _ in range(2):
        browser.read(OPEN, reader)
    assert counted() == (1, 1, 0)


def test_who_had_an_account_before_has_not_registered(browser: Browser, ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(date_joined=clock.now() - DAY)
    ada.refresh_from_db()
    browser.read(WALL)
    browser.read(OPEN, ada)
    assert counted() == (1, 0, 0)


def test_registering_without_having_met_the_wall_is_not_its_doing(browser: Browser) -> None:
    browser.read(OPEN)
    browser.read(OPEN, introduce("Nora New", "nora@reader.example"))
    assert counted() == (0, 0, 0)


def test_subscribing_after_the_wall_is_counted_once(browser: Browser, ada: Person, monthly: Price) -> None:
    browser.read(WALL)
    Person.objects.filter(pk=ada.pk).update(date_joined=clock.now() - DAY)
    ada.refresh_from_db()
    subscribe(ada, monthly)
    for _ in range(2):
        browser.read(SUBSCRIPTION, ada)
    assert counted() == (1, 0, 1)


def test_registering_and_subscribing_at_once_are_both_counted(browser: Browser, monthly: Price) -> None:
    browser.read(WALL)
    reader = introduce("Nora New", "nora@reader.example")
    subscribe(reader, monthly)
    browser.read(SUBSCRIPTION, reader)
    assert counted() == (1, 1, 1)


def test_who_was_a_subscriber_before_has_not_subscribed(
    browser: Browser, ada: Person, monthly: Price
) -> None:
    with clock.moved_to(clock.now() - DAY):
        subscribe(ada, monthly)
    browser.read(WALL)
    Person.objects.filter(pk=ada.pk).update(date_joined=clock.now() - 2 * DAY)
    ada.refresh_from_db()
    browser.read(SUBSCRIPTION, ada)
    assert counted() == (1, 0, 0)


def test_who_was_given_the_right_to_read_has_not_subscribed(browser: Browser, bruno: Person) -> None:
    browser.read(WALL)
    Person.objects.filter(pk=bruno.pk).update(date_joined=clock.now() - DAY)
    bruno.refresh_from_db()
    browser.read(SUBSCRIPTION, bruno)
    assert counted() == (1, 0, 0)


def test_a_readers_wall_is_counted_under_their_variant(experiment: Experiment, ada: Person) -> None:
    browser = Browser()
    browser.read(OPEN, ada)
    assert not browser.cookies
    for _ in range(2):
        browser.read(Verdict(Reason.SUBSCRIBE, 0, 5), ada)
    (row,) = VariantCount.objects.all()
    assert row.shown == 1
    assert row.variant == ask().variant_of(ada)


def test_the_day_is_one_of_the_publications(browser: Browser) -> None:
    Publication.objects.update(time_zone="Pacific/Kiritimati")
    browser.read(WALL)
    expected = clock.now() + timedelta(hours=14)
    assert VariantCount.objects.get().day == expected.date()


def test_nothing_that_is_kept_names_anybody() -> None:
    assert {field.name for field in VariantCount._meta.get_fields()} == {
        "id",
        "variant",
        "day",
        "shown",
        "registered",
        "subscribed",
    }


# --- One at a time -----------------------------------------------------------------------------------


NOW = clock.now()


@pytest.mark.parametrize(
    ("edition", "starts", "ends", "overlaps"),
    [
        ("us", NOW, None, True),
        (None, NOW, None, True),
        ("uk", NOW, None, False),
        ("us", NOW - 9 * DAY, NOW - 2 * DAY, False),
        ("us", NOW - 9 * DAY, NOW - DAY, False),
        ("us", NOW - 9 * DAY, NOW, True),
        ("us", NOW + 5 * DAY, None, False),
        ("us", NOW + 5 * DAY - timedelta(seconds=1), None, True),
    ],
)
def test_one_runs_in_an_edition_at_a_time(magazine: Magazine, edition, starts, ends, overlaps: bool) -> None:
    plan(edition=magazine.us, starts_at=NOW - DAY, ends_at=NOW + 5 * DAY)
    other = Experiment(name="Another", starts_at=starts, ends_at=ends)
    other.edition = magazine.edition(edition) if edition else None
    if overlaps:
        with pytest.raises(ValidationError, match="“Words” runs in the same edition"):
            other.full_clean()
        with pytest.raises(OverlapError):
            other.save()
    else:
        other.full_clean()
        other.save()


@pytest.mark.parametrize("edition", [None, "uk"])
def test_the_database_holds_one_without_end(magazine: Magazine, edition: str | None) -> None:
    where = magazine.edition(edition) if edition else None
    rows = [Experiment(name=name, edition=where) for name in "AB"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.bulk_create(rows)


def test_an_experiment_can_be_saved_again(experiment: Experiment) -> None:
    experiment.name = "Other words"
    experiment.save()
    assert Experiment.objects.get().name == "Other words"


def test_it_ends_once_and_now(experiment: Experiment) -> None:
    experiment.end()
    ended = Experiment.objects.get().ends_at
    experiment.end()
    assert Experiment.objects.get().ends_at == ended == experiment.ends_at
    assert (experiment.is_running, experiment.state) == (False, "ended")


def test_one_that_is_planned_does_not_end(magazine: Magazine) -> None:
    planned = plan(starts_at=clock.now() + DAY)
    planned.end()
    assert Experiment.objects.get().ends_at is None
    assert planned.state == "planned"


@pytest.mark.parametrize("fields", [{"weight": 0}, {"name": "A"}])
def test_a_variant_has_some_weight_and_a_name_of_its_own(experiment: Experiment, fields) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.create(**({"experiment": experiment, "name": "Z"} | fields))


@pytest.mark.django_db(transaction=True)
def test_counting_at_once_loses_nothing(magazine: Magazine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    first, _second = plan().variants.all()
    day = clock.now().date()

    def count(_number: int) -> None:
        VariantCount.objects.add(first, day, "shown")
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(24)))
    assert VariantCount.objects.get().shown == 24

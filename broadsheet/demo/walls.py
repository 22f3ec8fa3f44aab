"""What the audience editor of the demo has set about the wall: rules, words, an experiment that has ended."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Edition, Kind, Section
from broadsheet.paywall.models import AccessRule, Experiment, Variant, VariantCount, WallWording
from broadsheet.paywall.wall.wording import Situation

DAYS = 28
BEGAN = timedelta(days=40)
WALLS_A_DAY = (105, 185)
# Of those who met the wall: how many registered, how many subscribed.
USUAL, SHORTER = (0.029, 0.002), (0.043, 0.0025)


def make_rules(culture: Section) -> None:
    """An archive for subscribers: of opinion, which none is old enough for yet, and of one section."""
    AccessRule.objects.create(position=0, kind=Kind.OPINION, older_than=90, access=Access.SUBSCRIBERS)
    AccessRule.objects.create(position=1, section=culture, older_than=28, access=Access.SUBSCRIBERS)


def make_wording(british: Edition) -> None:
    WallWording.objects.create(
        edition=british,
        situation=Situation.STRANGER_SPENT,
        title="That was your free article {period}.",
        text=(
            "{readers} more are yours {each}, free, once we know your e-mail address. We send you a code, and"
            " you are back here with the article open."
        ),
    )


def make_experiment(american: Edition, zone: ZoneInfo, now: datetime) -> None:
    experiment = Experiment(
        name="A shorter wall",
        edition=american,
        starts_at=now - BEGAN,
        ends_at=now - BEGAN + timedelta(days=DAYS),
    )
    experiment.save()
    variants = [
        Variant(experiment=experiment, name="As it is", sort_order=0),
        Variant(
            experiment=experiment,
            name="Shorter",
            sort_order=1,
            register_title="Read on, free.",
            register_text="{readers} articles {each} for an e-mail address.",
            register_button="Send me a code",
        ),
    ]
    Variant.objects.bulk_create(variants)
    first_day = experiment.starts_at.astimezone(zone).date()
    chance = Random("a shorter wall")  # noqa: S311 (no secret)
    for variant, shares in zip(variants, (USUAL, SHORTER), strict=True):
        for day in range(DAYS):
            shown = chance.randint(*WALLS_A_DAY)
            registered, subscribed = (sum(chance.random() < share for _ in range(shown)) for share in shares)
            VariantCount.objects.create(
                variant=variant,
                day=first_day + timedelta(days=day),
                shown=shown,
                registered=registered,
                subscribed=subscribed,
            )

from broadsheet.paywall.experiments.models import (
    Experiment,
    Outcome,
    OverlapError,
    Variant,
    VariantCount,
)
from broadsheet.paywall.gift_links.models import Ending, GiftLink, GiftLinkQuerySet, NoGiftLeftError
from broadsheet.paywall.models.access_rule import AccessRule
from broadsheet.paywall.models.grant import Grant, GrantQuerySet, holding_of, merge, spend
from broadsheet.paywall.models.meter import EditionAllowance, Meter
from broadsheet.paywall.wall.models import WallWording

__all__ = [
    "AccessRule",
    "EditionAllowance",
    "Ending",
    "Experiment",
    "GiftLink",
    "GiftLinkQuerySet",
    "Grant",
    "GrantQuerySet",
    "Meter",
    "NoGiftLeftError",
    "Outcome",
    "OverlapError",
    "Variant",
    "VariantCount",
    "WallWording",
    "holding_of",
    "merge",
    "spend",
]

from broadsheet.meter.models.access_rule import AccessRule
from broadsheet.meter.models.crawler import CrawlerPolicy, CrawlerProof
from broadsheet.meter.models.experiment import (
    Experiment,
    Outcome,
    OverlapError,
    Variant,
    VariantCount,
)
from broadsheet.meter.models.gift_link import Ending, GiftLink, GiftLinkQuerySet, NoGiftLeftError
from broadsheet.meter.models.grant import Grant, GrantQuerySet, merge, spend
from broadsheet.meter.models.hourly_count import HourlyCount, HourlyCountQuerySet
from broadsheet.meter.models.meter import EditionAllowance, Meter
from broadsheet.meter.models.wall_wording import WallWording

__all__ = [
    "AccessRule",
    "CrawlerPolicy",
    "CrawlerProof",
    "EditionAllowance",
    "Ending",
    "Experiment",
    "GiftLink",
    "GiftLinkQuerySet",
    "Grant",
    "GrantQuerySet",
    "HourlyCount",
    "HourlyCountQuerySet",
    "Meter",
    "NoGiftLeftError",
    "Outcome",
    "OverlapError",
    "Variant",
    "VariantCount",
    "WallWording",
    "merge",
    "spend",
]

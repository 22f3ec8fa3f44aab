"""What the meter does not keep for ever: whatever a reader opened long ago is nobody's business."""

from datetime import timedelta

from broadsheet.house import clock
from broadsheet.house.models import Lease
from broadsheet.house.rota import DAY, me
from broadsheet.meter.models import GiftLink, Grant

KEPT = timedelta(days=90)


def forget_grants(**kwargs: object) -> None:
    """Once a day: grants that ended a quarter of a year ago."""
    if Lease.objects.take_turn("grants", me(), DAY):
        Grant.objects.ended_before(clock.now() - KEPT).delete()


def forget_gift_links(**kwargs: object) -> None:
    """Once a day: gift links that ended a quarter of a year ago."""
    if Lease.objects.take_turn("gift-links", me(), DAY):
        GiftLink.objects.ended_before(clock.now() - KEPT).delete()

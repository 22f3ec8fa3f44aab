"""What the meter does not keep for ever: whatever a reader opened long ago is nobody's business."""

from datetime import timedelta

from broadsheet.paywall.models import GiftLink, Grant
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.scheduler import DAY, worker_id

KEPT = timedelta(days=90)


def forget_grants(**kwargs: object) -> None:
    """Once a day: grants that ended a quarter of a year ago."""
    if Lease.objects.take_turn("grants", worker_id(), DAY):
        Grant.objects.ended_before(clock.now() - KEPT).delete()


def forget_gift_links(**kwargs: object) -> None:
    """Once a day: gift links that ended a quarter of a year ago."""
    if Lease.objects.take_turn("gift-links", worker_id(), DAY):
        GiftLink.objects.ended_before(clock.now() - KEPT).delete()

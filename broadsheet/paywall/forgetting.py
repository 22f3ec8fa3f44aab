"""What the meter does not keep for ever: whatever a reader opened long ago is nobody's business."""

from datetime import datetime, timedelta

from broadsheet.paywall.models import GiftLink, Grant
from broadsheet.platform.processes.scheduler import DAY, once_every

KEPT = timedelta(days=90)


@once_every(DAY, "paywall.grants")
def forget_grants(at: datetime) -> None:
    """Deletes grants that ended a quarter of a year ago."""
    Grant.objects.ended_before(at - KEPT).delete()


@once_every(DAY, "paywall.gift-links")
def forget_gift_links(at: datetime) -> None:
    """Deletes gift links that ended a quarter of a year ago."""
    GiftLink.objects.ended_before(at - KEPT).delete()

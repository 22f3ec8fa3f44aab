"""What is full of addresses, and deleted once nobody needs it any more."""

from datetime import datetime, timedelta

from broadsheet.membership.fulfilment import applying
from broadsheet.membership.models import HouseFile, PrinterList
from broadsheet.platform.processes.scheduler import DAY, once_every

LISTS_KEPT = timedelta(days=365)
"""After the closing day. A list that comes later than that calls everybody new."""
FAULTS_KEPT = timedelta(days=90)
"""Lines of a file that could not be used are named with what stood in them."""
UNUSED_KEPT = timedelta(days=30)
"""A file that was checked, and then neither applied nor dropped."""


@once_every(DAY, "membership.print")
def forget_old_print(at: datetime) -> None:
    PrinterList.objects.filter(closing_on__lt=(at - LISTS_KEPT).date()).delete()
    old = HouseFile.objects.filter(uploaded_at__lt=at - FAULTS_KEPT)
    old.exclude(faults=[]).exclude(state=HouseFile.State.APPLYING).update(faults=[])
    for file in HouseFile.objects.filter(state=HouseFile.State.CHECKED, uploaded_at__lt=at - UNUSED_KEPT):
        applying.drop(file)

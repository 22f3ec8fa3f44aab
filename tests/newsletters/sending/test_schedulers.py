"""Several hosts, each with its scheduler: one issue of a day, and each reader in it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from broadsheet.delivery.models import Recipient, Send
from broadsheet.newsletters.models import Issue
from broadsheet.newsletters.sending.minutes import hand_over_soon, keep_issues
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import NIGHT, make_newsletter, sign_up


@pytest.mark.parametrize("schedulers", [2, 10])
@pytest.mark.django_db(transaction=True)
def test_schedulers_at_once_make_one_issue_and_send_it_once(magazine: Magazine, schedulers: int) -> None:
    newsletter = make_newsletter(clock="edition", goes_out_by_itself=True, assembled_before=8)
    readers = {f"reader{number}@reader.example" for number in range(5)}
    for address in readers:
        sign_up(newsletter, address)

    def keep(_number: int) -> None:
        # In the night it is assembled, shortly before it is due frozen and handed over.
        for moment in (NIGHT + timedelta(hours=9), NIGHT + timedelta(hours=15, minutes=50)):
            with clock.moved_to(moment):
                keep_issues()
                for issue in Issue.objects.filter(state=Issue.State.FROZEN):
                    hand_over_soon.call(issue.pk)
        connection.close()

    with ThreadPoolExecutor(schedulers) as pool:
        list(pool.map(keep, range(schedulers)))
    with clock.moved_to(NIGHT + timedelta(hours=15, minutes=51)):
        keep_issues()
        for issue in Issue.objects.filter(state=Issue.State.FROZEN):
            hand_over_soon.call(issue.pk)
    assert Issue.objects.count() == Send.objects.count() == 1
    assert sorted(Recipient.objects.values_list("address", flat=True)) == sorted(readers)

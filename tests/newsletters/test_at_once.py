"""A button that is pressed twice, two editors, the clock: at once, on whatever database there is."""

from datetime import timedelta

import pytest

from broadsheet.newsletters.asking import Asking
from broadsheet.newsletters.models import Consent, Issue, Mailbox, Place, SignUp
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import NIGHT, TUESDAY, make_issue, make_newsletter
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sign_up_that_is_sent_twice_is_one_mailbox_and_one_sign_up() -> None:
    asking = Asking([make_newsletter()], "I want it.", Place.PAGE)
    at_once(*[lambda: asking.write_down("Ada@Reader.example", "en-us")] * 4)
    assert Mailbox.objects.get().address == "ada@reader.example"
    assert SignUp.objects.count() == 1
    assert Consent.objects.count() == 4


def test_a_digest_that_is_filled_twice_has_each_article_once(magazine: Magazine) -> None:
    issue = make_issue(make_newsletter())

    def fill() -> int:
        with clock.moved_to(NIGHT):
            return Issue.objects.get(pk=issue.pk).assemble()

    counts = at_once(*[fill] * 4)
    assert sorted(counts)[:3] == [0, 0, 0]
    assert issue.items.count() == max(counts) > 1
    assert issue.items.filter(is_lead=True).count() == 1


def test_issues_of_one_newsletter_that_are_approved_at_once_have_numbers_of_their_own(
    magazine: Magazine,
) -> None:
    newsletter = make_newsletter()
    days = [TUESDAY + timedelta(days=day) for day in range(4)]
    slugs = ["harbour", "reef", "orchard", "ledger"]
    issues = [
        make_issue(newsletter, slug, magazine=magazine, send_on=day)
        for slug, day in zip(slugs, days, strict=True)
    ]
    at_once(*[lambda pk=issue.pk: Issue.objects.get(pk=pk).approve() for issue in issues])
    assert sorted(newsletter.issues.values_list("number", flat=True)) == [1, 2, 3, 4]

"""The demo's archives of newsletters, and the issue that waits."""

from datetime import timedelta

import pytest

from broadsheet.demo.issues import make_issues
from broadsheet.newsletters.models import Issue
from tests.magazine import PRINTED, Magazine
from tests.newsletters.issues import make_newsletter, names, sign_up

pytestmark = pytest.mark.django_db


def test_archives_are_filled_and_one_issue_waits_for_its_editor(magazine: Magazine) -> None:
    daily = make_newsletter(max_items=2)
    letter = make_newsletter("letter", is_digest=False, frequency="by_hand")
    for newsletter in (daily, letter):
        sign_up(newsletter)
    make_issues(PRINTED + timedelta(days=1))

    sent = daily.issues.filter(state="done")
    assert sent.count() >= 5
    articles = [name for issue in sent for name in names(issue)]
    assert len(articles) == len(set(articles)), "never an article twice"
    last = sent.order_by("send_on").last()
    assert last.send.counts() == {"submitted": 1}
    draft = daily.issues.get(state="draft")
    assert draft.faults() == []
    assert draft.send_on > last.send_on
    assert letter.issues.filter(kind=Issue.Kind.WRITTEN, state="done").count() == 3
    assert letter.issues.filter(kind=Issue.Kind.WELCOME, state="approved").count() == 2

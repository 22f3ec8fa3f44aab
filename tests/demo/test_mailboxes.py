"""The demo's newsletters and their readers."""

import pytest

from broadsheet.demo.mailboxes import READERS, make_newsletters
from broadsheet.newsletters.models import Mailbox, Newsletter, Segment, SignUp
from broadsheet.platform import clock
from tests.magazine import Magazine

pytestmark = pytest.mark.django_db


def test_each_edition_has_its_newsletters_and_its_readers(
    magazine: Magazine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("us", "uk"):
        monkeypatch.setitem(READERS, key, 60)
    make_newsletters({"us": magazine.us, "uk": magazine.uk}, clock.now())
    assert Newsletter.objects.filter(edition="en-gb").count() == 5
    for newsletter in Newsletter.objects.all():
        newsletter.full_clean()
    assert Mailbox.objects.count() == 120
    assert not SignUp.objects.filter(asked_at__gt=clock.now()).exists()
    assert not SignUp.objects.filter(consents=None).exists()
    assert Segment.objects.get().conditions.count() == 3
    assert Newsletter.objects.get(edition="en-us", slug="first-light").sign_ups.receiving().count() > 20

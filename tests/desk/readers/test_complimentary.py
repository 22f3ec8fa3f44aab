"""Complimentary subscriptions: one for a reader at a time, with an end or none, and told of by a letter."""

from datetime import timedelta

import pytest
from django.urls import reverse

from broadsheet.membership.account import export
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Entitlement, Gift
from broadsheet.membership.models.entitlement import UNTIL_REVOKED
from broadsheet.notices.kinds import letter_of
from broadsheet.notices.models import Notice
from broadsheet.notices.posting import post_due
from broadsheet.platform import clock
from tests.billing.counter import words_of
from tests.cast import signed_in
from tests.desk.readers.test_readers import form, give
from tests.shop import subscribe


def test_a_second_one_for_the_same_time_is_refused_and_what_was_typed_kept(farid, ada):
    give(farid)
    page = give(farid, reason="Wrote us another")
    assert "They have a complimentary subscription already, until" in page
    assert "Wrote us another" in page
    assert Entitlement.objects.filter(person=ada).count() == 1
    later = clock.now() + timedelta(days=100)
    give(farid, starts_at=f"{later:%Y-%m-%d %H:%M}", ends_at="")
    assert Entitlement.objects.filter(person=ada).count() == 2
    assert "until it is revoked" in give(farid, starts_at=f"{later:%Y-%m-%d %H:%M}", ends_at="")


def test_one_is_not_moved_over_another(farid, ada):
    later = clock.now() + timedelta(days=100)
    give(farid)
    give(farid, starts_at=f"{later:%Y-%m-%d %H:%M}", ends_at="")
    first = Entitlement.objects.order_by("starts_at").first()
    edit = f"/desk/complimentary/edit/{first.pk}/"
    answer = signed_in(farid).post(edit, form(ends_at=f"{later + timedelta(days=9):%Y-%m-%d %H:%M}"))
    assert "They have a complimentary subscription already" in answer.text
    assert signed_in(farid).post(edit, form(reason="Better")).status_code == 302


def test_without_an_end_it_lasts_until_it_is_revoked(farid, ada):
    give(farid, ends_at="")
    given = Entitlement.objects.get(person=ada)
    assert given.ends_at == UNTIL_REVOKED
    assert str(given) == "until revoked"
    with clock.moved_to(clock.now() + timedelta(days=20_000)):
        assert Entitlement.objects.entitle(ada)
    client = signed_in(farid)
    for address in ("/desk/complimentary/", f"/desk/readers/{ada.pk}/"):
        assert "Until revoked" in " ".join(client.get(address).text.split())
    editor = client.get(f"/desk/complimentary/edit/{given.pk}/").text
    account = words_of(signed_in(ada).get("/account/"))
    assert "You can read without limit, and nothing is charged." in account
    assert export(ada)[0]["ends_at"] is None
    for page in (editor, account, client.get("/desk/complimentary/").text):
        assert "9999" not in page
    client.post(f"/desk/complimentary/delete/{given.pk}/")
    assert not Entitlement.objects.entitle(ada)


def test_whoever_gives_sees_what_the_reader_has_and_confirms_that_it_is_meant(farid, ada, yearly):
    subscription = subscribe(ada, yearly)
    new = signed_in(farid).get(f"/desk/complimentary/new/?email={ada.email}").text
    assert f"Subscription {subscription.number}" in new
    page = give(farid)
    assert f"Subscription {subscription.number}" in page
    assert "They would read no more with it." in page
    assert not Entitlement.objects.complimentary().exists()
    give(farid, all_the_same="on")
    assert Entitlement.objects.complimentary().get().person == ada


def test_who_has_nothing_is_given_one_without_a_question(farid, ada):
    new = signed_in(farid).get(f"/desk/complimentary/new/?email={ada.email}").text
    assert "Give it anyway" not in new


def test_the_reader_is_told_by_one_letter_when_it_begins(farid, ada):
    tomorrow = clock.now() + timedelta(days=1)
    give(farid, starts_at=f"{tomorrow:%Y-%m-%d %H:%M}", ends_at="")
    notice = Notice.objects.get()
    assert notice.to == ada.email
    assert post_due() == 0
    with clock.moved_to(tomorrow + timedelta(minutes=1)):
        letter = letter_of(notice)
        assert post_due() == 1
        assert post_due() == 0
    assert letter.subject == "You have a complimentary subscription"
    assert letter.facts == [("It lasts until", "when we end it")]


def test_what_is_revoked_before_it_begins_is_not_told_of(farid, ada):
    tomorrow = clock.now() + timedelta(days=1)
    give(farid, starts_at=f"{tomorrow:%Y-%m-%d %H:%M}", ends_at="")
    Entitlement.objects.get(person=ada).delete()
    with clock.moved_to(tomorrow + timedelta(minutes=1)):
        assert post_due() == 0
    assert Notice.objects.get().dropped_at


def test_a_gift_adds_nothing_to_what_has_no_end_and_its_code_stays_good(farid, ada, bruno, yearly):
    give(farid, ends_at="")
    gift = Gift.objects.create(
        buyer=bruno,
        buyer_name="Bruno",
        price=yearly,
        recipient_name="Ada",
        recipient_email=ada.email,
        deliver_at=clock.now(),
        expires_at=clock.now() + timedelta(days=700),
    )
    with pytest.raises(Refused, match="You read without limit already"):
        gift.redeem(ada)
    page = signed_in(ada).get(f"{reverse('redeem')}?code={gift.code}")
    assert "You read without limit already" in words_of(page)
    gift.refresh_from_db()
    assert gift.is_usable

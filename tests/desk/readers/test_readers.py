import re
from datetime import UTC, datetime, timedelta

import pytest
from wagtail.users.models import UserProfile

from broadsheet.billing.models import Invoice
from broadsheet.delivery.models import Suppression
from broadsheet.editorial.models import Publication
from broadsheet.membership.models import Consent, Entitlement, Gift
from broadsheet.newsletters.models import EReader, Mailbox
from broadsheet.platform import clock
from tests.billing.counter import words_of
from tests.cast import STRANGER, introduce, signed_in
from tests.shop import subscribe


def form(**changes):
    now = clock.now()
    data = {
        "email": "ada@reader.example",
        "starts_at": f"{now:%Y-%m-%d %H:%M}",
        "ends_at": f"{now + timedelta(days=90):%Y-%m-%d %H:%M}",
        "reason": "Wrote us a poem",
    }
    return data | changes


def give(person, **changes) -> str:
    response = signed_in(person).post("/desk/complimentary/new/", form(**changes), follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_complimentary_subscription_is_given_in_ones_own_name(farid, ada):
    give(farid, email=" Ada@Reader.example")
    given = Entitlement.objects.get(person=ada)
    assert given.given_by == farid
    assert Entitlement.objects.filter(person=ada).live().exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": STRANGER}, "Nobody is registered with this address."),
        ({"email": "nonsense"}, "does not look like an e-mail address"),
        ({"email": ""}, "required"),
        ({"ends_at": "2020-01-01 00:00"}, "It must end after it begins."),
        ({"starts_at": "2019-01-01 00:00", "ends_at": "2020-01-01 00:00"}, "This moment has passed."),
        ({"ends_at": "soon"}, "valid date"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_cannot_be_given_is_refused_with_the_reason(farid, ada, changes, reason):
    page = give(farid, **changes)
    assert reason in page
    assert not Entitlement.objects.exists()
    if "reason" not in changes:
        assert "Wrote us a poem" in page


def test_it_is_found_by_address_changed_and_ended(farid, bruno, ada):
    client = signed_in(farid)
    given = Entitlement.objects.get(person=bruno)
    assert bruno.email in client.get("/desk/complimentary/?q=bruno").content.decode()
    assert bruno.email not in client.get("/desk/complimentary/?q=nobody").content.decode()
    edit = f"/desk/complimentary/edit/{given.pk}/"
    assert bruno.email in client.get(edit).content.decode()
    data = form(email=ada.email, reason="Won it twice")
    assert client.post(edit, data).status_code == 302
    given.refresh_from_db()
    assert given.person == bruno
    assert given.reason == "Won it twice"


def test_readers_are_found_by_address_and_name_and_the_staff_is_not_among_them(farid, ada, bruno, carla):
    client = signed_in(farid)
    found = client.get("/desk/readers/?q=brandt").content.decode()
    assert ada.email in found
    assert bruno.email not in found
    everyone = client.get("/desk/readers/").content.decode()
    assert carla.email not in everyone
    assert "email=ada%40reader.example" in everyone
    assert client.get(f"/desk/users/edit/{carla.pk}/").status_code != 200


def test_only_the_subscriptions_manager_and_the_operator_see_readers(carla, dev, edith, greta, ada):
    for person in (carla, dev, edith):
        assert signed_in(person).get("/desk/readers/").status_code != 200
        assert signed_in(person).get("/desk/complimentary/").status_code != 200
    assert signed_in(greta).get("/desk/readers/").status_code == 200


def test_the_day_of_a_complimentary_subscription_is_the_publications(farid, ada):
    """Whoever gives it lives in Tokyo, whoever gets it reads in New York."""
    Publication.objects.update(time_zone="Europe/London")
    UserProfile.objects.create(user=farid, current_time_zone="Asia/Tokyo")
    give(farid, email=ada.email, starts_at="2026-12-01 00:00", ends_at="2026-12-24 00:30")
    given = Entitlement.objects.get(person=ada)
    assert given.ends_at == datetime(2026, 12, 24, 0, 30, tzinfo=UTC)
    with clock.moved_to(datetime(2026, 12, 2, 9, tzinfo=UTC)):
        assert "until Dec. 24, 2026" in words_of(signed_in(ada).get("/account/"))
    record = signed_in(farid).get(f"/desk/readers/{ada.pk}/").text
    assert "Dec. 24, 2026, 12:30 a.m." in record


def test_an_internationalised_domain_is_shown_as_its_owner_writes_it(farid, yearly):
    bea = introduce("Bea Kim", "bea@münchen.example")
    subscription = subscribe(bea, yearly)
    invoice = Invoice.objects.get()
    gift = Gift.objects.create(
        buyer=bea,
        buyer_name="Bea",
        price=yearly,
        recipient_name="Max",
        recipient_email=bea.email,
        deliver_at=clock.now(),
        expires_at=clock.now(),
    )
    pages = [
        "/desk/readers/",
        f"/desk/readers/{bea.pk}/",
        "/desk/subscriptions/",
        f"/desk/subscriptions/{subscription.pk}/",
        "/desk/invoices/",
        f"/desk/invoices/{invoice.pk}/",
        "/desk/payments/",
        "/desk/gifts/",
        f"/desk/gifts/{gift.pk}/",
    ]
    for page in pages:
        response = signed_in(farid).get(page)
        shown = re.sub(r"<[^>]*>", " ", response.text)
        assert response.status_code == 200
        assert "bea@münchen.example" in shown, page
        assert "xn--" not in shown, page


def test_what_a_reader_agreed_to_has_no_quotation_marks_around_others(farid, ada, yearly):
    subscription = subscribe(ada, yearly)
    Consent.objects.create(
        person=ada, subscription=subscription, text="You pay $40 today. “Subscribe and pay $40.00”"
    )
    page = signed_in(farid).get(f"/desk/subscriptions/{subscription.pk}/").text
    assert ": You pay $40 today. “Subscribe and pay $40.00”" in page
    assert "““" not in page
    assert "””" not in page


def test_the_record_says_where_issues_go_and_leads_to_what_became_of_them(magazine, farid, bruno):
    EReader.objects.create(
        mailbox=Mailbox.objects.made_for(bruno, "en-gb"),
        edition="en-gb",
        address="bruno@kindle.example",
        proven_at=clock.now(),
    )
    record = f"/desk/readers/{bruno.pk}/"
    page = signed_in(farid).get(record)
    assert 'href="/desk/ledger/?q=bruno%40kindle.example"' in page.text
    assert "bruno@kindle.example , UK" in words_of(page)
    assert "by the staff" not in page.text
    Suppression.suppress("bruno@kindle.example", Suppression.Reason.STAFF)
    assert "by the staff" in signed_in(farid).get(record).text

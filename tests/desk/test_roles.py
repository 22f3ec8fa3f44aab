from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import GroupPagePermission, PageViewRestriction, Task, Workflow, WorkflowPage

from broadsheet.desk.roles import ROLES, set_up_newsroom
from broadsheet.people.models import Person
from tests.cast import STRANGER, signed_in
from tests.magazine import Magazine
from tests.shop import subscribe


def edits(client: Client, page) -> bool:
    return client.get(f"/desk/pages/{page.pk}/edit/").status_code == 200


def may_open(person: Person, address: str) -> bool:
    return signed_in(person).get(address).status_code == 200


def staff(*args: str) -> str:
    out = StringIO()
    call_command("staff", *args, stdout=out)
    return out.getvalue()


def test_there_are_five_roles_and_none_of_wagtails(db):
    assert {group.name for group in Group.objects.all()} == {role.name for role in ROLES}
    assert [workflow.name for workflow in Workflow.objects.all()] == ["The desk"]
    assert [task.name for task in Task.objects.all()] == ["The desk"]


def test_setting_up_again_changes_nothing_and_mends_what_was_changed(db):
    rows = GroupPagePermission.objects.count()
    reporter = Group.objects.get(name="Reporter")
    permissions = set(reporter.permissions.all())
    reporter.permissions.clear()
    set_up_newsroom()
    assert GroupPagePermission.objects.count() == rows
    assert set(reporter.permissions.all()) == permissions
    assert WorkflowPage.objects.count() == 1


def test_a_group_of_ones_own_is_left_alone(db):
    Group.objects.create(name="Moderators")
    set_up_newsroom()
    assert Group.objects.filter(name="Moderators").exists()


def test_a_reporter_writes_articles_and_nothing_else(magazine: Magazine, dev):
    client = signed_in(dev)
    section = magazine.section("world")
    assert edits(client, magazine.draft)
    assert client.get(f"/desk/pages/add/editorial/article/{section.pk}/").status_code == 200
    assert not edits(client, magazine.us)
    assert not edits(client, section)
    assert client.get(f"/desk/pages/add/editorial/section/{magazine.us.pk}/").status_code != 200
    root = magazine.us.get_parent()
    assert client.get(f"/desk/pages/add/editorial/edition/{root.pk}/").status_code != 200
    rights = magazine.draft.permissions_for_user(dev)
    assert rights.can_submit_for_moderation()
    assert not rights.can_publish()
    assert not magazine.free.permissions_for_user(dev).can_unpublish()


def test_an_editor_publishes_corrects_and_curates(magazine: Magazine, carla):
    client = signed_in(carla)
    for page in (magazine.draft, magazine.us, magazine.section("world")):
        assert edits(client, page)
        assert page.permissions_for_user(carla).can_publish()
    assert magazine.draft.permissions_for_user(carla).can_lock()
    assert may_open(carla, "/desk/redirects/")
    assert may_open(carla, "/desk/snippets/editorial/author/")
    assert not may_open(carla, "/desk/users/")
    assert not may_open(carla, "/desk/complimentary/")


def test_an_audience_editor_changes_fronts_and_the_meter_but_no_article(magazine: Magazine, edith):
    client = signed_in(edith)
    assert edits(client, magazine.us)
    assert edits(client, magazine.section("world"))
    assert magazine.us.permissions_for_user(edith).can_publish()
    assert not edits(client, magazine.draft)
    assert not magazine.free.permissions_for_user(edith).can_unpublish()
    assert not magazine.us.permissions_for_user(edith).can_unpublish()
    assert not magazine.section("world").permissions_for_user(edith).can_delete()
    assert client.get("/desk/settings/paywall/meter/", follow=True).status_code == 200


def test_a_subscriptions_manager_serves_readers_and_sees_no_pages(magazine: Magazine, farid):
    client = signed_in(farid)
    assert client.get("/desk/complimentary/").status_code == 200
    assert client.get("/desk/readers/").status_code == 200
    for address in ("/desk/articles/", "/desk/fronts/", "/desk/pages/", "/desk/users/", "/desk/images/"):
        assert client.get(address).status_code != 200, address
    assert not edits(client, magazine.draft)
    menu = client.get("/desk/").content.decode()
    assert "/desk/articles/" not in menu
    assert "/desk/users/" not in menu


SELLS = ("plans/", "offers/", "markets/", "settings/membership/salespolicy/", "settings/billing/seller/")
SERVES = ("subscriptions/", "invoices/", "payments/", "differences/", "gifts/", "withdrawals/")


def test_a_subscriptions_manager_sells_and_sees_what_was_sold(magazine: Magazine, farid):
    client = signed_in(farid)
    menu = client.get("/desk/").text
    for address in (*SELLS, *SERVES):
        assert client.get(f"/desk/{address}", follow=True).status_code == 200, address
        # Nobody keeps books here that could differ from ours.
        assert (f"/desk/{address}" in menu) == (address != "differences/"), address


def test_an_audience_editor_makes_offers_and_sees_plans_but_no_subscription(magazine: Magazine, edith):
    client = signed_in(edith)
    menu = client.get("/desk/").text
    for address in ("plans/", "offers/", "offers/new/"):
        assert may_open(edith, f"/desk/{address}"), address
    assert "/desk/offers/" in menu
    for address in ("plans/new/", *SELLS[2:], *SERVES):
        assert not may_open(edith, f"/desk/{address}"), address
        assert f"/desk/{address}" not in menu, address


def test_reporters_editors_readers_and_strangers_see_nothing_of_money(
    magazine: Magazine, carla, dev, ada, yearly
):
    subscription = subscribe(ada, yearly)
    invoice = subscription.invoices.get()
    payment = invoice.payments.get()
    addresses = [
        *SELLS,
        *SERVES,
        f"plans/edit/{yearly.plan_id}/",
        f"plans/prices/{yearly.pk}/replace/",
        f"subscriptions/{subscription.pk}/",
        f"subscriptions/{subscription.pk}/end/",
        f"invoices/{invoice.pk}/",
        f"invoices/{invoice.pk}/pdf/",
        f"invoices/{invoice.pk}/void/",
        f"payments/{payment.pk}/",
        f"payments/{payment.pk}/refund/",
    ]
    for client in (signed_in(carla), signed_in(dev), signed_in(ada), Client()):
        hers = client.session.get("_auth_user_id") == str(ada.pk)
        for address in addresses:
            for answer in (client.get(f"/desk/{address}"), client.post(f"/desk/{address}", {"why": "x"})):
                assert answer.status_code in {302, 403, 405}, address
                # To herself it says by which account she came.
                assert hers or "ada@reader.example" not in answer.text, address
    subscription.refresh_from_db()
    payment.refresh_from_db()
    assert subscription.is_live
    assert payment.refunded == 0


@pytest.mark.parametrize("address", ["users/", "groups/", "sites/", "workflows/list/", "complimentary/"])
def test_an_operator_does_everything(magazine: Magazine, greta, address: str):
    assert may_open(greta, f"/desk/{address}")


def test_an_operator_need_not_be_a_superuser(magazine: Magazine, greta):
    greta.is_superuser = False
    greta.save()
    for address in ("/desk/users/", "/desk/groups/", "/desk/sites/", "/desk/articles/"):
        assert may_open(greta, address), address


@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_nobody_sets_a_privacy_beside_access(magazine: Magazine, greta, kind: str):
    for page in (magazine.us, magazine.section("world"), magazine.article("harbour")):
        asked = {"restriction_type": kind, "password": "pass", "groups": Group.objects.first().pk}
        signed_in(greta).post(f"/desk/pages/{page.pk}/privacy/", asked)
    assert not PageViewRestriction.objects.exists()


def test_a_reader_does_not_get_in(magazine: Magazine, ada):
    assert not may_open(ada, "/desk/")


def test_staff_add_makes_an_account_that_signs_in_by_code(db):
    said = staff("add", " First@Magazine.example", "--role", "operator", "--name", "Ilse Marr")
    person = Person.objects.get(email="first@magazine.example")
    assert person.is_superuser
    assert not person.has_usable_password()
    assert person.get_full_name() == "Ilse Marr"
    assert [group.name for group in person.groups.all()] == ["Operator"]
    assert "/account/sign-in/" in said


def test_staff_add_gives_a_reader_a_role(ada):
    staff("add", ada.email, "--role", "audience-editor")
    assert [group.name for group in ada.groups.all()] == ["Audience editor"]
    ada.refresh_from_db()
    assert not ada.is_superuser


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("add", "no-address", "--role", "editor"), "no e-mail address"),
        (("add", STRANGER, "--role", "publisher"), "invalid choice"),
        (("add", STRANGER), "required"),
    ],
)
def test_staff_add_says_what_is_wrong(db, args, reason):
    with pytest.raises(CommandError, match=reason):
        staff(*args)
    assert not Person.objects.filter(email=STRANGER).exists()


def test_staff_add_does_not_open_an_account_that_was_switched_off(dev):
    Person.objects.filter(pk=dev.pk).update(is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        staff("add", dev.email, "--role", "editor")


def test_staff_list_names_everyone_with_their_role(carla, dev, ada):
    said = staff("list")
    assert "Carla Nwosu" in said
    assert "Reporter" in said
    assert ada.email not in said

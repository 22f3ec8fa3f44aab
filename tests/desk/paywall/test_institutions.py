from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from broadsheet.membership.models import Institution, InstitutionDomain, InstitutionNetwork
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in


def form(*, networks: Sequence[str] = (), domains: Sequence[str] = (), **changes: Any) -> dict[str, Any]:
    data = {
        "name": "Saltmarsh College",
        "starts_at": f"{clock.now() - timedelta(days=1):%Y-%m-%d %H:%M}",
        "ends_at": "",
        "note": "Call Wren Adeyemi, the librarian",
        "networks": inline_formset([{"cidr": cidr} for cidr in networks]),
        "domains": inline_formset([{"domain": domain} for domain in domains]),
    }
    return nested_form_data(data | changes)


def add(person: Person, **changes: Any) -> str:
    answer = signed_in(person).post("/desk/institutions/new/", form(**changes), follow=True)
    assert answer.status_code == 200
    return answer.text


def listed(client: Client, query: str = "") -> str:
    return client.get("/desk/institutions/", {"q": query} if query else {}).text


def test_an_institution_is_added_with_its_networks_and_domains(farid: Person) -> None:
    add(farid, networks=[" 198.51.100.0/24", "2001:0db8:77::/48"], domains=["@Saltmarsh.example"])
    found = Institution.objects.get()
    assert {network.cidr for network in found.networks.all()} == {"198.51.100.0/24", "2001:db8:77::/48"}
    assert [domain.domain for domain in found.domains.all()] == ["saltmarsh.example"]
    live = Institution.objects.live()
    assert live.having_address("198.51.100.9").get() == live.having_address("2001:db8:77::9").get() == found
    assert live.having_mailbox("wren@saltmarsh.example").get() == found


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "This field is required"),
        ({"networks": ["198.51.100.7/24"]}, "Did you mean 198.51.100.0/24?"),
        ({"networks": ["0.0.0.0/0"]}, "This is too broad: /8 is the broadest for IPv4."),
        ({"networks": ["the library"]}, "“the library” is no network."),
        ({"networks": ["198.51.100.0/24", " 198.51.100.0/255.255.255.0 "]}, "This is listed already."),
        ({"domains": ["gmail.com"]}, "Anybody can have a mailbox at gmail.com"),
        ({"domains": ["wren@saltmarsh.example"]}, "is no domain."),
        ({"domains": ["saltmarsh.example", "SALTMARSH.example"]}, "This is listed already."),
        ({"ends_at": "2020-01-01 00:00"}, "It must end after it begins."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(
    farid: Person, changes: dict[str, Any], reason: str
) -> None:
    page = add(farid, **changes)
    assert reason in page
    assert "Wren Adeyemi" in page
    assert not Institution.objects.exists()


def test_a_network_is_changed_and_what_is_compared_with_it(halden: Institution, farid: Person) -> None:
    client = signed_in(farid)
    edit = f"/desk/institutions/edit/{halden.pk}/"
    assert "192.0.2.0/24" in client.get(edit).text
    old, other = halden.networks.order_by("pk")
    domain = halden.domains.get()
    data = form(name=halden.name) | nested_form_data(
        {
            "networks": inline_formset(
                [
                    {"id": old.pk, "cidr": "198.51.100.0/24"},
                    {"id": other.pk, "cidr": other.cidr, "DELETE": "1"},
                ],
                initial=2,
            ),
            "domains": inline_formset([{"id": domain.pk, "domain": domain.domain}], initial=1),
        }
    )
    assert client.post(edit, data).status_code == 302
    assert not Institution.objects.having_address("192.0.2.9").exists()
    assert not Institution.objects.having_address("2001:db8:4a1d::9").exists()
    assert Institution.objects.having_address("198.51.100.9").get() == halden
    assert InstitutionNetwork.objects.count() == InstitutionDomain.objects.count() == 1


def test_it_is_found_by_name_note_network_and_domain(halden: Institution, farid: Person) -> None:
    Institution.objects.update(note="Call Wren Adeyemi")
    client = signed_in(farid)
    for query in ("university", "wren", "192.0.2", "halden.example"):
        assert halden.name in listed(client, query), query
    assert halden.name not in listed(client, "saltmarsh")


def test_the_listing_says_whether_a_contract_runs(halden: Institution, farid: Person) -> None:
    client = signed_in(farid)
    now = clock.now()
    assert "Runs" in listed(client)
    Institution.objects.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    assert "Ended" in listed(client)
    Institution.objects.update(starts_at=now + timedelta(days=1), ends_at=None)
    assert "To come" in listed(client)


def test_a_longer_listing_takes_as_many_queries(halden: Institution, farid: Person) -> None:
    client = signed_in(farid)
    listed(client)
    with CaptureQueriesContext(connection) as few:
        listed(client)
    for number in range(10):
        school = Institution.objects.create(name=f"School {number}")
        InstitutionNetwork.objects.create(institution=school, cidr=f"198.51.100.{number}")
    with CaptureQueriesContext(connection) as many:
        assert "School 9" in listed(client)
    assert len(many) == len(few)


def test_it_is_deleted(halden: Institution, farid: Person) -> None:
    answer = signed_in(farid).post(f"/desk/institutions/delete/{halden.pk}/")
    assert answer.status_code == 302
    assert not InstitutionNetwork.objects.exists()


def test_only_the_subscriptions_manager_and_the_operator_see_institutions(
    carla: Person, dev: Person, edith: Person, farid: Person, greta: Person
) -> None:
    for person in (carla, dev, edith):
        assert signed_in(person).get("/desk/institutions/").status_code != 200
        assert "/desk/institutions/" not in signed_in(person).get("/desk/").text
    for person in (farid, greta):
        assert signed_in(person).get("/desk/institutions/").status_code == 200
    assert "/desk/institutions/" in signed_in(farid).get("/desk/").text

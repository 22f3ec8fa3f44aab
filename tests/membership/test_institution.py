from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.membership.addresses import domain_in, network_in, sort_key
from broadsheet.membership.models import Institution, InstitutionDomain, InstitutionNetwork
from broadsheet.platform import clock

START = datetime(2026, 5, 1, tzinfo=UTC)
END = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def add_network(institution: Institution, cidr: str) -> InstitutionNetwork:
    return InstitutionNetwork.objects.create(institution=institution, cidr=cidr)


def add_domain(institution: Institution, domain: str) -> InstitutionDomain:
    return InstitutionDomain.objects.create(institution=institution, domain=domain)


def having_address(address: str) -> set[str]:
    return set(Institution.objects.having_address(address).values_list("name", flat=True))


# --- Its contract ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "is_live", "state"),
    [
        (START - SECOND, False, "To come"),
        (START, True, "Runs"),
        (END - SECOND, True, "Runs"),
        (END, False, "Ended"),
    ],
)
def test_its_contract_runs_from_its_first_second_and_not_at_its_last(
    halden: Institution, at: datetime, is_live: bool, state: str
) -> None:
    Institution.objects.update(starts_at=START, ends_at=END)
    halden.refresh_from_db()
    assert Institution.objects.live(at).exists() == is_live
    assert halden.is_live(at) == is_live
    with clock.moved_to(at):
        assert halden.state == state
        assert Institution.objects.live().exists() == is_live


def test_a_contract_without_end_runs_on(halden: Institution) -> None:
    assert halden in Institution.objects.live(clock.now() + timedelta(days=36500))


def test_the_database_refuses_an_end_before_the_start(db: None) -> None:
    with pytest.raises(IntegrityError):
        Institution.objects.create(name="Halden", starts_at=END, ends_at=START)


# --- Addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "192.0.2.0",
        "192.0.2.255",
        "::ffff:192.0.2.7",
        "2001:db8:4a1d::",
        "2001:db8:4a1d:ffff:ffff:ffff:ffff:ffff",
    ],
)
def test_who_comes_from_its_networks_is_in(halden: Institution, address: str) -> None:
    assert list(Institution.objects.having_address(address)) == [halden]


@pytest.mark.parametrize(
    "address",
    [
        "192.0.1.255",
        "192.0.3.0",
        "2001:db8:4a1c:ffff:ffff:ffff:ffff:ffff",
        "2001:db8:4a1e::",
        # The same bits as an IPv6 address that is not IPv4's.
        "::192.0.2.7",
        "64:ff9b::192.0.2.7",
        "",
        "unix:",
        "halden.example",
    ],
)
def test_who_comes_from_elsewhere_is_not(halden: Institution, address: str) -> None:
    assert not Institution.objects.having_address(address).exists()


def test_networks_inside_one_another_give_each_institution_once(halden: Institution) -> None:
    add_network(halden, "192.0.2.64/26")
    add_network(halden, "192.0.2.70")
    school = Institution.objects.create(name="A school")
    add_network(school, "192.0.2.64/28")
    assert [i.name for i in Institution.objects.having_address("192.0.2.70")] == [
        "A school",
        "Halden University Library",
    ]
    assert having_address("192.0.2.100") == {"Halden University Library"}


def test_one_query_answers_for_an_address_or_a_mailbox(halden: Institution) -> None:
    asked = Institution.objects.live()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = asked.having_address("192.0.2.9") | asked.having_mailbox("mallory@stranger.example")
        assert list(found) == [halden]
    assert len(queries) == 1


def test_the_query_of_an_address_goes_by_an_index(halden: Institution) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # it would read a table of two rows as a whole
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "institution_network_range" in Institution.objects.live().having_address("192.0.2.9").explain()


versions = st.sampled_from([(32, 8, IPv4Address), (128, 16, IPv6Address)])


@given(st.data())
def test_bytes_compare_as_addresses_do(data: st.DataObject) -> None:
    bits, broadest, kind = data.draw(versions)
    address = kind(data.draw(st.integers(0, 2**bits - 1)))
    network = ip_network((int(address), data.draw(st.integers(broadest, bits))), strict=False)
    if kind is IPv6Address:
        network = ip_network((address, network.prefixlen), strict=False)
    near = st.sampled_from([int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1])
    other = kind(max(0, min(2**bits - 1, data.draw(near | st.integers(0, 2**bits - 1)))))
    first, last, key = (sort_key(one) for one in (network[0], network[-1], other))
    assert len(first) == len(last) == len(key) == 16
    assert (first <= key <= last) == (other in network)


# --- What may be written ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" 192.0.2.0/24 ", "192.0.2.0/24"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("192.0.2.17", "192.0.2.17/32"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("2001:0DB8:0:0::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001::/16", "2001::/16"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:c000:207", "192.0.2.7/32"),
    ],
)
def test_a_network_is_kept_in_one_form(db: None, written: str, kept: str) -> None:
    institution = Institution.objects.create(name="A school")
    assert add_network(institution, written).cidr == kept
    assert str(network_in(written)) == kept
    network = institution.networks.get()
    network.full_clean()
    assert network.cidr == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("192.0.2.17/24", "Did you mean 192.0.2.0/24?"),
        ("2001:db8::1/32", "Did you mean 2001:db8::/32?"),
        ("::ffff:192.0.2.1/120", "in the middle of its network"),
        ("11.0.0.0/7", "in the middle"),
        ("10.0.0.0/7", "too broad: /8 is the broadest for IPv4"),
        ("0.0.0.0/0", "too broad"),
        ("2000::/3", "too broad: /16 is the broadest for IPv6"),
        ("::/0", "too broad"),
        ("::ffff:0:0/96", "too broad: /8 is the broadest for IPv4"),
        ("::/16", "holds all of IPv4"),
        ("::ffff:0:0/95", "in the middle"),
        ("::fffe:0:0/95", "holds all of IPv4"),
        ("fe80::1%eth0", "%"),
        ("192.0.2.1-192.0.2.9", "is no network"),
        ("192.0.2", "is no network"),
        ("192.0.2.010", "is no network"),
        ("halden.example", "is no network"),
        ("", "is no network"),
        ("1" * 5000, "is no network"),
    ],
)
def test_what_is_no_network_for_an_institution_is_refused_with_the_reason(
    halden: Institution, written: str, reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason.replace("?", "[?]")):
        add_network(halden, written)
    with pytest.raises(ValidationError):
        InstitutionNetwork(institution=halden, cidr=written).full_clean()
    assert InstitutionNetwork.objects.count() == 2


def test_one_network_stands_once_in_an_institution_however_it_is_written(halden: Institution) -> None:
    with pytest.raises(IntegrityError):
        add_network(halden, "192.0.2.0/255.255.255.0")


def test_the_database_refuses_a_network_without_its_range(halden: Institution) -> None:
    with pytest.raises(IntegrityError):
        InstitutionNetwork.objects.bulk_create(
            [InstitutionNetwork(institution=halden, cidr="198.51.100.0/24")]
        )


# --- Mailboxes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "is_in"),
    [
        ("ilse@halden.example", True),
        ("Ilse@Halden.EXAMPLE", True),
        ('"odd@name"@halden.example', True),
        ("ilse@students.halden.example", False),
        ("ilse@nothalden.example", False),
        ("halden.example@stranger.example", False),
        ("ilse@halden.example.stranger.example", False),
        ("", False),
        ("ilse@" + "ö" * 400, False),
    ],
)
def test_a_mailbox_counts_at_its_very_domain(halden: Institution, email: str, is_in: bool) -> None:
    assert Institution.objects.having_mailbox(email).exists() == is_in


def test_a_sharp_s_is_no_double_s(halden: Institution) -> None:
    assert add_domain(halden, "straße.example").domain == "xn--strae-oqa.example"
    assert list(Institution.objects.having_mailbox("ada@straße.example")) == [halden]
    assert not Institution.objects.having_mailbox("ada@strasse.example").exists()


@pytest.mark.parametrize(
    "email", ["ilse@käserei.example", "ilse@xn--kserei-bua.example", "ilse@KÄSEREI.example"]
)
def test_a_domain_is_one_however_it_is_written(halden: Institution, email: str) -> None:
    assert add_domain(halden, "@Käserei.example.").domain == "xn--kserei-bua.example"
    assert list(Institution.objects.having_mailbox(email)) == [halden]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("gmail.com", "Anybody can have a mailbox at gmail.com"),
        ("@GMX.de", "Anybody can have a mailbox at gmx.de"),
        ("halden", "is no domain"),
        ("ilse@halden.example", "is no domain"),
        ("https://halden.example/", "is no domain"),
        ("*.halden.example", "is no domain"),
        ("192.0.2.1/24", "is no domain"),
        ("ö" * 100 + ".example", "is no domain"),
        ("", "is no domain"),
    ],
)
def test_what_is_no_domain_of_an_institution_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        domain_in(written)


def test_one_domain_stands_once_in_an_institution(halden: Institution) -> None:
    with pytest.raises(IntegrityError):
        add_domain(halden, "HALDEN.example")


def test_an_institution_takes_its_networks_and_domains_with_it(halden: Institution) -> None:
    assert ip_address("192.0.2.1") in ip_network(halden.networks.first().cidr)
    halden.delete()
    assert not InstitutionNetwork.objects.exists()

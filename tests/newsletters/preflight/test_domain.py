import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import LazySettings

from broadsheet.delivery.message import Signer
from broadsheet.newsletters.preflight.domain import check_domain, is_aligned
from broadsheet.newsletters.preflight.finding import Severity
from tests.name_server import NameServer

SENDER = "letters@meridian.example"
PEM = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def dns(name_server: NameServer, settings: LazySettings) -> NameServer:
    """All is well."""
    settings.PRODUCTION, settings.DKIM_KEY = True, PEM
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = "meridian.example", "broadsheet"
    name_server.says("broadsheet._domainkey.meridian.example", record())
    name_server.says("meridian.example", "v=spf1 include:mail.example -all")
    name_server.says("_dmarc.meridian.example", "v=DMARC1; p=reject")
    return name_server


def record() -> str:
    return Signer.of("meridian.example", "broadsheet", PEM).record


def found(sender: str = SENDER) -> list[tuple[Severity, str]]:
    findings = check_domain(sender)
    return [(one.severity, one.message) for one in findings if one.severity != Severity.NOTE]


def test_a_domain_that_vouches_for_its_mail_is_no_finding(dns: NameServer) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({"meridian.example": []}, "no SPF record"),
        ({"meridian.example": ["v=spf1 -all", "v=spf1 +all"]}, "2 SPF records"),
        ({"meridian.example": ["v=spf1 +all"]}, "lets anybody send"),
        ({"_dmarc.meridian.example": []}, "no DMARC record"),
        ({"broadsheet._domainkey.meridian.example": []}, "does not have our key"),
        ({"broadsheet._domainkey.meridian.example": ["v=DKIM1; p=abc"]}, "does not have our key"),
    ],
)
def test_what_is_missing_in_dns_is_a_fault(dns: NameServer, records: dict[str, list[str]], said: str) -> None:
    all_well = {
        "broadsheet._domainkey.meridian.example": [record()],
        "meridian.example": ["v=spf1 -all"],
        "_dmarc.meridian.example": ["v=DMARC1; p=none"],
    }
    dns.forget()
    for name, texts in (all_well | records).items():
        dns.says(name, *texts)
    ((severity, message),) = found()
    assert severity == Severity.FAULT
    assert said in message


def test_outside_of_production_it_is_a_warning(dns: NameServer, settings: LazySettings) -> None:
    settings.PRODUCTION = False
    dns.forget()
    assert {severity for severity, _message in found()} == {Severity.WARNING}


def test_another_domain_s_signature_does_not_count(dns: NameServer) -> None:
    dns.says("gazette.example", "v=spf1 -all")
    dns.says("_dmarc.gazette.example", "v=DMARC1; p=none")
    ((severity, message),) = found("news@gazette.example")
    assert severity == Severity.FAULT
    assert "meridian.example signs" in message


def test_the_policy_of_the_domain_above_holds_for_those_below(dns: NameServer) -> None:
    dns.says("news.meridian.example", "v=spf1 -all")
    assert found("letters@news.meridian.example") == []


def test_dns_that_does_not_answer_is_a_warning(dns: NameServer) -> None:
    dns.fails_to_lead("meridian.example")
    ((severity, message),) = found()
    assert severity == Severity.WARNING
    assert "DNS does not answer" in message


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a.example", "a.example", True),
        ("x.a.example", "a.example", True),
        ("xa.test", "a.test", False),
    ],
)
def test_domains_are_aligned_when_one_is_below_the_other(one: str, other: str, expected: bool) -> None:
    assert is_aligned(one, other) is expected

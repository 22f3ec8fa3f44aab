"""Who the visitor is: what a trusted proxy says, in whatever form it writes an address."""

from ipaddress import ip_network
from typing import Any

import pytest

from broadsheet.platform.http.proxy import apply_forwarded

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def seen(peer: str, forwarded_for: str = "", proto: str = "") -> dict[str, Any]:
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {"HTTP_X_FORWARDED_FOR": forwarded_for} if forwarded_for else {}
    environ |= {"HTTP_X_FORWARDED_PROTO": proto} if proto else {}
    apply_forwarded(environ, PROXIES)
    assert not {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"} & set(environ)
    return environ


@pytest.mark.parametrize(
    ("forwarded_for", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:5678", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("[2001:db8::9]:80", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::9%eth0", "fe80::9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2, [fd00::2]:443", "203.0.113.9"),
        (" , 203.0.113.9 ,, ", "203.0.113.9"),
    ],
)
@pytest.mark.parametrize("peer", ["10.0.0.1", "fd00::1", "::ffff:10.0.0.1"])
def test_the_last_address_that_is_no_proxy_is_the_visitors(
    peer: str, forwarded_for: str, visitor: str
) -> None:
    assert seen(peer, forwarded_for)["REMOTE_ADDR"] == visitor


@pytest.mark.parametrize("malformed", ["unknown", "_hidden", "1.2.3", "[::1", "1.2.3.4:5:6", "a" * 9000, "'"])
def test_what_stands_left_of_a_malformed_address_is_not_believed(malformed: str) -> None:
    expected = "::1" if malformed == "[::1" else "10.0.0.2"
    assert seen("10.0.0.1", f"6.6.6.6, {malformed}, 10.0.0.2")["REMOTE_ADDR"] == expected


@pytest.mark.parametrize("peer", ["203.0.113.1", "2001:db8::1", ""])
def test_anybody_else_is_not_believed(peer: str) -> None:
    environ = seen(peer, "6.6.6.6", proto="https")
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == (peer, "http")


def test_ipv4_over_an_ipv6_socket_is_ipv4() -> None:
    assert seen("::ffff:203.0.113.1")["REMOTE_ADDR"] == "203.0.113.1"


@pytest.mark.parametrize(("proto", "scheme"), [("https", "https"), ("HTTPS", "https"), ("evil", "http")])
def test_a_trusted_proxy_names_the_scheme(proto: str, scheme: str) -> None:
    assert seen("10.0.0.1", "203.0.113.9", proto)["wsgi.url_scheme"] == scheme

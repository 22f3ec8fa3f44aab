"""deploy/nginx.conf in Debian's nginx, with TLS, before a magazine that is served."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harness.ports import free_port
from harness.serving import Serving
from tests.platform.test_supervisor import await_that
from tests.running.blocks import ROOT

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
HOST = "magazine.example"

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.sqlite,
]


@dataclass
class Proxied:
    magazine: Serving
    folder: Path
    plain: int
    tls: int
    trust: ssl.SSLContext

    @contextmanager
    def nginx(self, grown_old: str = "") -> Iterator[None]:
        """With `grown_old` in place of what the magazine says of how long a page may be kept."""
        text = configuration(self.folder, self.magazine.port, self.plain, self.tls)
        marked = "        proxy_cache magazine;\n"
        assert marked in text
        (self.folder / "nginx.conf").write_text(text.replace(marked, marked + grown_old))
        log = self.folder / "error.log"
        command = [NGINX or "", "-c", str(self.folder / "nginx.conf"), "-e", str(log)]
        process = subprocess.Popen(command, start_new_session=True)
        try:
            await_that(lambda: process.poll() is not None or not is_free(self.tls), 30)
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(30)

    def ask(self, path: str, **headers: str) -> tuple[int, str, str]:
        """The status, whether it came from the cache, and the page."""
        connection = HTTPSConnection("127.0.0.1", self.tls, context=self.trust, timeout=60)
        try:
            connection.request("GET", path, headers={"Host": f"{HOST}:{self.tls}"} | headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["X-Cache"] or "", answer.read().decode()
        finally:
            connection.close()


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)  # noqa: TID251 OpenSSL goes by the machine's own clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "magazine.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "magazine.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def configuration(folder: Path, magazine: int, plain: int, tls: int) -> str:
    """That of the document, with this test's ports and folders."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    for theirs, ours in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "127.0.0.1:8000": f"127.0.0.1:{magazine}",
        "/etc/ssl/": f"{folder}/",
        "/var/cache/nginx/magazine": f"{folder}/cache",
    }.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{text}\n}}\n"
    )


@pytest.fixture
def proxied(tmp_path: Path, prepared_sqlite: str) -> Iterator[Proxied]:
    plain, tls = free_port(), free_port()
    magazine = Serving(
        tmp_path,
        prepared_sqlite,
        "--only",
        "web",
        PUBLIC_URL=f"https://{HOST}:{tls}",
        TRUSTED_PROXIES="127.0.0.1",
    )
    magazine.start()
    make_certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(tmp_path / "magazine.pem"))
    trust.check_hostname = False  # we ask by address
    yield Proxied(magazine, tmp_path, plain, tls, trust)
    magazine.stop()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_nginx_as_it_is_documented(proxied: Proxied) -> None:
    with proxied.nginx():
        plain = HTTPConnection("127.0.0.1", proxied.plain, timeout=60)
        plain.request("GET", "/world/", headers={"Host": HOST})
        assert plain.getresponse().headers["Location"] == f"https://{HOST}/world/"
        plain.close()

        # What is the same for all is asked for once, and the proxy is believed that it came by TLS.
        status, cache, page = proxied.ask("/robots.txt")
        assert (status, cache) == (200, "MISS")
        assert proxied.ask("/robots.txt") == (200, "HIT", page)
        assert f"https://{HOST}:{proxied.tls}/sitemap.xml" in page

        # Whoever has a cookie of ours asks us, and what is for one visitor is kept for nobody.
        assert proxied.ask("/robots.txt", Cookie="theme=dark; broadsheet_session=x")[1] == "BYPASS"
        assert proxied.ask("/robots.txt", Cookie="theme=broadsheet_")[1] == "HIT"
        for _ in range(2):
            assert proxied.ask("/account/sign-in/")[:2] == (200, "MISS")

    # What was there last is shown while we are away.
    with proxied.nginx("proxy_ignore_headers Cache-Control; proxy_cache_valid 200 1s;\n"):
        assert proxied.ask("/robots.txt?again")[:2] == (200, "MISS")
        proxied.magazine.stop()
        await_that(lambda: proxied.ask("/robots.txt?again")[1] != "HIT", 30)
        status, cache, shown = proxied.ask("/robots.txt?again")
        assert (status, shown) == (200, page)
        assert cache in {"STALE", "UPDATING"}
        assert proxied.ask("/account/sign-in/")[0] == 502

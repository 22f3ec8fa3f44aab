"""The install of docs/operating.md, walked line by line as an operator would, and the other documents’."""

import http.client
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broadsheet.platform.processes.empty_database import fingerprint
from harness.ports import free_port
from tests.post import LetterBox
from tests.running.blocks import Block, blocks
from tests.running.host import Host

DOCUMENTS = ("operating.md", "post.md", "cdn.md", "settings.md")
BACKUP = "/var/backups/magazine/2026-11-29T040000Z"
FILES = {
    "message.eml": "From: letters@magazine.example\nTo: you@reader.example\nSubject: Hello\n\n{{name}}!\n",
    "addresses.csv": "address,name\nbruno@reader.example,Bruno\n",
    "returned.eml": "From: a@reader.example\nTo: bounces@magazine.example\nSubject: Away\n\nI am away.\n",
}


@pytest.fixture
def host() -> Iterator[Host]:
    # Not pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-host-"))
    try:
        with Host(folder) as host:
            for name, text in FILES.items():
                (host.home / name).write_text(text)
            yield host
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Walk:
    """Does what the documents say, with a mail server and a port of this test's."""

    def __init__(self, host: Host, mail: LetterBox, tables: Path) -> None:
        self.host, self.mail, self.tables, self.port = host, mail, tables, free_port()
        self.said: dict[str, str] = {}
        self.backup = ""

    def bring_tables(self, kept: Path) -> None:
        """As `prepare` makes them of nothing in minutes: with these it has only to see that all is there."""
        target = "/var/lib/magazine/magazine.sqlite3"
        assert self.host.run(f"install -o magazine -g magazine -m 640 {kept} {target}").returncode == 0

    def follow(self, block: Block) -> None:
        if block.path:
            self.host.write(block.path, self.variables(block.text) if ".env" in block.path else block.text)
        for command in block.commands:
            self.type(command)

    def type(self, command: str) -> None:
        if command == "broadsheet prepare":
            self.bring_tables(self.tables)
        if command.startswith("git -C /srv/magazine pull"):
            self.host.commit("A new version")
        answer = self.host.run(command.replace(BACKUP, self.backup))
        journal = self.host.log.read_text() if self.host.log.exists() else ""
        assert answer.returncode == 0, f"{command}\n{answer.stdout}{answer.stderr}{journal}"
        assert "Traceback" not in answer.stderr
        self.said[command] = answer.stdout
        if command.startswith("git clone"):
            self.host.bring_packages()
        if found := re.search(r"Backed up to (\S+)", answer.stdout):
            self.backup = f"/var/backups/magazine/{Path(found[1]).name}"
        if command.startswith("systemctl") and command != "systemctl daemon-reload":
            self.await_front_page(is_up="stop" not in command)

    def variables(self, text: str) -> str:
        text = text.replace("'…'", f"'{'k7Vq-2mZr9xWb4Nf1s' * 4}'")
        text = re.sub(r"SMTP_URL=.*", f"SMTP_URL='{self.mail.url}'", text)
        return f"{text}PORT='{self.port}'\n"

    def get(self, path: str) -> tuple[int, str]:
        """As the proxy asks."""
        headers = {"Host": "magazine.example", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")

    def await_front_page(self, *, is_up: bool, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                answers = self.get("/")[0] == 200
            except OSError:
                answers = False
            if answers == is_up:
                return
            assert time.monotonic() < end, self.host.log.read_text()
            time.sleep(0.2)


@pytest.mark.usefixtures("migrated_database")
def test_the_install_as_it_is_documented(host: Host, smtp: LetterBox, pytestconfig: pytest.Config) -> None:
    kept = pytestconfig.cache.mkdir("databases") / f"{fingerprint()}.sqlite3"
    walk = Walk(host, smtp, kept)
    for document in DOCUMENTS:
        for block in blocks(document):
            walk.follow(block)

    assert "The Magazine US: https://magazine.example/" in walk.said[start(walk)]
    for path in ("/", "/uk/", "/uk/world/", "/account/sign-in/"):
        status, page = walk.get(path)
        assert status == 200, path
    style = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert style
    assert walk.get(style[1])[0] == 200

    # Whoever only reads the variables' file by a mail server's pipe, with no environment at all.
    nothing = "env -i" if host.is_root else f"env -i PATH={host.environment['PATH']}"
    take_in = "/usr/local/bin/broadsheet take_in --to x@magazine.example"
    answer = host.run(f"runuser -u magazine -- {nothing} {take_in} < returned.eml")
    assert (answer.returncode, answer.stderr) == (0, "")

    smtp.await_message("you@reader.example")
    listed = host.run("broadsheet staff list")
    assert "you@magazine.example" in listed.stdout
    assert "Traceback" not in host.log.read_text()
    if host.is_root:
        owners = host.run("find /var/lib/magazine /var/backups/magazine -not -user magazine")
        assert owners.stdout == ""
        assert host.run("stat -c %U:%G:%a /etc/magazine.env").stdout == "root:magazine:640\n"
        main = int((host.folder / "running").read_text())
        assert Path(f"/proc/{main}").stat().st_uid not in {0, os.geteuid()}


def start(walk: Walk) -> str:
    return next(command for command in walk.said if command.startswith("broadsheet start"))

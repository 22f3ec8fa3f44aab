"""A host to install on: its folders are as good as fresh, and nothing of this machine's is changed.

Run by root, it is a mount namespace, in which /etc, /var and the like are covered; paths and users are then
those of the documents. Run by anybody else, its paths lie in a folder, and whoever runs it plays all users.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.running.blocks import ROOT

COVERED = ("/etc", "/var", "/usr/local")
PATHS = (
    "/srv/magazine",
    "/etc/magazine",
    "/etc/systemd/system",
    "/etc/cron.d",
    "/usr/local/bin",
    "/var/lib/magazine",
    "/var/backups/magazine",
)
REPOSITORY = "https://git.example/broadsheet.git"
# What somebody who is not root can't do, and need not where there is one user.
ALIKE = {
    "useradd": "",
    "chgrp": "",
    "install": """
given=()
while [ $# -gt 0 ]; do
  case "$1" in -o | -g) shift 2 ;; *) given+=("$1"); shift ;; esac
done
exec /usr/bin/install "${given[@]}"
""",
    "runuser": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
}


def has_namespaces() -> bool:
    if os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode == 0


class Host:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_root = has_namespaces()
        self.home = folder / "home"
        self.programs = folder / "programs"
        self.log = folder / "journal"
        self._namespace: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Host":
        self.folder.chmod(0o755)
        self.home.mkdir(mode=0o755)
        self.programs.mkdir()
        self._program("systemctl", f'exec {sys.executable} {ROOT}/tests/running/systemctl.py "$@"')
        if self.is_root:
            self._cover()
        else:
            for name, lines in ALIKE.items():
                self._program(name, lines)
            for path in PATHS:
                place = self.folder / path.lstrip("/")
                # The system's own folders are there on any host; those of the magazine are not.
                (place.parent if "magazine" in path else place).mkdir(parents=True, exist_ok=True)
        self._publish()
        return self

    def __exit__(self, *_: object) -> None:
        if (self.folder / "running").exists():
            self.run("systemctl stop magazine")
        if self._namespace:
            self._namespace.terminate()
            self._namespace.wait()

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.programs}:{self.place('/usr/local/bin')}:/usr/sbin:/usr/bin:/sbin:/bin"
        git = {f"url.{self.folder}/origin.insteadOf": REPOSITORY, "safe.directory": "*"}
        named = {}
        for number, (key, value) in enumerate(git.items()):
            named |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {
            "PATH": path,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "HOST_FOLDER": str(self.folder),
            "HOST_HAS_USERS": "yes" if self.is_root else "",
            "GIT_CONFIG_COUNT": str(len(git)),
        } | named

    def place(self, text: str) -> str:
        """`text`, with the paths as they are here; those that are so already stay."""
        if not self.is_root:
            for path in PATHS:
                text = re.sub(f"(?<!{re.escape(str(self.folder))}){path}", f"{self.folder}{path}", text)
        return text

    def run(self, command: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        """One line of a shell, by root or who stands for it."""
        inside = ["nsenter", "--mount", f"--target={self._namespace.pid}"] if self._namespace else []
        return subprocess.run(
            [*inside, "sh", "-ec", f"cd {self.home}; {self.place(command)}"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def write(self, path: str, text: str) -> None:
        """Over what is there, whose owner and rights stay."""
        given = self.folder / "given"
        given.write_text(self.place(text))
        answer = self.run(f"cat {given} >{path}")
        assert answer.returncode == 0, answer.stderr

    def bring_packages(self) -> None:
        """Those that run this test, in place of what bin/install would fetch over the network."""
        kept = Path(sys.prefix).resolve()
        target = self.place("/srv/magazine/.venv")
        bring = f"mkdir {target}; mount --bind {kept} {target}" if self.is_root else f"ln -s {kept} {target}"
        assert self.run(bring).returncode == 0

    def _program(self, name: str, lines: str) -> None:
        (self.programs / name).write_text(f"#!/bin/bash\n{lines}\n")
        (self.programs / name).chmod(0o755)

    def _publish(self) -> None:
        """The code as it stands, committed or not, as a repository to clone."""
        origin = self.folder / "origin"
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for name in filter(None, names.split("\0")):
            if (ROOT / name).is_file() and name != ".venv":
                (origin / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, origin / name)
        self.commit("As it stands")

    def commit(self, subject: str) -> None:
        who = ("-c", "user.name=Test", "-c", "user.email=test@magazine.example", "-c", "gc.auto=0")
        for command in (
            ["init", "-q"],
            ["add", "-A"],
            [*who, "commit", "-q", "--allow-empty", "-m", subject],
        ):
            subprocess.run(["git", *command], cwd=self.folder / "origin", check=True)

    def _cover(self) -> None:
        lines = [f"mount -t tmpfs -o mode=755 none {self.folder}/layers"]
        (self.folder / "layers").mkdir()
        for path in COVERED:
            layer = f"{self.folder}/layers{path}"
            over = f"lowerdir={path},upperdir={layer}/upper,workdir={layer}/work"
            lines += [f"mkdir -p {layer}/upper {layer}/work", f"mount -t overlay -o {over} none {path}"]
        lines.append("echo nameserver 127.0.0.1 >/etc/resolv.conf")  # nothing reaches beyond this machine
        lines += ["mount -t tmpfs -o mode=755 none /srv", *_uncover(Path(sys.base_prefix).resolve())]
        ready = self.folder / "ready"
        script = "\n".join(["set -e", *lines, f"touch {ready}", "exec sleep infinity"])
        self._namespace = subprocess.Popen(
            ["unshare", "--mount", "--propagation=private", "sh", "-c", script]
        )
        while not ready.exists():
            assert self._namespace.poll() is None, "the namespace can't be made"


def _uncover(prefix: Path) -> list[str]:
    """Lets all users reach this Python, where a folder above it is closed to them."""
    closed = next((path for path in reversed(prefix.parents) if not path.stat().st_mode & 0o001), None)
    if closed is None:
        return []
    return [
        "mkdir /srv/.python",
        f"mount --bind {prefix} /srv/.python",
        f"mount -t tmpfs -o mode=755 none {closed}",
        f"mkdir -p {prefix}",
        f"mount --bind /srv/.python {prefix}",
    ]

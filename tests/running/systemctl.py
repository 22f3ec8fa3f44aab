"""So much of systemctl as docs/operating.md uses, for a host without systemd."""

import configparser
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(os.environ["HOST_FOLDER"])
HAS_USERS = bool(os.environ["HOST_HAS_USERS"])
UNITS = Path("/etc/systemd/system")
RUNNING, JOURNAL = FOLDER / "running", FOLDER / "journal"


def unit(name: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    place = UNITS if HAS_USERS else FOLDER / UNITS.relative_to("/")
    parser.read_string((place / f"{name}.service").read_text())
    return parser["Service"]


def environment(path: str) -> dict[str, str]:
    lines = [line for line in Path(path).read_text().splitlines() if line and line[0] not in "#;"]
    return {"PATH": "/usr/sbin:/usr/bin", "LANG": "C.UTF-8"} | dict(
        "".join(shlex.split(line)).split("=", 1) for line in lines
    )


def start(name: str) -> None:
    service = unit(name)
    as_user = ["runuser", "-u", service["User"], "--"] if HAS_USERS else []
    given = {"env": environment(service["EnvironmentFile"]), "cwd": "/"}
    with JOURNAL.open("a") as journal:
        log = {"stdout": journal, "stderr": journal}
        before = shlex.split(service["ExecStartPre"])
        subprocess.run([*as_user, *before], check=True, **given, **log)  # type: ignore[call-overload]
        # Not runuser, which would wait as a parent of its own: the main process is the one that is signalled.
        user = [f"--{kind}={service['User']}" for kind in ("reuid", "regid")] if as_user else []
        switch = ["setpriv", *user, "--init-groups"] if as_user else []
        main = subprocess.Popen(
            [*switch, *shlex.split(service["ExecStart"])], start_new_session=True, **given, **log
        )
    RUNNING.write_text(str(main.pid))


def stop(name: str) -> None:
    if not RUNNING.exists():
        return
    pid = int(RUNNING.read_text())
    end = time.monotonic() + float(unit(name)["TimeoutStopSec"])
    os.kill(pid, signal.SIGTERM)
    while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        if time.monotonic() > end:
            os.killpg(pid, signal.SIGKILL)
            sys.exit(f"{name} did not stop")
        time.sleep(0.1)
    RUNNING.unlink()


def main(*words: str) -> None:
    match words:
        case ("daemon-reload",):
            pass
        case ("start", name) | ("enable", "--now", name):
            start(name)
        case ("stop", name):
            stop(name)
        case ("restart", name):
            stop(name)
            start(name)
        case _:
            sys.exit(f"systemctl {' '.join(words)} is not known here")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The scripts in bin/, copied to a folder of their own, where nothing is installed or nothing can be."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from tests.platform.conftest import ROOT

PROGRAMS = ("bash", "basename", "cat", "dirname", "env", "rm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/base.txt").write_text("wanted==1.0 \\\n    --hash=sha256:00\n")
    (tmp_path / "programs").mkdir()
    for name in PROGRAMS:
        (tmp_path / "programs" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def script(folder: Path, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """With only the programs in `folder` on the PATH."""
    return subprocess.run(
        [folder / "bin" / name],
        env={"PATH": str(folder / "programs"), "HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, lines: str) -> None:
    path = folder / "programs" / name
    path.write_text(f"#!/bin/bash\n{lines}\n")
    path.chmod(0o755)


def install_by_hand(folder: Path, release: str) -> None:
    """As `pip install` does it, without a mark of ours."""
    (packages,) = folder.glob(".venv/lib/python*/site-packages")
    metadata = packages / f"wanted-{release}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wanted\nVersion: {release}\n")


def test_without_python_and_uv_it_says_what_to_install(folder: Path) -> None:
    answer = script(folder, "install")

    assert answer.returncode == 1
    assert answer.stderr.startswith(
        "bin/install: Python 3.12 or newer is missing. Install Python 3.13 (https"
    )


def test_uv_that_can_fetch_no_python_is_said_in_a_sentence(folder: Path) -> None:
    program(folder, "uv", '[ "$1" = --version ] || { echo "error: failed to fetch" >&2; exit 2; }')
    answer = script(folder, "install")

    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].startswith("bin/install: uv could not fetch Python 3.13. Without")


@pytest.mark.parametrize("has_uv", [False, True])
def test_packages_that_cannot_be_had_are_said_in_a_sentence(folder: Path, has_uv: bool) -> None:
    venv.create(folder / ".venv", with_pip=not has_uv, symlinks=True)
    if has_uv:
        program(folder, "uv", '[ "$1" = --version ] || { echo "error: failed to fetch" >&2; exit 2; }')
    answer = script(folder, "install", PIP_INDEX_URL="http://127.0.0.1:1/", PIP_RETRIES="0")

    assert answer.returncode == 1
    said = answer.stderr.splitlines()[-1]
    assert said.startswith("bin/install: the packages could not be installed: the reason stands above.")
    assert "Traceback" not in answer.stderr


def test_what_somebody_installed_by_hand_is_not_installed_again(folder: Path) -> None:
    venv.create(folder / ".venv", symlinks=True)
    install_by_hand(folder, "1.0")
    answer = script(folder, "install")

    assert answer.returncode == 0, answer.stderr
    assert "installing" not in answer.stdout


def test_production_installs_nothing_by_itself(folder: Path) -> None:
    venv.create(folder / ".venv", symlinks=True)
    install_by_hand(folder, "0.9")
    answer = script(folder, "broadsheet", BROADSHEET_MODE="production")

    assert answer.returncode == 1
    assert answer.stderr == (
        "bin/broadsheet: what Broadsheet needs is not installed, or not in this version. Run bin/install.\n"
    )


def test_a_command_finds_files_where_it_was_called(tmp_path: Path) -> None:
    (tmp_path / "message.eml").write_text("Subject: Hello\n\nHello.\n")
    answer = subprocess.run(
        [ROOT / "bin/broadsheet", "post", "--smtp", "smtp://127.0.0.1", *("--file", "message.eml")],
        cwd=tmp_path,
        env=os.environ | {"VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.stderr == "CommandError: --file and --to-list belong together.\n"

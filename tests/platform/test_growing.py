"""What `check --deploy` says where settings each work, and not together."""

import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from django.db import connection
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from broadsheet.environment import Bucket
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes import growing, scheduler, tasks
from broadsheet.platform.processes.readiness import findings

BUCKET = Bucket.at("s3://key:secret@s3.example/magazine-media")


def said(found: Sequence[CheckMessage]) -> list[str]:
    return [message.msg for message in found]


def begins(found: Sequence[CheckMessage]) -> list[str]:
    return [message.msg.split(":")[0] for message in found]


@pytest.fixture
def other_host(db: None) -> str:
    """One that has the scheduler's lease."""
    Lease.objects.hold("scheduler", "news2:4711", timedelta(minutes=2))
    return "news2"


def test_a_folder_that_root_has_made_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR = tmp_path
    (tmp_path / "edge").mkdir()
    assert growing.check_folders() == []

    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    (sentence,) = said(growing.check_folders())
    assert f"may not write to {tmp_path / 'edge'}" in sentence


def test_https_without_a_proxy_that_is_believed_is_named(settings: Settings) -> None:
    settings.HTTPS, settings.TRUSTED_PROXIES = True, []
    assert begins(growing.check_proxy()) == ["TRUSTED_PROXIES"]

    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert growing.check_proxy() == []


def test_production_without_tls_is_named(settings: Settings) -> None:
    settings.HTTPS, settings.PRODUCTION, settings.PUBLIC_URL = False, True, "http://magazine.example"
    (sentence,) = said(growing.check_proxy())

    assert sentence.startswith("PUBLIC_URL=http://magazine.example has no TLS")


def test_more_processes_than_cores_are_named(settings: Settings) -> None:
    settings.FRONTS = settings.WEB_WORKERS = 1
    assert growing.check_processes() == []

    settings.FRONTS = settings.WEB_WORKERS = 10_000
    assert begins(growing.check_processes()) == [f"{name}=10000" for name in ("FRONTS", "WEB_WORKERS")]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("mounts", "is_found"),
    [
        ("/dev/sda1 / ext4 rw 0 0\nnas:/all {folder} nfs4 rw 0 0", True),
        ("nas:/all / nfs4 rw 0 0\n/dev/sda1 {folder} ext4 rw 0 0", False),
        ("/dev/sda1 / ext4 rw 0 0\nnas:/all {folder}-other nfs4 rw 0 0", False),
    ],
)
def test_sqlite_on_a_folder_of_the_network_is_refused(
    mounts: str, is_found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mounts").write_text(mounts.format(folder=tmp_path))
    monkeypatch.setattr(growing, "MOUNTS", tmp_path / "mounts")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "magazine.sqlite3"))

    assert bool(growing.check_place_of_sqlite()) is is_found


def test_alone_a_host_needs_nothing_that_is_shared(db: None, settings: Settings) -> None:
    settings.MEDIA_BUCKET, settings.REDIS_URL = None, ""
    Lease.objects.hold("scheduler", scheduler.worker_id(), timedelta(minutes=2))

    assert growing.check_hosts() == []


@pytest.mark.sqlite
def test_two_hosts_on_sqlite_are_refused(other_host: str) -> None:
    (sentence,) = said(growing.check_hosts())

    assert sentence.startswith(f"DATABASE_URL: {other_host} works on this SQLite file too")


@pytest.mark.postgresql
def test_two_hosts_are_told_what_they_do_not_share(other_host: str, settings: Settings) -> None:
    settings.MEDIA_BUCKET, settings.REDIS_URL = None, ""
    assert begins(growing.check_hosts()) == ["MEDIA_BUCKET", "REDIS_URL"]

    settings.MEDIA_BUCKET, settings.REDIS_URL = BUCKET, "redis://127.0.0.1"
    assert growing.check_hosts() == []


@pytest.mark.postgresql
def test_more_threads_than_connections_are_named(db: None, settings: Settings) -> None:
    assert growing.check_connections() == []

    settings.WEB_THREADS = 10_000
    assert begins(growing.check_connections()) == ["DATABASE_URL"]


def test_a_scheduler_that_is_missing_is_named(db: None) -> None:
    assert growing.check_work() == []

    Lease.objects.hold("scheduler", f"{socket.gethostname()}:1", timedelta(minutes=-5))
    assert growing.check_work() == []  # it may be starting again

    Lease.objects.all().delete()
    Lease.objects.create(name="scheduler", expires_at=clock.now() - timedelta(hours=1))
    (sentence,) = said(growing.check_work())
    assert sentence.startswith("No scheduler has worked since ")


def test_tasks_that_no_worker_takes_are_named(db: None) -> None:
    task = DBTaskResult.objects.create(
        task_path="broadsheet.importers.tending.go_on", args_kwargs={"args": [], "kwargs": {}},
        priority=0, run_after=clock.now() + timedelta(minutes=1), backend_name="default",
    )  # fmt: skip
    waited = DBTaskResult.objects.filter(pk=task.pk)
    waited.update(enqueued_at=clock.now() - timedelta(hours=1))
    assert growing.check_work() == []  # it is not due yet

    waited.update(run_after=clock.now() - timedelta(minutes=1))
    assert growing.check_work() == []  # it has become so just now

    waited.update(run_after=clock.now() - timedelta(minutes=30))
    assert tasks.count_waiting() == 1
    (sentence,) = said(growing.check_work())
    assert sentence.startswith("Tasks have waited since ")


def test_what_only_a_running_magazine_can_be_asked_is_not_asked_while_it_starts(db: None) -> None:
    Lease.objects.create(name="scheduler", expires_at=clock.now() - timedelta(hours=1))

    assert not [found for found in findings() if found.id == "broadsheet.W019"]

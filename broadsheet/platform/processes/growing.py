"""What `check --deploy` says of a magazine that grows: settings that each work, and not together.

docs/growing.md says which step needs what.
"""

import getpass
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, InterfaceError, connection
from django_tasks_db.models import DBTaskResult

from broadsheet.platform import clock
from broadsheet.platform.models import Lease

RUNNING = "running"
"""The tag of what only a magazine that runs can be asked: not `serve` while it starts, nor `prepare`."""
FOLDERS = ("edge", "media", "post", "static")
"""Below VAR_DIR, where they are there: whoever ran a command as root has left them to root."""
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.s3fs", "9p", "glusterfs", "ceph"}
MOUNTS = Path("/proc/self/mounts")
BESIDE_WEB = 8
"""Connections of a host besides its web threads: worker, post, scheduler, fronts, and commands."""
LONG = timedelta(minutes=10)


def check_folders(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"VAR_DIR: {getpass.getuser()} may not write to {folder}, which another user made",
            id="broadsheet.E010",
        )
        for folder in (settings.VAR / name for name in FOLDERS)
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK)
    ]


def check_proxy(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        said = (
            "TRUSTED_PROXIES: none is named, and PUBLIC_URL is https://: every visitor is redirected for ever"
        )
        hint = "Name the address of whatever holds the certificate, as in TRUSTED_PROXIES=127.0.0.1"
        found.append(Warning(said, hint=hint, id="broadsheet.W011"))
    if settings.PRODUCTION and not settings.HTTPS:
        said = f"PUBLIC_URL={settings.PUBLIC_URL} has no TLS: codes and sessions can be read on their way"
        hint = "Put a proxy with a certificate in front, and write https://: see docs/operating.md"
        found.append(Warning(said, hint=hint, id="broadsheet.W012"))
    return found


def check_processes(**kwargs: Any) -> list[CheckMessage]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return [
        Warning(
            f"{name}={number}: this host has {cores} cores, and more processes than that only take memory",
            id="broadsheet.W013",
        )
        for name, number in (("FRONTS", settings.FRONTS), ("WEB_WORKERS", settings.WEB_WORKERS))
        if number > cores
    ]


def check_place_of_sqlite(**kwargs: Any) -> list[CheckMessage]:
    """SQLite's locks hold on one host: https://www.sqlite.org/wal.html, and over a network not at all."""
    if connection.vendor != "sqlite" or not MOUNTS.exists():
        return []
    place = Path(connection.settings_dict["NAME"]).resolve()
    mounts = [line.split()[1:3] for line in MOUNTS.read_text().splitlines()]
    above = [(at, kind) for at, kind in mounts if place.is_relative_to(at.replace("\\040", " "))]
    _, kind = max(above, key=lambda mount: len(mount[0]), default=("", ""))
    if kind not in NETWORK:
        return []
    said = f"DATABASE_URL: {place} lies on {kind}: SQLite needs a disk of its own host"
    return [Error(said, hint="For several hosts take PostgreSQL: see docs/growing.md", id="broadsheet.E014")]


def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    """What several hosts must share, where the database knows of more than this one."""
    try:
        others = other_hosts()
    except (DatabaseError, InterfaceError):
        return []  # another check says what is the matter with it
    if not others:
        return []
    them = " and ".join(others)
    if connection.vendor == "sqlite":
        said = f"DATABASE_URL: {them} works on this SQLite file too, which is for one host alone"
        hint = "Take PostgreSQL: see docs/growing.md"
        return [Error(said, hint=hint, id="broadsheet.E015")]
    found: list[CheckMessage] = []
    if settings.MEDIA_BUCKET is None and not os.path.ismount(settings.MEDIA_ROOT):
        said = f"MEDIA_BUCKET: {them} works on this database too, without what lies in {settings.MEDIA_ROOT}"
        hint = "Set MEDIA_BUCKET on all hosts, or mount one folder there on all of them."
        found.append(Warning(said, hint=hint, id="broadsheet.W016"))
    if not settings.REDIS_URL:
        said = f"REDIS_URL: {them} works on this database too, which has the cache and the limits of all"
        hint = "One Redis for all takes that off the database. Everything works without."
        found.append(Warning(said, hint=hint, id="broadsheet.W017"))
    return found


def other_hosts() -> list[str]:
    """Names or addresses. Raises DatabaseError, InterfaceError."""
    lease = Lease.objects.filter(name="scheduler", expires_at__gt=clock.now()).first()
    host = lease.holder.rpartition(":")[0] if lease else ""
    found = {host} - {"", socket.gethostname()}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT host(client_addr) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name LIKE 'broadsheet %'"
                " AND client_addr IS NOT NULL AND client_addr IS DISTINCT FROM inet_client_addr()"
            )
            found |= {row[0] for row in cursor.fetchall()}
    return sorted(found)


def check_connections(**kwargs: Any) -> list[CheckMessage]:
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('max_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
            (most,) = cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return []
    wanted = settings.WEB_WORKERS * settings.WEB_THREADS + BESIDE_WEB
    if wanted <= most:
        return []
    said = f"DATABASE_URL: this host may want {wanted} connections, and PostgreSQL has {most} for all"
    hint = "Raise its max_connections, or lower WEB_WORKERS or WEB_THREADS."
    return [Warning(said, hint=hint, id="broadsheet.W018")]


def check_work(**kwargs: Any) -> list[CheckMessage]:
    """Whether anybody does what is due. A magazine that never ran has nothing due."""
    found: list[CheckMessage] = []
    since = clock.now() - LONG
    try:
        lease = Lease.objects.filter(name="scheduler", expires_at__lt=since).first()
        due = DBTaskResult.objects.ready().exclude(run_after__range=(since, clock.now()))
        waiting = due.filter(enqueued_at__lt=since).order_by("enqueued_at").first()
    except (DatabaseError, InterfaceError):
        return []
    if lease:
        said = f"No scheduler has worked since {lease.expires_at:%Y-%m-%d %H:%M} UTC: what is due is not done"
        hint = "`broadsheet serve` runs one, unless --only names others."
        found.append(Warning(said, hint=hint, id="broadsheet.W019"))
    if waiting:
        at = f"{waiting.enqueued_at:%Y-%m-%d %H:%M}"
        said = f"Tasks have waited since {at} UTC: no worker takes them, or too few do"
        hint = "`broadsheet serve` runs one, unless --only names others; `serve --only worker` is one more."
        found.append(Warning(said, hint=hint, id="broadsheet.W020"))
    return found


CHECKS = (
    check_folders,
    check_proxy,
    check_processes,
    check_place_of_sqlite,
    check_hosts,
    check_connections,
)

"""Whether what the settings name is there: `check --deploy`, `prepare` and `serve` ask it.

Each finding is one of Django's checks, whose message is a sentence that begins with the variable.
"""

import getpass
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, run_checks
from django.db import DatabaseError, InterfaceError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from broadsheet.platform.http.editions import EditionPrefixPattern

TAG = "broadsheet"
BEGINNING = "broadsheet-beginning"
"""The tag of what is to be done once, when all else is there: `prepare` and `serve` end with it."""
SECONDS = 3
"""How long a server may take to answer."""
NO_DATABASE, UNPREPARED_DATABASE = "broadsheet.E001", "broadsheet.I009"
SERVER = re.compile(r"^(connection failed: )?connection to server .* failed: |^.*FATAL: ")
UNPREPARED = re.compile(r"no such (table|column)|^(relation|column) .*does not exist")


def findings() -> list[CheckMessage]:
    return run_checks(tags=[TAG], include_deployment_checks=True)


def how_to_begin() -> list[CheckMessage]:
    return run_checks(tags=[BEGINNING], include_deployment_checks=True)


def check_database(**kwargs: Any) -> list[CheckMessage]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except (DatabaseError, InterfaceError) as error:
        if is_unprepared(error):  # as it is when `check` comes before the first `prepare`
            return [Info(sentence(error), id=UNPREPARED_DATABASE)]
        return [Error(sentence(error), id=NO_DATABASE)]
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return []


def check_redis(**kwargs: Any) -> list[CheckMessage]:
    if not settings.REDIS_URL:
        return []
    from redis import Redis, RedisError  # only who has Redis waits for it

    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS
        ) as server:
            server.ping()
    except (RedisError, ValueError) as error:
        return [Error(f"REDIS_URL: Redis does not answer: {one_line(error)}", id="broadsheet.E002")]
    return []


def check_bucket(**kwargs: Any) -> list[CheckMessage]:
    bucket = settings.MEDIA_BUCKET
    if bucket is None:
        return []
    from botocore.exceptions import BotoCoreError, ClientError  # only who has a bucket waits for it
    from django.core.files.storage import default_storage

    try:
        storage: Any = default_storage
        storage.connection.meta.client.head_bucket(Bucket=bucket.name)
    except (BotoCoreError, ClientError) as error:
        said = f"MEDIA_BUCKET: the bucket {bucket.name} at {bucket.endpoint} can’t be used: {one_line(error)}"
        return [Error(said, id="broadsheet.E021")]
    return []


def check_folder(**kwargs: Any) -> list[CheckMessage]:
    if os.access(settings.VAR, os.W_OK | os.X_OK):
        return []
    return [Error(f"VAR_DIR: {getpass.getuser()} may not write to {settings.VAR}", id="broadsheet.E003")]


def check_editions(**kwargs: Any) -> list[CheckMessage]:
    """Unlike the others it asks nobody, and `check` has it too."""
    taken = set(first_parts(get_resolver().url_patterns)) | {"static"}
    return [
        Error(
            f"EDITIONS={tag}:{prefix} can’t be used: /{prefix}/ is an address of Broadsheet’s own, "
            "as in EDITIONS=en-us en-gb:uk",
            id="broadsheet.E004",
        )
        for tag, prefix in settings.EDITIONS.items()
        if prefix in taken
    ]


def first_parts(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """What addresses begin with, up to their first slash, so far as it is fixed."""
    for pattern in patterns:
        part = "" if isinstance(pattern.pattern, EditionPrefixPattern) else str(pattern.pattern)
        if part:
            yield part.lstrip("^").partition("/")[0]
        elif isinstance(pattern, URLResolver):
            yield from first_parts(pattern.url_patterns)


def sentence(error: Exception) -> str:
    """What a database's error means to whoever runs it."""
    said = one_line(error)
    if is_unprepared(error):
        return f"DATABASE_URL: the database is not prepared ({said}): run `broadsheet prepare`"
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        path = Path(place["NAME"])
        if not path.parent.is_dir():
            said = "its folder is missing"
        elif not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            said = f"{getpass.getuser()} may not write to it and its folder"
        return f"DATABASE_URL: {path} can’t be used: {said}"
    where = f"{place['HOST'] or 'this machine'}{':' if place['PORT'] else ''}{place['PORT']}"
    return f"DATABASE_URL: the database {place['NAME']} at {where} can’t be used: {said}"


def is_unprepared(error: Exception) -> bool:
    """Whether a table is missing, or one of its columns."""
    return UNPREPARED.search(one_line(error)) is not None


def one_line(error: Exception) -> str:
    """The first line of what it says, which of PostgreSQL’s is the one that tells the reason."""
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return SERVER.sub("", first).strip().rstrip(".")

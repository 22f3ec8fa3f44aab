"""What `bench.newsletters` measures, run by the product's own Python on the database in question."""

import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from wagtail.models import Locale, Page

from broadsheet.editorial.models import Article, Edition, Section
from broadsheet.newsletters.models import Issue, Mailbox, Newsletter, SignUp
from broadsheet.newsletters.sending.freezing import freeze, hand_over
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of

ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London",
    "Europe/Berlin", "Europe/Istanbul", "Asia/Dubai", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland", "America/Sao_Paulo", "Africa/Lagos", "",
)  # fmt: skip
ARTICLES = 12


def run(readers: int) -> None:
    edition = _print_edition()
    newsletter = Newsletter.objects.create(
        edition=edition, slug="briefing", name="Briefing", frequency="daily", is_digest=True
    )
    with _measured(f"{readers:,} sign-ups made", ""):
        _sign_up(newsletter, readers)
    day = day_of(clock.now(), newsletter.zone) + timedelta(days=1)
    issue = Issue.objects.create(newsletter=newsletter, kind="digest", send_on=day, subject="Tomorrow")
    with _measured("put together", ""):
        issue.assemble()
        issue.approve()
    with _measured("frozen and handed over", "60 s, flat memory"):
        freeze(issue)
        handed = hand_over(issue)
    if handed != readers:
        raise SystemExit(f"{handed} of {readers} were handed over")
    _look(issue)


def _print_edition() -> str:
    locale = Locale.objects.first() or Locale.objects.create(language_code="en-us")
    root = Page.get_first_root_node()
    edition = Edition(title="The Meridian", slug="bench", short_name="US", locale=locale)
    root.add_child(instance=edition)
    section = Section(title="World", slug="bench-world", locale=locale)
    edition.add_child(instance=section)
    for number in range(ARTICLES):
        body = [{"type": "text", "value": f"<p>{'The tide went out over the flats. ' * 40}</p>"}]
        article = Article(
            title=f"Article {number}",
            slug=f"article-{number}",
            standfirst="Standfirst",
            body=body,
            locale=locale,
        )
        section.add_child(instance=article)
        article.save_revision().publish()
    return locale.language_code


def _sign_up(newsletter: Newsletter, readers: int) -> None:
    zones = " ".join(f"WHEN {place} THEN '{zone}'" for place, zone in enumerate(ZONES))
    pattern = Mailbox.objects.create(address="pattern@readers.example", edition=newsletter.edition)
    _multiply(
        pattern,
        readers,
        address="'reader-' || n || '@mailboxes-' || (n % 50) || '.example'",
        time_zone=f"CASE n % {len(ZONES)} {zones} END",
    )
    last = Mailbox.objects.latest("pk").pk
    sign_up = SignUp.objects.create(
        newsletter=newsletter, mailbox=pattern, state="confirmed", confirmed_at=clock.now(), place="page"
    )
    _multiply(sign_up, readers, mailbox_id=f"{last - readers} + n")
    pattern.delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _multiply(row: Any, count: int, **values: str) -> None:
    """As many rows like `row` as `count` says, but for `values`: column → SQL in which n is their number."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join(values.get(column, f"pattern.{column}") for column in columns)
    # Names and expressions of ours.
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) WITH RECURSIVE numbers(n) AS"  # noqa: S608
        f" (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
        f" SELECT {chosen} FROM numbers, {table} pattern WHERE pattern.id = {row.pk}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _look(issue: Issue) -> None:
    editor = Person.objects.create_user("bench@magazine.example", "a-long-pass-phrase")
    editor.groups.add(Group.objects.get(name="Audience editor"))
    client = Client(SERVER_NAME=settings.PUBLIC.hostname)
    client.force_login(editor)
    address = issue.send.recipients.order_by("-pk").values_list("address", flat=True).first()
    lists = {
        "list of issues": "/desk/issues/",
        "calendar": "/desk/issues/calendar/",
        "one issue": f"/desk/issues/{issue.pk}/",
        "list of sign-ups": "/desk/sign-ups/",
        "sign-ups of one newsletter": f"/desk/sign-ups/?newsletter={issue.newsletter_id}&state=confirmed",
        "sign-ups searched": f"/desk/sign-ups/?q={address}",
        "did she get it": f"/desk/issues/{issue.pk}/?address={address}",
    }
    for what, path in lists.items():
        _get(client, path)()
        with _measured(what, "0.30 s"):
            _get(client, path)()


def _get(client: Client, path: str) -> Callable[[], None]:
    def get() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")

    return get


@contextmanager
def _measured(what: str, goal: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    seconds = time.monotonic() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(  # noqa: T201 (to whoever started it)
        json.dumps({"what": what, "seconds": seconds, "megabytes": megabytes, "goal": goal}), flush=True
    )

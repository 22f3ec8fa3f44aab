"""Who is revoked, by what, and how soon every process knows."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from broadsheet.membership.entitlement_cookie import STALE
from broadsheet.membership.models import Entitlement
from broadsheet.membership.revocations import revoke, revoked_since
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.generations import KEPT, OVERLAP
from broadsheet.platform.invalidation import REFRESHED_AFTER, Known
from broadsheet.platform.models import Invalidation
from tests.cast import PASSWORD, introduce, signed_in
from tests.database import address_of_test_database

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def revoked() -> set[int]:
    tags = Invalidation.objects.filter(tag__startswith="person:").values_list("tag", flat=True)
    return {int(tag.removeprefix("person:")) for tag in tags}


@pytest.fixture
def brunos(bruno: Person) -> Entitlement:
    """Bruno's right, with nothing revoked yet."""
    Invalidation.objects.all().delete()
    return Entitlement.objects.get(person=bruno)


# --- What takes a right away -----------------------------------------------------------------------


def end_now(right: Entitlement) -> None:
    right.ends_at = clock.now()
    right.save()


def start_later(right: Entitlement) -> None:
    right.starts_at = clock.now() + DAY
    right.save(update_fields=["starts_at"])


def end_by_update(right: Entitlement) -> None:
    Entitlement.objects.filter(pk=right.pk).update(ends_at=clock.now())


def end_by_bulk_update(right: Entitlement) -> None:
    right.ends_at -= DAY
    Entitlement.objects.bulk_update([right], ["ends_at"])


def delete(right: Entitlement) -> None:
    right.delete()


def delete_in_bulk(right: Entitlement) -> None:
    Entitlement.objects.all().delete()


def give_to_carla(right: Entitlement) -> None:
    right.person = introduce("Carla Nwosu", "carla@reader.example")
    right.save()


@pytest.mark.parametrize(
    "take",
    [end_now, start_later, end_by_update, end_by_bulk_update, delete, delete_in_bulk, give_to_carla],
)
def test_whoever_loses_a_right_is_revoked(
    brunos: Entitlement, bruno: Person, take: Callable[[Entitlement], None]
) -> None:
    take(brunos)
    assert revoked() == {bruno.pk}


def extend(right: Entitlement) -> None:
    right.ends_at += DAY
    right.save()


def give_another_reason(right: Entitlement) -> None:
    right.reason = "Won it twice"
    right.save()


def give_another_reason_by_update(right: Entitlement) -> None:
    Entitlement.objects.update(reason="Won it twice")


def give_one_more(right: Entitlement) -> None:
    Entitlement.objects.create(person=right.person, ends_at=clock.now() + DAY, reason="A prize")


@pytest.mark.parametrize(
    "change", [extend, give_another_reason, give_another_reason_by_update, give_one_more]
)
def test_whoever_loses_nothing_is_not(brunos: Entitlement, change: Callable[[Entitlement], None]) -> None:
    change(brunos)
    assert revoked() == set()


def test_the_desk_deletes_and_revokes(brunos: Entitlement, bruno: Person, farid: Person) -> None:
    answer = signed_in(farid).post(f"/desk/complimentary/delete/{brunos.pk}/")
    assert answer.status_code == 302
    assert revoked() == {bruno.pk}


def test_a_right_that_is_not_taken_after_all_is_not_revoked(brunos: Entitlement) -> None:
    with transaction.atomic():
        end_now(brunos)
        transaction.set_rollback(True)
    assert revoked() == set()


# --- What else does --------------------------------------------------------------------------------


def confirmed(person: Person) -> Client:
    """A browser of theirs in which the password was just typed."""
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    return client


def sign_out_everywhere(ada: Person) -> None:
    assert confirmed(ada).post("/account/sessions/end/").status_code == 303


def sign_another_browser_out(ada: Person) -> None:
    here, there = confirmed(ada), confirmed(ada)
    other = ada.usersession_set.get(session_key=there.session.session_key)
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 303


def change_password(ada: Person) -> None:
    data = {"password": "a new press card in a hatband"}
    assert confirmed(ada).post("/account/password/", data).status_code == 303


def remove_password(ada: Person) -> None:
    assert confirmed(ada).post("/account/password/remove/").status_code == 303


def erase(ada: Person) -> None:
    ada.erase()


def delete_account(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).delete()


def close(ada: Person) -> None:
    ada.is_active = False
    ada.save()


def close_several(ada: Person) -> None:
    """As the desk's bulk action does it."""
    Person.objects.filter(pk=ada.pk).update(is_active=False)


def give_role(ada: Person) -> None:
    call_command("staff", "add", ada.email, "--role", "reporter", verbosity=0)


def give_role_to_several(ada: Person) -> None:
    """As the desk's bulk action does it."""
    Group.objects.get(name="Reporter").user_set.add(ada)


def make_superuser(ada: Person) -> None:
    ada.is_superuser = True
    ada.save()


@pytest.mark.parametrize(
    "happens",
    [
        sign_out_everywhere,
        sign_another_browser_out,
        change_password,
        remove_password,
        erase,
        delete_account,
        close,
        close_several,
        give_role,
        give_role_to_several,
        make_superuser,
    ],
)
def test_it_is_revoked_when_the_account_changes_hands(ada: Person, happens: Callable[[Person], None]) -> None:
    number = ada.pk
    assert revoked() == set()
    happens(ada)
    assert revoked() == {number}


def sign_in(ada: Person) -> None:
    confirmed(ada)


def sign_out_here(ada: Person) -> None:
    confirmed(ada).post("/account/sign-out/")


def rename(ada: Person) -> None:
    ada.rename("Ada von Brandt")


def open_again(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(is_active=True)


@pytest.mark.parametrize("happens", [sign_in, sign_out_here, rename, open_again])
def test_what_is_no_reason_revokes_nobody(ada: Person, happens: Callable[[Person], None]) -> None:
    happens(ada)
    assert revoked() == set()


# --- What each process knows -----------------------------------------------------------------------

BRUNO, CARLA = 4711, 4712


@pytest.fixture
def copy() -> Known:
    return Known()


def wait_until_old() -> None:
    time.sleep(REFRESHED_AFTER + 0.05)


@contextmanager
def database_away() -> Iterator[None]:
    def fail(*args: Any) -> None:
        raise OperationalError("the database is away")

    with connection.execute_wrapper(fail):
        yield


@pytest.mark.django_db
def test_a_revocation_counts_for_what_was_issued_before_it_and_a_minute_after(copy: Known) -> None:
    revoke(BRUNO)
    at = Invalidation.objects.get(tag=f"person:{BRUNO}").at
    assert revoked_since(BRUNO, at - SECOND, known=copy)
    assert revoked_since(BRUNO, at + OVERLAP, known=copy)
    assert not revoked_since(BRUNO, at + OVERLAP + SECOND, known=copy)
    assert not revoked_since(CARLA, at - SECOND, known=copy)


@pytest.mark.django_db
def test_of_several_the_latest_counts(copy: Known) -> None:
    now = clock.now()
    for age in (3 * DAY / 2, timedelta(hours=1), DAY):
        with clock.moved_to(now - age):
            revoke(BRUNO)
    assert revoked_since(BRUNO, now - timedelta(hours=2), known=copy)
    assert not revoked_since(BRUNO, now - timedelta(minutes=50), known=copy)


@pytest.mark.django_db
def test_two_copies_both_see_a_push_within_a_second(copy: Known) -> None:
    other = Known()
    issued_at = clock.now()
    assert not revoked_since(BRUNO, issued_at, known=copy)
    assert not revoked_since(BRUNO, issued_at, known=other)
    revoke(BRUNO)
    wait_until_old()
    assert revoked_since(BRUNO, issued_at, known=copy)
    assert revoked_since(BRUNO, issued_at, known=other)


@pytest.mark.django_db
def test_it_is_asked_once_in_half_a_second(
    copy: Known, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        for _ in range(50):
            revoked_since(BRUNO, clock.now(), known=copy)
    wait_until_old()
    with django_assert_num_queries(1):
        copy.refresh()


@pytest.mark.django_db
def test_a_row_that_was_committed_late_is_not_missed(copy: Known) -> None:
    now = clock.now()
    revoke(CARLA)
    assert revoked_since(CARLA, now, known=copy)
    with clock.stopped_at(now - timedelta(seconds=40)):
        revoke(BRUNO)
    wait_until_old()
    assert revoked_since(BRUNO, now, known=copy)


@pytest.mark.django_db
def test_what_was_known_is_still_known_after_a_refresh(copy: Known) -> None:
    with clock.moved_to(clock.now() - DAY):
        revoke(BRUNO)
    issued_at = clock.now() - 2 * DAY
    assert revoked_since(BRUNO, issued_at, known=copy)
    wait_until_old()
    assert revoked_since(BRUNO, issued_at, known=copy)


@pytest.mark.django_db
def test_while_the_database_is_away_the_last_copy_stands(copy: Known) -> None:
    issued_at = clock.now()
    revoke(BRUNO)
    assert revoked_since(BRUNO, issued_at, known=copy)
    wait_until_old()
    with database_away():
        assert revoked_since(BRUNO, issued_at, known=copy)
        assert not revoked_since(CARLA, issued_at, known=copy)
    revoke(CARLA)
    wait_until_old()
    assert revoked_since(CARLA, issued_at, known=copy)


@pytest.mark.django_db
def test_a_database_that_is_away_is_asked_twice_a_second_at_most(copy: Known) -> None:
    asked = []

    def fail(*args: Any) -> None:
        asked.append(args[1])
        raise OperationalError("the database is away")

    with connection.execute_wrapper(fail):
        for _ in range(20):
            assert not revoked_since(BRUNO, clock.now(), known=copy)
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_copy_that_began_while_it_was_away_reads_everything_afterwards(copy: Known) -> None:
    with clock.moved_to(clock.now() - DAY):
        revoke(BRUNO)
    with database_away():
        assert not revoked_since(BRUNO, clock.now() - 2 * DAY, known=copy)
    wait_until_old()
    assert revoked_since(BRUNO, clock.now() - 2 * DAY, known=copy)


@pytest.mark.django_db(transaction=True)
def test_many_threads_ask_at_once_and_the_database_is_asked_by_one(copy: Known) -> None:
    revoke(BRUNO)
    issued_at = clock.now() - SECOND
    start = threading.Barrier(8)
    answers: list[bool] = []
    queries: list[int] = []

    def ask() -> None:
        try:
            connection.ensure_connection()
            with CaptureQueriesContext(connection) as captured:
                start.wait(10)
                for _ in range(20):
                    answers.append(revoked_since(BRUNO, issued_at, known=copy))
            queries.append(len(captured))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [True] * 160
    assert sum(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_a_thread_does_not_wait_for_a_database_that_hangs(copy: Known) -> None:
    issued_at = clock.now()
    copy.refresh()
    wait_until_old()
    hangs, may_go_on = threading.Event(), threading.Event()

    def hang(execute: Any, *args: Any) -> Any:
        hangs.set()
        may_go_on.wait(30)
        return execute(*args)

    def ask() -> None:
        with ExitStack() as stack:
            stack.callback(connection.close)
            stack.enter_context(connection.execute_wrapper(hang))
            copy.refresh()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        assert hangs.wait(10)
        began = time.monotonic()
        assert not revoked_since(BRUNO, issued_at, known=copy)
        assert time.monotonic() - began < 5
    finally:
        may_go_on.set()
        thread.join(30)


ANOTHER_PROCESS = f"""
import time
import django
django.setup()
from broadsheet.platform import clock
from broadsheet.membership.revocations import revoked_since
issued_at = clock.now()
assert not revoked_since({BRUNO}, issued_at)
print("ready", flush=True)
while not revoked_since({BRUNO}, issued_at):
    time.sleep(0.01)
print(time.time(), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_push_within_a_second() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "DATABASE_URL": address_of_test_database(),
    }
    command = [sys.executable, "-c", ANOTHER_PROCESS]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.3)  # so that its copy is neither new nor due
            revoke(BRUNO)
            pushed_at = time.time()
            seen_at = float(process.stdout.readline())
        finally:
            process.kill()
    assert seen_at - pushed_at < 1


# --- What is forgotten -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_rows_that_no_cookie_can_be_older_than_are_swept_once_a_day() -> None:
    assert KEPT > STALE + OVERLAP
    now = clock.now()
    for number, age in ((1, KEPT + SECOND), (2, KEPT - timedelta(minutes=1))):
        with clock.moved_to(now - age):
            revoke(number)
    call_command("sweep")
    assert revoked() == {2}
    with clock.stopped_at(now - KEPT - SECOND):
        revoke(3)
    call_command("sweep")
    assert revoked() == {2, 3}

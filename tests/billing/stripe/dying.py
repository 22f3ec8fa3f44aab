"""A process that is killed at its steps in turn: ``python -m tests.billing.stripe.dying …``.

A step is a statement to the database. Before some of them the process is killed as by ``kill -9``, in a copy
of its own; another does what the next minute does. What the rows say in the end is printed, a line for each.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

FOLDER, DOUBLE, STRIDE = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
EMPTY, WORK, PRISTINE = (FOLDER / f"{name}.sqlite3" for name in ("empty", "work", "pristine"))

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "tests.settings",
    "DATABASE_URL": f"sqlite:///{WORK}",
    "STRIPE_KEY": "sk_test_of_the_double",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_the_double",
    "STRIPE_API": DOUBLE,
    "LOG_LEVEL": "ERROR",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from broadsheet.billing.models import Checkout, Invoice, Payment, StripeEvent, StripeSession  # noqa: E402
from broadsheet.billing.providers.stripe import sweeping  # noqa: E402
from broadsheet.membership.lengths import Term  # noqa: E402
from broadsheet.membership.models import Plan, Price, Subscription  # noqa: E402
from broadsheet.platform import clock  # noqa: E402
from tests.cast import introduce  # noqa: E402
from tests.shop import checkout, minute_passes  # noqa: E402

RENEWAL = datetime.now(UTC) + timedelta(days=32)  # noqa: TID251 (the double stands at the machine's)


def ask(path: str) -> Any:
    with urlopen(f"{DOUBLE}/control/{path}") as answer:  # noqa: S310 (the double)
        return json.loads(answer.read())


def prepare(what: str) -> None:
    """Ada has paid on Stripe's page; where it is the renewal that dies, she has subscribed."""
    digital = Plan.objects.create(name="Digital")
    price = Price.objects.create(plan=digital, edition="en-us", amount=500, currency="USD", term=Term.MONTH)
    page = urlsplit(checkout(introduce("Ada Brandt", "ada@dies.example"), price, provider="stripe").go_on())
    asking = HTTPConnection(page.netloc)
    asking.request("POST", page.path, "number=4242424242424242")
    assert asking.getresponse().status == 303
    if what == "renewal":
        deliver()


def deliver() -> None:
    """What was not answered is told again, as Stripe does for three days."""
    told = set(StripeEvent.objects.values_list("reference", flat=True))
    for event, body, header in ask("signed"):
        if event not in told:
            headers = {"Stripe-Signature": header}
            Client().post("/stripe/webhook", body, content_type="application/json", headers=headers)


def renew() -> None:
    with clock.moved_to(RENEWAL):
        minute_passes()


def recover(what: str) -> None:
    if what == "renewal":
        with clock.moved_to(RENEWAL + timedelta(minutes=3)):
            minute_passes()
    else:
        deliver()
        with clock.moved_to(clock.now() + timedelta(minutes=3)):
            sweeping.each_minute(clock.now())


def facts() -> dict[str, Any]:
    return {
        "intents": ask("succeeded"),
        "payments": Payment.objects.succeeded().count(),
        "open": Invoice.objects.unpaid().count(),
        "subscriptions": list(Subscription.objects.values_list("state", flat=True)),
        "checkouts": list(Checkout.objects.values_list("state", flat=True)),
        "sessions": StripeSession.objects.open().count(),
        "events": StripeEvent.objects.filter(worked_at=None).count(),
    }


class Dying:
    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


def in_a_copy(act: Callable[[], None]) -> int:
    """How the process ended: 0, or the signal that killed it, as a negative number."""
    connection.close()
    pid = os.fork()
    if not pid:
        try:
            act()
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die_at(what: str, step: int) -> None:
    with connection.execute_wrapper(Dying(step)):
        {"renewal": renew, "webhook": deliver}[what]()


def tell(what: str) -> None:
    recover(what)
    sys.stdout.write(json.dumps({"what": what} | facts()) + "\n")


def put(source: Path) -> None:
    connection.close()
    for end in ("", "-wal", "-shm"):
        Path(f"{WORK}{end}").unlink(missing_ok=True)
    shutil.copy(source, WORK)


def kill_everywhere(what: str) -> None:
    put(EMPTY)
    prepare(what)
    connection.close()
    shutil.copy(WORK, PRISTINE)
    ask("snapshot")
    for step in count(0, STRIDE):
        put(PRISTINE)
        ask("restore")
        ended = in_a_copy(lambda step=step: die_at(what, step))
        if ended not in (0, -signal.SIGKILL):
            sys.exit(f"{what}, step {step}: ended with {ended}")
        if in_a_copy(lambda: tell(what)):
            sys.exit(f"{what}, step {step}: did not recover")
        if not ended:
            return


setup_test_environment()
settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
for name in ("webhook", "renewal"):
    ask("clear")
    kill_everywhere(name)

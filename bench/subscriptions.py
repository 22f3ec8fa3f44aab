"""How long the subscriptions manager waits, among 1,000,000 readers and 200,000 subscriptions on PostgreSQL.

The pages are asked for as a browser asks, one after the other, by somebody signed in. The reference is the
smallest answer that the same server gives, robots.txt, asked for in the same way.
"""

import statistics
import sys
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import readership
from bench.reading import ask_product, seeded, serving
from broadsheet.platform.processes.progress import step
from harness import engines

GOAL = 300
"""Milliseconds."""
TIMES = 15
WARM = 2

# Run by the product's own Python: a session of the demo's subscriptions manager, and what is to be found.
PREPARE = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from broadsheet.billing.models import Invoice, Payment
from broadsheet.membership.models import Plan, Subscription
from broadsheet.people.models import Person

manager = Person.objects.filter(groups__name="Subscriptions manager").first()
session = SessionStore()
session[SESSION_KEY] = str(manager.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = manager.get_session_auth_hash()
session.create()
one = Subscription.objects.order_by("-pk").first()
print(json.dumps({
    "session": session.session_key,
    "number": one.number,
    "subscription": one.pk,
    "reader": one.person_id,
    "email": one.person.email,
    "plan": Plan.objects.get(name="Supporter").pk,
    "invoice": Invoice.objects.order_by("-pk").first().number,
    "reference": Payment.objects.order_by("-pk").first().reference,
}))
"""

PAGES: tuple[tuple[str, str], ...] = (
    ("subscriptions", "subscriptions/"),
    ("… the last page", "subscriptions/?p=200"),
    ("… the one that renews or ends first", "subscriptions/?ordering=term_ends_at"),
    ("… sorted so, the last page", "subscriptions/?ordering=term_ends_at&p=200"),
    ("… oldest first", "subscriptions/?ordering=began_at"),
    ("… paused", "subscriptions/?state=paused"),
    ("… active, the last page", "subscriptions/?state=active&p=200"),
    ("… ended, of one plan", "subscriptions/?state=ended&plan={plan}"),
    ("… of one plan", "subscriptions/?plan={plan}"),
    ("… of one edition", "subscriptions/?edition=en-gb"),
    ("… cancelled", "subscriptions/?cancelled=True"),
    ("… due in 30 days", "subscriptions/?due=30"),
    ("… by a whole e-mail address", "subscriptions/?q={email}"),
    ("… by the beginning of one", "subscriptions/?q=lotte.be"),
    ("… by a letter", "subscriptions/?q=a"),
    ("… by a first name", "subscriptions/?q=ada"),
    ("… by a last name", "subscriptions/?q=zimmermann"),
    ("… by a name", "subscriptions/?q=Ada+Brandt"),
    ("… by number", "subscriptions/?q={number}"),
    ("… by a name, active", "subscriptions/?q=keller&state=active"),
    ("… by what nobody is called", "subscriptions/?q=xyzzy"),
    ("one subscription", "subscriptions/{subscription}/"),
    ("readers", "readers/"),
    ("… the last page", "readers/?p=200"),
    ("… newest first", "readers/?ordering=-date_joined"),
    ("… last signed in", "readers/?ordering=-last_login"),
    ("… by the beginning of an e-mail address", "readers/?q=lotte.be"),
    ("… by a letter", "readers/?q=a"),
    ("… by a first name", "readers/?q=ada"),
    ("… by a last name", "readers/?q=zimmermann"),
    ("… by a name", "readers/?q=Ada+Brandt"),
    ("one reader", "readers/{reader}/"),
    ("invoices", "invoices/"),
    ("… the last page", "invoices/?p=200"),
    ("… by number", "invoices/?q={invoice}"),
    ("… by the beginning of an e-mail address", "invoices/?q=lotte.be"),
    ("… open", "invoices/?state=open"),
    ("… overdue", "invoices/?overdue=True"),
    ("payments", "payments/"),
    ("… by reference", "payments/?q={reference}"),
    ("gifts", "gifts/"),
    ("plans", "plans/"),
)


def asked(port: int, path: str, cookie: str) -> list[float]:
    """How many milliseconds each answer took."""
    found = []
    with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        for _ in range(WARM + TIMES):
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            response = connection.getresponse()
            response.read()
            found.append(1000 * (time.perf_counter() - begun))
            if response.status != 200:
                raise RuntimeError(f"{path} was answered {response.status}")
    return found[WARM:]


def measure(database: str, folder: Path) -> None:
    environment = seeded(database, folder)
    made = readership.make(database)
    console = Console()
    rows = ", ".join(f"{count:,} {name}" for name, count in made.items() if name != "seconds")
    console.print(f"Made in {made['seconds']} seconds: {rows}.")
    given = ask_product(PREPARE, environment)
    cookie = f"broadsheet_session={given['session']}"
    table = Table(title="The subscriptions manager’s pages, one web process", title_justify="left")
    table.add_column("what")
    for heading in ("median ms", "worst ms", "of robots.txt", "goal"):
        table.add_column(heading, justify="right")
    with serving(environment) as port:
        reference = statistics.median(asked(port, "/robots.txt", ""))
        table.add_row("robots.txt", f"{reference:.1f}", "", "1", "")
        with step("Asking", len(PAGES), "pages", to=sys.stderr) as advance:
            for what, path in PAGES:
                times = asked(port, f"/desk/{path.format_map(given)}", cookie)
                median, worst = statistics.median(times), max(times)
                said = f"< {GOAL}" if worst < GOAL else f"[bold]< {GOAL}, missed[/bold]"
                table.add_row(what, f"{median:.0f}", f"{worst:.0f}", f"{median / reference:.0f}", said)
                advance(1)
    console.print(table)


def run() -> None:
    if missing := [program for program in ("initdb", "postgres") if not engines.find(program)]:
        print(f"Subscriptions are not measured: {', '.join(missing)} not found.")  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as folder:
        # PostgreSQL, which refuses to run as root, must reach its part of it.
        Path(folder).chmod(0o755)
        for name in ("postgresql", "var"):
            (Path(folder) / name).mkdir()
        with engines.postgresql(Path(folder) / "postgresql") as database:
            measure(database, Path(folder) / "var")

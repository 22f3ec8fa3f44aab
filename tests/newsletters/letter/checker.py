"""Looks at rendered issues as other programs do: the W3C's checker, and SpamAssassin where it is installed.

`bin/letters` fetches the checker, which needs Java, and calls this with the path of its vnu.jar.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")
get_wsgi_application()

from email.message import EmailMessage  # noqa: E402 (only now are the settings there)

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from broadsheet.delivery.message import Listing, Segments  # noqa: E402
from broadsheet.newsletters.letter.rendering import Rendered  # noqa: E402
from broadsheet.newsletters.preflight.finding import Severity  # noqa: E402
from broadsheet.newsletters.preflight.markup import check_contrast, check_pictures, check_size  # noqa: E402
from broadsheet.newsletters.preflight.spam import SUSPICIOUS, check_spam  # noqa: E402
from broadsheet.newsletters.preflight.support import check_support  # noqa: E402
from broadsheet.platform import clock  # noqa: E402
from tests.newsletters.letter.issues import ISSUES, rendered  # noqa: E402

NEEDED_BY_MAIL = {
    r"The “(align|valign|width|border|cellpadding|cellspacing)” attribute on the “(table|td)” element": (
        "Outlook on Windows lays tables out by these attributes alone"
    ),
}
"""What the checker says of letters, and why it must stay so."""


def main(jar: str) -> int:
    table = Table("issue", "KB", "checker", "mail programs, contrast, pictures", "spam")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in ISSUES:
            letter = rendered(name)
            faults = faults_of(Path(folder), letter, jar)
            checks = (check_size, check_pictures, check_contrast, check_support)
            found = [
                one.message for check in checks for one in check(letter) if one.severity != Severity.NOTE
            ]
            points, said = spam(letter)
            failed = failed or bool(faults or found) or points >= SUSPICIOUS
            table.add_row(
                name, f"{letter.size / 1024:.0f}", "\n".join(faults) or "–", "\n".join(found) or "–", said
            )
    Console(width=140).print(table)
    return int(failed)


def faults_of(folder: Path, letter: Rendered, jar: str) -> list[str]:
    page = folder / "letter.html"
    page.write_text(re.sub(r"\{\{\w+\}\}", "token", letter.html))
    command = ["java", "-jar", jar, "--format", "json", "--exit-zero-always", str(page)]
    result = subprocess.run(command, capture_output=True, check=True, text=True)
    messages = [message["message"] for message in json.loads(result.stderr)["messages"]]
    return [said for said in messages if not any(re.match(known, said) for known in NEEDED_BY_MAIL)]


def spam(letter: Rendered) -> tuple[float, str]:
    message = EmailMessage()
    message["From"], message["Subject"] = "The Meridian <letters@meridian.example>", letter.subject
    leave = "https://meridian.example/newsletters/leave/{{reader}}/"
    Listing("briefing.meridian.example", "Morning Briefing", leave).mark(message)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    segments = Segments.compile(message, ["reader"], clock.now())
    joined = segments.join("ada@reader.example", "<1@meridian.example>", {"reader": "x" * 48})
    (finding,) = check_spam(joined)
    points = re.search(r"gives it (-?[0-9.]+) points", finding.message)
    return (float(points[1]) if points else 0.0), finding.message


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

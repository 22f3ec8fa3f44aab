"""What SpamAssassin thinks of a letter, by its local rules, where it is installed."""

import re
import shutil
import subprocess
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning

CHECK = gettext_lazy("Spam")
SECONDS = 60
SUSPICIOUS, SPAM = 2.0, 5.0
SCORE = re.compile(r"score=(-?\d+(?:\.\d+)?)")
RULES = re.compile(r"tests=([A-Z0-9_,\s]+?)(?:\s+(?:autolearn|version)=|$)")


def check_spam(message: bytes) -> Iterator[Finding]:
    """`message` as one reader would get it."""
    program = shutil.which("spamassassin")
    if program is None:
        yield note(CHECK, _("SpamAssassin is not installed, so nothing was asked."))
        return
    try:
        result = subprocess.run(
            [program, "-L", "-t"], input=message, capture_output=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        yield warning(CHECK, _("SpamAssassin could not be asked: {error}").format(error=error))
        return
    found = scored(result.stdout.decode(errors="replace"))
    if found is None:
        yield warning(CHECK, _("SpamAssassin said no score."))
        return
    score, rules = found
    said = (
        _("SpamAssassin gives it {score} points ({rules}).")
        if rules
        else _("SpamAssassin gives it {score} points.")
    ).format(score=f"{score:g}", rules=rules)
    level = fault if score >= SPAM else warning if score >= SUSPICIOUS else note
    yield level(CHECK, said)


def scored(answer: str) -> tuple[float, str] | None:
    """Its points, and the rules that gave them."""
    head = re.search(r"^X-Spam-Status:.*?(?=^\S)", answer, re.MULTILINE | re.DOTALL)
    score = SCORE.search(head[0]) if head else None
    if head is None or score is None:
        return None
    rules = RULES.search(head[0])
    return float(score[1]), ", ".join(re.findall(r"[A-Z0-9_]+", rules[1])) if rules else ""

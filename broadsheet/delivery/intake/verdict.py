"""Whether a returned message means that its address is gone, by the words and the code of the server."""

import re

from broadsheet.delivery.intake import wording
from broadsheet.delivery.intake.report import LONGEST_WORDS, Kind

STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
"""The enhanced code of RFC 3463."""
IN_WORDS = re.compile(rf"(?:^|#|\b[245]\d\d[ -]+#?['\"]?){STATUS.pattern}")
"""Where servers put it; elsewhere it may be an address or the number of a program’s version."""
REPLY = re.compile(r"(?:^|said: )([245])\d\d\b")
QUOTED = re.compile(r"\b([245])\d\d[ -]+(['\"])(.+?)(?:\2(?!\w)|$)", re.DOTALL)
"""How gateways quote the next server: behind its code, within quotes."""
UNTOLD = "0"
"""The subject, or the detail, of a code that only says yes or no."""
ADDRESS, MAILBOX, PROTOCOL = "1", "2", "5"
OF_THE_SENDER = {"7", "8"}
DISABLED = "1"


def verdict(status: str, words: str) -> Kind:
    """HARD or SOFT, for a message that was returned with `status`, such as 5.1.1, or with none.

    Words count before the code, which servers choose carelessly: 5.1.1 stands for full mailboxes, and 5.1.0
    for mail that a policy refuses. Only words that speak of the address itself make it hard, or where the
    words say nothing, a code to the same effect. The rest speaks of this message or this day: to call these
    hard would take a reader off the list for a fault that was not theirs.
    """
    # What the next server said is nearer to the matter than what its neighbour makes of it.
    if quoted := QUOTED.search(words):
        status, words = f"{quoted[1]}.0.0", quoted[3]
    said = IN_WORDS.search(words)
    code = said.group(1) if said else status
    if not code and (reply := REPLY.search(words)):
        code = f"{reply[1]}.0.0"
    if code.startswith(("2", "4")) or wording.speaks_of_something_else(words):
        return Kind.SOFT
    if wording.says_gone(words):
        return Kind.HARD
    if not code:
        return Kind.SOFT
    _of, subject, detail = code.split(".")
    if subject in {UNTOLD, ADDRESS, MAILBOX, PROTOCOL} and wording.says_unavailable(words):
        return Kind.HARD
    if subject == ADDRESS:
        return Kind.SOFT if detail in {UNTOLD, *OF_THE_SENDER} else Kind.HARD
    return Kind.HARD if (subject, detail) == (MAILBOX, DISABLED) else Kind.SOFT


def in_one_line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:LONGEST_WORDS]

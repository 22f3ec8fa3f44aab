"""Whether a returned message means that its address is gone, by the code and the words of the server."""

import re

from broadsheet.delivery.intake.report import LONGEST_WORDS, Kind

STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
"""The enhanced code of RFC 3463."""
IN_WORDS = re.compile(rf"(?:^|#|\b[245]\d\d[ -]+#?){STATUS.pattern}")
"""Where servers put it; elsewhere it may be an address or the number of a program’s version."""
GONE = re.compile(
    r"(user|mailbox|recipient|account|address)( is)? (unknown|disabled|inactive|not found|invalid)"
    r"|(unknown|no such|invalid) (local )?(user|mailbox|recipient|account|address|person)"
    r"|no (mailbox|user) (here )?by that name"
    r"|(does not|doesn.t|not) exist|not a valid mailbox|unrouteable address",
    re.IGNORECASE,
)
NOT_OF_THEM = re.compile(
    r"\bsender|return.path|mail from|from address|verif|\b(at a|exceed\w*|over) (the )?rate|rate limit",
    re.IGNORECASE,
)
"""Words that speak of us, or of how much we send, whatever else they say."""
UNTOLD = "0"
"""The subject of a code that only says yes or no."""
ADDRESS, MAILBOX = "1", "2"
OF_THE_SENDER = {"7", "8"}
DISABLED = "1"


def verdict(status: str, words: str) -> Kind:
    """HARD or SOFT, for a message that was returned with `status`, such as 5.1.1, or with none.

    Only a code that speaks of the address itself makes it hard, or words to the same effect. The rest speaks
    of this message or this day: a full mailbox, a text that was taken for spam, a server that was away. To
    call these hard would take a reader off the list for a fault that was not theirs.
    """
    # What the next server said is nearer to the matter than what ours made of it.
    said = IN_WORDS.search(words)
    code = said.group(1) if said else status
    is_gone = GONE.search(words) and not NOT_OF_THEM.search(words)
    if not code:
        return Kind.HARD if is_gone else Kind.SOFT
    of, subject, detail = code.split(".")
    if of != "5":
        return Kind.SOFT
    if subject == ADDRESS:
        return Kind.SOFT if detail in OF_THE_SENDER else Kind.HARD
    if subject == MAILBOX:
        return Kind.HARD if detail == DISABLED and not NOT_OF_THEM.search(words) else Kind.SOFT
    return Kind.HARD if subject == UNTOLD and is_gone else Kind.SOFT


def in_one_line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:LONGEST_WORDS]

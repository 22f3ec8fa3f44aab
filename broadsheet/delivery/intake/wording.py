"""The phrases by which mail servers say why they return a message."""

import re

URL = re.compile(r"https?://\S+", re.IGNORECASE)
ADDRESS = re.compile(r"[<(\[]?[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+[>)\]]?:?")
HOST = re.compile(r"\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b", re.IGNORECASE)

LOOKED_UP = re.compile(
    r"https?://\S*(?:[?&]ip=|block|black|deny|dnsbl|\brbl|spamhaus|sorbs|barracuda|reputation|unblock)",
    re.IGNORECASE,
)
"""Where somebody may see why a server of theirs is on a list."""

SENDER = (
    r"(?<!to )(?<!to the )(?<!to its )\bsender\b|\bsending (?:host|server|domain|ip|limit)|return.?path"
    r"|\bmail from\b|\bfrom(?: header)? (?:address|domain|header)"
    r"|\bverif\w+ (?:failed|of)|\bcall(?:out|back)\b"
    r"|\b(?:spf|dkim|dmarc|ptr|rdns|helo|ehlo)\b|reverse (?:dns|lookup)|authenticat"
    r"|\brelay(?:ing)? (?:access )?(?:denied|not|prohibited|attempt)"
    r"|(?:unable|not permitted|not allowed) to relay"
    r"|\b(?:may|can|must) ?not send\b|(?:allowed|permitted|authori[sz]ed) to send"
    r"|\byour (?:ip|host|server|domain|network|organi[sz]ation)\b|\bclient host\b|connecting (?:host|ip)"
    r"|messages from \S+ weren.t|traffic not accepted|mail from \S+ (?:is|was) (?:not|refused|rejected)"
)
POLICY = (
    r"\bpolic(?:y|ies)\b|\bspam\w*|\bjunk\b|unsolicited|\bbulk\b|\bvirus|malware|phish|suspicious"
    r"|\bblocked\b|block.?list|black.?list|deny.?list|\b(?:rbl|dnsbl|dnswl)\b"
    r"|(?<!not )\blisted (?:at|by|in|on)\b"
    r"|reputation|prohibit|restrict|\baccess (?:is )?(?:denied|refused)|administrative"
    r"|message content|content (?:filter|reject|of)|\bbanned\b|gr[ae]y.?list"
)
RATE = (
    r"\brate\b|rate.?limit|\btoo (?:many|often|fast|much)\b|throttl"
    r"|\b(?:daily|hourly)\b|\b(?:per|this|an?|last) (?:hour|minute)\b|limit (?:\w+ )?(?:exceeded|reached)"
    r"|(?:exceed\w*|reached) \w+(?: \w+){0,3} limit"
)
FULL = (
    r"\bquota\b|overquota|\b(?:mail)?box\b.{0,30}\bfull\b|\b(?:is|account|inbox) full\b|storage"
    r"|mailfolder is over"
    r"|(?:insufficient|not enough|out of|no) (?:\w+ )?space|disk full|mailbox size|over its? limit"
)
PASSING = (
    r"temporar|\btry(?:ing)? (?:it )?(?:again|later)\b|\btime[d-]? ?out\b|\bdefer|at this time|right now"
    r"|currently (?:unavailable|unreachable|not)"
)
NOT_OF_THE_ADDRESS = re.compile("|".join((SENDER, POLICY, RATE, FULL, PASSING)), re.IGNORECASE)
"""Of us who send, of what we send or how much, of a mailbox that is full, or of this moment."""

OWNER = (
    r"(?:user|mail ?box|recipient|account|address(?:ee)?|customer|subscriber|member|person"
    r"|e-?mail(?: (?:address|account))?)"
)
GONE = re.compile(
    rf"\b{OWNER}(?:'s mailbox)?(?: \w+){{0,4}}? ?(?:is |was |has been |- |: )?(?:now |not |longer )*"
    r"(?:unknown|disabled|inactive|deactivated|closed|deleted|removed|terminated|discontinued|cancell?ed"
    r"|invalid|not (?:found|known|recogni[sz]ed|valid|listed)|no longer)\b"
    rf"|\b(?:unknown|no such|invalid|non-?existent|bad) (?:local |destination |e-?mail |virtual )?{OWNER}\b"
    rf"|\b{OWNER}\b.{{0,60}}"
    r"\b(?:could ?n.t|could not|can ?not|can.t|was ?n.t|was not|is not) (?:be )?(?:found|located)"
    r"|\b(?:no|nobody|no one|none)\b(?: \w+)? (?:here )?(?:by|of|with|under) (?:that|this) (?:name|address)"
    r"|\b(?:has|have|having) (?:no|not an?)(?: \w+)? (?:account|mail ?box)\b"
    r"|\b(?:does ?n.t|does not|do not|don.t) have an?(?: \w+)? (?:account|mail ?box)\b"
    r"|\b(?:there is|there.s|is) no (?:such )?(?:account|mail ?box|user)\b|\bno mailbox (?:here|for|at)\b"
    r"|(?<!may )(?<!might )\b(?:does not|doesn.t|did not|didn.t|not) exist|\bnon-?existent\b"
    rf"|\bnot an? (?:valid|known|registered|local|active|existing) {OWNER}\b|\bnot our customer\b"
    r"|\bunrouteable address|(?:Recipient|Recip)NotFound"
    r"|\bno longer (?:exists?|accepts?|in (?:use|service)|works?)\b"
    # As servers in German, French, Spanish and Italian have it.
    r"|\bunbekannt|existiert nicht|\bkein postfach|\binconnue?\b|n.existe (?:pas|plus)"
    r"|\bno existe\b|desconocid[oa]"
    r"|\binesistente\b|\bnon esiste\b",
    re.IGNORECASE,
)
"""Nobody has a mailbox there, or has it any more."""
UNAVAILABLE = re.compile(rf"\b{OWNER} (?:is )?(?:unavailable|rejected)\b|\bnot available\b", re.IGNORECASE)
"""Means the same, where no code says otherwise: it is SMTP's own phrase for the code 550."""


def without_names(words: str) -> str:
    """`words` without addresses and names of hosts, in which any word may stand."""
    return " ".join(HOST.sub(" ", without_addresses(words)).split())


def without_addresses(words: str) -> str:
    return " ".join(ADDRESS.sub(" ", URL.sub(" ", words)).split())


def speaks_of_something_else(words: str) -> bool:
    return bool(LOOKED_UP.search(words) or NOT_OF_THE_ADDRESS.search(without_names(words)))


def says_gone(words: str) -> bool:
    return any(GONE.search(text) for text in (without_names(words), without_addresses(words)))


def says_unavailable(words: str) -> bool:
    return UNAVAILABLE.search(without_names(words)) is not None

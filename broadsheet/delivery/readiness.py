"""Whether the mail server lets us in and DNS has our key: see platform/processes/readiness.py."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import dns.exception
import dns.resolver
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from broadsheet.delivery import post_room
from broadsheet.delivery.smtp import Timeouts, Unreachable, greet
from broadsheet.platform.processes.readiness import SECONDS
from broadsheet.platform.resolver import resolver

HASTE = Timeouts(connecting=SECONDS, greeting=SECONDS, command=SECONDS)


def check_mail_server(**kwargs: Any) -> list[CheckMessage]:
    if settings.SMTP is None or settings.LETTERBOX_PORT:  # the demo's own starts beside it
        return []
    try:
        asyncio.run(greet(replace(settings.SMTP, timeouts=HASTE)))
    except Unreachable as error:
        said = " ".join(str(error).split()).rstrip(".")
        return [Error(f"SMTP_URL: the mail server does not let us in: {said}", id="broadsheet.E005")]
    return []


def check_dkim_record(**kwargs: Any) -> list[CheckMessage]:
    signer = post_room.signer()
    if signer is None:
        return []
    name = f"{signer.selector}._domainkey.{signer.domain}"
    fix = "`broadsheet post_records` prints what it must say"
    try:
        answer = resolver().resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return [Warning(f"DKIM_KEY: DNS has no record {name}: {fix}", id="broadsheet.W006")]
    except (dns.exception.DNSException, OSError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        return [Warning(f"DKIM_KEY: DNS does not say what it has at {name}: {said}", id="broadsheet.W007")]
    records = [b"".join(record.strings).decode(errors="replace") for record in answer]
    if any(public_key(record) == public_key(signer.record) for record in records):
        return []
    return [Error(f"DKIM_KEY: DNS has another key at {name}: {fix}", id="broadsheet.E008")]


def public_key(record: str) -> str:
    found = re.search(r"(?:^|;)\s*p\s*=([^;]*)", record)
    return "".join(found[1].split()) if found else ""

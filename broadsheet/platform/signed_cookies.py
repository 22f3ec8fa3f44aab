"""Cookies that only we can have written, and that no script reads."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse

LONGEST_LIFE = timedelta(days=400)
"""Browsers keep no cookie longer."""


@dataclass(frozen=True, slots=True)
class SignedCookie:
    """One kind of cookie: `written` is what we write into it, `salt` keeps its signatures from all others.

    Where the name holds a part of what is said, an article's id say, so must the salt: else a signature
    could be moved from one cookie to another.
    """

    salt: str
    written: re.Pattern[str]
    longest: int
    """Characters, with the signature. What is longer is not worth verifying."""

    def read(self, value: str) -> re.Match[str] | None:
        """What was written; None where `value` is empty, forged, cut or oversized."""
        if not value or len(value) > self.longest:
            return None
        try:
            return self.written.fullmatch(Signer(salt=self.salt).unsign(value))
        except BadSignature:
            return None

    def write(self, response: HttpResponse, name: str, value: str, life: timedelta | None) -> None:
        """Keeps `value` for `life` in the browser that `response` goes to; None: as long as browsers do."""
        response.set_cookie(
            name,
            Signer(salt=self.salt).sign(value),
            max_age=seconds_of(life),
            httponly=True,
            secure=settings.HTTPS,
            samesite="Lax",
        )


def seconds_of(life: timedelta | None) -> int:
    """The Max-Age of a cookie that lives so long; None: as long as browsers keep any."""
    return max(1, int(min(life or LONGEST_LIFE, LONGEST_LIFE).total_seconds()))

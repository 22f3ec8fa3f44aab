"""What counts once for each network in a while, kept in this process's memory, and no address with it."""

import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import Lock

from broadsheet.platform import clock
from broadsheet.platform.networks import network_of
from broadsheet.platform.proxy import address_in

MOST = 50_000
"""What is remembered at most, some ten megabytes. Beyond it the oldest is forgotten before its time."""


class OncePerNetwork:
    """Says yes to a network once in `while_`, for each thing. A network is an IPv4 address or an IPv6 /56."""

    def __init__(self, while_: timedelta, most: int = MOST) -> None:
        self.while_ = while_
        self.most = most
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()

    def is_first(self, thing: bytes, address: str) -> bool:
        """Whether the network of `address` comes with `thing` for the first time in the last `while_`."""
        found = address_in(address)
        network = network_of(found) if found else ""
        mark = blake2b(network.encode() + b" " + thing, key=self._key, digest_size=16).digest()
        now = clock.now()
        with self._lock:
            self._forget(now - self.while_)
            if mark in self._seen:
                return False
            self._seen[mark] = now
            if len(self._seen) > self.most:
                self._seen.popitem(last=False)
            return True

    def _forget(self, before: datetime) -> None:
        while self._seen and next(iter(self._seen.values())) <= before:
            self._seen.popitem(last=False)

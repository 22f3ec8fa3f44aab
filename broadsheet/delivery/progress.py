"""What `broadsheet post` shows of the sends that are on their way."""

import asyncio
import time
from collections import deque

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from broadsheet.delivery.models import Lane, Recipient, Send
from broadsheet.delivery.worker.database_thread import DatabaseThread

EVERY = 1.0
MOST = 8
"""Sends that are shown at once."""
STATES = [state for state in Recipient.State if state is not Recipient.State.QUEUED]

type Counts = list[tuple[Send, dict[str, int]]]


class Progress:
    def __init__(self, console: Console, send: int | None = None) -> None:
        self._console, self._send = console, send
        self._seen: deque[tuple[float, int]] = deque(maxlen=10)

    async def __call__(self, stop: asyncio.Event) -> None:
        database = DatabaseThread()
        with Live(console=self._console, auto_refresh=False) as live:
            while True:
                is_last = stop.is_set()
                counts = await database.retry(lambda: not stop.is_set(), self._count)
                if counts is not None:
                    live.update(self._table(counts), refresh=True)
                if is_last:
                    break
                try:
                    await asyncio.wait_for(stop.wait(), EVERY)
                except TimeoutError:
                    continue
        await database.close()

    def _count(self) -> Counts:
        if self._send is not None:
            sends = Send.objects.filter(pk=self._send)
        else:
            on_their_way = [Send.State.SENDING, Send.State.HELD]
            sends = Send.objects.filter(state__in=on_their_way).exclude(lane=Lane.LETTERS)[:MOST]
        return [(send, send.counts()) for send in sends]

    def _table(self, counts: Counts) -> Group:
        table = Table("send", "subject", "", *(str(state.label) for state in STATES), "left", box=None)
        for send, count in counts:
            total, left = sum(count.values()), count.get(Recipient.State.QUEUED, 0)
            table.add_row(
                str(send.pk),
                Text(send.subject, no_wrap=True, overflow="ellipsis"),
                ProgressBar(total or 1, total - left, width=20),
                *(f"{count[state]:,}" if state in count else "" for state in STATES),
                f"{left:,}" if send.state == Send.State.SENDING else str(send.get_state_display()),
            )
        return Group(table, Text(self._pace(counts), style="dim"))

    def _pace(self, counts: Counts) -> str:
        sent = sum(count.get(Recipient.State.SUBMITTED, 0) for _send, count in counts)
        if self._seen and sent < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((time.monotonic(), sent))
        (begun, before), (now, after) = self._seen[0], self._seen[-1]
        if not counts:
            return "Nothing to send. Ctrl+C stops."
        return f"{(after - before) / (now - begun):,.0f} a second" if now > begun else ""

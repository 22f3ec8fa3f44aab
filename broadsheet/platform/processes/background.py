"""What works beside the web server: tasks, the scheduler, the post. They share one process, a thread each."""

import logging
import signal
import threading
from collections.abc import Callable, Iterable
from types import FrameType

logger = logging.getLogger(__name__)

type Work = Callable[[threading.Event], None]
"""Goes on until the event is set, and then finishes what it has begun."""

_works: dict[str, Work] = {}


def register(name: str, work: Work) -> None:
    """To be called when the room is ready; `name` is one of plan.PROCESSES."""
    _works[name] = work


def run(names: Iterable[str]) -> bool:
    """Until SIGTERM or SIGINT, or until one of them fails: then all end, and it is False."""
    stop, woken = threading.Event(), threading.Semaphore(0)
    failed: list[str] = []

    def wake(signum: int, frame: FrameType | None) -> None:
        woken.release()  # an Event's lock may be held by the very code that the signal interrupted

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, wake)

    def do(name: str) -> None:
        try:
            _works[name](stop)
        except Exception:
            logger.exception("%s failed", name)
        if not stop.is_set():
            failed.append(name)
            woken.release()

    threads = [threading.Thread(target=do, args=(name,), name=name) for name in names]
    for thread in threads:
        thread.start()
    woken.acquire()
    stop.set()
    for thread in threads:
        thread.join()
    return not failed

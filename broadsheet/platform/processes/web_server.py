"""Django behind a socket that is given: granian's worker without granian's own supervisor.

granian's main process would take 20 MB, bind the address itself and start workers again; ours holds the
socket, so that connections wait in its queue while a process is replaced. What is used of granian is what its
own `server/mp.py` uses, in the version that the lock names.
"""

import asyncio
import os
import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from granian import _futures, _granian
from granian.wsgi import _callback_wrapper

from broadsheet.platform.processes.listening import BACKLOG

granian: Any = _granian  # whose types lag behind what it is


def serve(socket: int, threads: int, ready: int | None, *, is_unix: bool) -> None:
    """Until SIGTERM or SIGINT; what has begun is answered first. `ready` is a file that it is said into."""
    application = import_string(settings.WSGI_APPLICATION)
    stop, stopped = granian.WorkerSignal(), threading.Event()
    stop.add_cb(stopped.set)

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, end)
    worker = granian.WSGIWorker(
        1,
        (None, granian.SocketHolder(os.dup(socket), is_unix, BACKLOG)),
        None,  # no channel for its metrics
        py_threads=threads,
        backpressure=BACKLOG,
        ssl_crl=[],
        metrics=(None, None),
    )
    new_scheduler: Any = _futures._new_cbscheduler
    calls = new_scheduler(asyncio.new_event_loop(), _callback_wrapper(application, {}), impl_asyncio=True)
    begin = worker.serve_mtr_uds if is_unix else worker.serve_mtr
    begin(calls, None, stop)
    if ready is not None:
        os.write(ready, b"1")
    stopped.wait()

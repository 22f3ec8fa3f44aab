"""Stands between a browser and what is served: it can hold back every byte, or lead on to another server.

Playwright's own routes see nothing of what a browser asks for while it wakes a service worker.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread


class Relay:
    def __init__(self, target: int) -> None:
        self._target = target
        self._flows = Event()
        self._flows.set()
        self._ends: set[socket.socket] = set()
        self._lock = Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://localhost:{self._listener.getsockname()[1]}"
        self._threads = [Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def hold(self) -> None:
        """From now on nothing is answered, and nothing refused."""
        self._flows.clear()

    def lead_to(self, target: int) -> None:
        """Leads what is asked from now on to the port `target`."""
        self._target = target
        self._hang_up()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for the next one
        self._threads[0].join()
        self._listener.close()
        self._flows.set()
        self._hang_up()
        for thread in self._threads:
            thread.join()

    def _hang_up(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with end, suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                with self._lock:
                    self._ends.add(near)
                far = socket.create_connection(("127.0.0.1", self._target))
                with self._lock:
                    self._ends.add(far)
                for source, sink in ((near, far), (far, near)):
                    self._threads.append(Thread(target=self._pass_on, args=(source, sink), daemon=True))
                    self._threads[-1].start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65_536):
                self._flows.wait()
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relaying(target: int) -> Iterator[Relay]:
    relay = Relay(target)
    try:
        yield relay
    finally:
        relay.close()

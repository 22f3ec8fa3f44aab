"""Gives each request a stretch of the interpreter's stack that its calls don't leave.

CPython keeps Python's frames in chunks of 16 KB, and lets go of a chunk as soon as a call returns across its
edge. A loop that happens to stand at an edge, as a template's often does, has a chunk mapped and unmapped
with each call: up to a third of a page's time. It is issue 142183 of CPython, mended in releases of 2026. A
frame that says that it needs more than a chunk gets one of the next power of two, and what it leaves of that
serves all calls from it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SLOTS = 40_000
"""Of eight bytes: of a chunk of 512 KB the calls have 200. What isn't touched takes no memory."""

type Answer = Callable[[HttpRequest], HttpResponse]


def one_chunk(get_response: Answer) -> Answer:
    """A middleware, to stand above all others."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    answer.__code__ = answer.__code__.replace(co_stacksize=SLOTS)
    return answer

"""Becomes the speech program, with limits that all it starts inherit: ``launch.py seconds bytes bytes …``.

A file of its own, run by the same Python without anything else: between a fork and an exec in a process with
threads nothing may be done safely.
"""

import os
import resource
import sys

NOT_STARTED = 127
"""As shells have it."""


def main() -> None:
    processor, memory, output = map(int, sys.argv[1:4])
    for limit, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (least, least))
    try:
        os.execvp(sys.argv[4], sys.argv[4:])  # noqa: S606 (no shell, and the operator's own program)
    except OSError as error:
        sys.stderr.write(f"{sys.argv[4]}: {error.strerror}")
        sys.exit(NOT_STARTED)


if __name__ == "__main__":
    main()

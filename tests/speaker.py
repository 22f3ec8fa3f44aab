"""A speech program for the tests: a tone for each word that it reads, as WAV.

``speaker.py 'what goes wrong' log``: what it reads is added to the log.
"""

import math
import struct
import sys
import time
import wave
from io import BytesIO
from pathlib import Path

RATE = 8000
WORD = RATE // 10


def main() -> None:
    said, wrong, heard = sys.stdin.buffer.read().decode(), sys.argv[1], Path(sys.argv[2])
    with heard.open("a") as file:
        file.write(said + "\n")
    if wrong == "fails":
        sys.exit("The voice is hoarse.")
    if wrong == "hangs":
        time.sleep(600)
    if wrong == "eats":
        bytearray(8 * 1024 * 1024 * 1024)
    if wrong == "floods":
        while True:
            sys.stdout.buffer.write(bytes(1024 * 1024))
    if wrong == "reads":
        sys.stdout.write(said)
        return
    # What differs from paragraph to paragraph can't be joined.
    rate = RATE - len(said) if wrong == "differs" else RATE
    file = BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setparams((1, 2, rate, 0, "NONE", ""))
        samples = (int(9000 * math.sin(n / 3)) for n in range(WORD * len(said.split())))
        writing.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    sys.stdout.buffer.write(file.getvalue())


if __name__ == "__main__":
    main()

"""Runs the operator's speech program: a passage's text goes in, a sound file comes out.

Its arguments are of the environment alone. What an author wrote goes to its standard input and into no
argument, and there is no shell that could read either. The language tag is one of the settings'.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.narration.files import read_spoken
from broadsheet.editorial.narration.launch import NOT_STARTED
from broadsheet.editorial.narration.sound import NotSoundError, Sound

LAUNCHER = Path(__file__).with_name("launch.py")
LANGUAGE = "{language}"
MOST_SECONDS = 60
"""For one passage, by the clock and of processor time on each core that it may take."""
CORES = 8
MOST_BYTES = 64 * 1024 * 1024
"""Of the sound of one passage."""
LONGEST_SAID = 300
HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""Of our environment, which has secrets, the program gets these alone."""


class Fault(models.TextChoices):
    UNSET = "unset", _("The magazine has no speech program: see SPEECH_COMMAND.")
    NOT_STARTED = "not-started", _("The speech program could not be started.")
    FAILED = "failed", _("The speech program ended with an error.")
    TOO_LONG = "too-long", _("The speech program took more than a minute for one paragraph, and was stopped.")
    NOT_SOUND = "not-sound", _("The speech program wrote neither MP3 nor WAV.")
    NOT_ALIKE = (
        "not-alike",
        _("The speech program wrote paragraphs of different kinds, which can’t be joined."),
    )


class SpeechError(Exception):
    def __init__(self, fault: Fault, said: str = "") -> None:
        super().__init__(fault.label)
        self.fault = fault
        self.said = said
        """What the program itself wrote to its standard error."""


def command_for(language: str) -> list[str]:
    """The program and its arguments; raises SpeechError where the operator named none."""
    if not settings.SPEECH_COMMAND:
        raise SpeechError(Fault.UNSET)
    return [word.replace(LANGUAGE, language) for word in settings.SPEECH_COMMAND]


def speak(text: str, language: str) -> Sound:
    """`text` as the program says it; raises SpeechError."""
    command = command_for(language)
    limits = [MOST_SECONDS * CORES, settings.SPEECH_MEGABYTES * 1024 * 1024, MOST_BYTES]
    with (
        tempfile.TemporaryFile() as reading,
        tempfile.TemporaryFile() as writing,
        tempfile.TemporaryFile() as saying,
        tempfile.TemporaryDirectory(prefix="speech-") as folder,
    ):
        reading.write(text.encode())
        reading.seek(0)
        environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        program = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, limits), *command],
            stdin=reading,
            stdout=writing,
            stderr=saying,
            cwd=folder,
            env=environment | {"SPEECH_LANGUAGE": language},
            start_new_session=True,
        )
        try:
            status = program.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            # With all that it started, and left running.
            _end(program)
        saying.seek(0)
        said = saying.read(100_000).decode(errors="replace").strip()[-LONGEST_SAID:]
        if status is None:
            raise SpeechError(Fault.TOO_LONG, said)
        if status:
            raise SpeechError(Fault.NOT_STARTED if status == NOT_STARTED else Fault.FAILED, said)
        writing.seek(0)
        try:
            return read_spoken(writing.read())
        except NotSoundError as error:
            raise SpeechError(Fault.NOT_SOUND, said) from error


def _end(program: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()

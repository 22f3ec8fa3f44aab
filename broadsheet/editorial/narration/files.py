"""Reads sound of whichever kind it is, by what it holds and never by its name."""

from collections.abc import Iterable, Sequence

from broadsheet.editorial.narration import mp3, mp4, wav
from broadsheet.editorial.narration.sound import NotSoundError, Sound

LEAST_SECONDS = 0.1


def read_upload(data: bytes) -> Sound:
    """An MP3 or M4A, which all browsers and podcast apps play; raises NotSoundError."""
    sound = mp4.read(data) if data[4:8] == b"ftyp" else mp3.read(data)
    return _long_enough(sound)


def read_spoken(data: bytes) -> Sound:
    """What a speech program wrote, MP3 or WAV; raises NotSoundError."""
    return _long_enough(wav.read(data) if data[:4] == b"RIFF" else mp3.read(data))


def join(sounds: Iterable[Sound]) -> tuple[Sound, Sequence[float]]:
    """What a speech program wrote for one passage after the other, as one file; where each begins."""
    found = list(sounds)
    endings = {sound.ending for sound in found}
    if len(endings) != 1:
        raise NotSoundError
    joined = wav.join if endings == {"wav"} else mp3.join
    return joined(sound.content for sound in found)


def _long_enough(sound: Sound) -> Sound:
    if sound.seconds < LEAST_SECONDS:
        raise NotSoundError
    return sound

"""A recorded text as a file: plain values in and out, no rows and no settings."""

from dataclasses import dataclass


class NotSoundError(ValueError):
    """The file is not of a kind that is taken, or is damaged, or holds more than sound."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that was read and written anew, so that nothing but sound is in it."""

    ending: str
    """That of its name, and its key in `TYPES`."""
    seconds: float
    content: bytes


TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav"}
"""Ending → content type."""

"""WAV: its length, nothing but its samples, and several as one."""

import wave
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from broadsheet.editorial.narration.sound import NotSoundError, Sound


def _samples(data: bytes) -> tuple[Any, bytes]:
    try:
        with wave.open(BytesIO(data)) as file:
            # A program that writes as it speaks can't say how much it will be.
            return file.getparams(), file.readframes(len(data))
    except (wave.Error, EOFError, RuntimeError) as error:
        raise NotSoundError from error


def _written(params: Any, samples: bytes) -> Sound:
    width = params.nchannels * params.sampwidth
    whole = samples[: len(samples) // width * width]
    if not whole:
        raise NotSoundError
    file = BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setparams(params._replace(nframes=0))
        writing.writeframes(whole)
    return Sound("wav", len(whole) / width / params.framerate, file.getvalue())


def read(data: bytes) -> Sound:
    """`data` without what is not sound; raises NotSoundError."""
    return _written(*_samples(data))


def join(files: Iterable[bytes]) -> tuple[Sound, Sequence[float]]:
    """All of `files` as one, and the second at which each begins; raises NotSoundError if they differ."""
    read = [_samples(data) for data in files]
    if not read or len({params[:3] for params, _samples in read}) > 1:
        raise NotSoundError
    params = read[0][0]
    begins, parts, before = [], [], 0
    for _params, samples in read:
        begins.append(before / (params.nchannels * params.sampwidth * params.framerate))
        parts.append(samples)
        before += len(samples)
    return _written(params, b"".join(parts)), begins

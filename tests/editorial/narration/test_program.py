"""The operator's speech program, run for real: limited, without a shell, without our secrets."""

import shutil
import sys
from typing import Any

import pytest

from broadsheet.editorial.narration import program
from broadsheet.editorial.narration.program import Fault, SpeechError, speak
from tests.speech import Speech

ESPEAK = shutil.which("espeak-ng")


def fault_of(text: str = "One two three.") -> SpeechError:
    with pytest.raises(SpeechError) as caught:
        speak(text, "en-us")
    return caught.value


def test_what_is_to_be_said_goes_to_its_input_alone(speech: Speech) -> None:
    sound = speak("$(touch /tmp/pwned); `id` | “One” -- two", "en-gb")
    assert speech.heard() == ["$(touch /tmp/pwned); `id` | “One” -- two"]
    assert (sound.ending, sound.seconds) == ("wav", pytest.approx(0.7))


def test_it_learns_the_language_and_none_of_our_secrets(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_KEY", "sk_live_secret")
    tell = "import os, sys; sys.exit(' '.join([*sys.argv[1:], *sorted(os.environ)]))"
    settings.SPEECH_COMMAND = [sys.executable, "-c", tell, "voice-{language}"]
    told = fault_of().said.split()
    assert told[0] == "voice-en-us"
    assert "SPEECH_LANGUAGE" in told
    assert not {"STRIPE_KEY", "SECRET_KEY", "DATABASE_URL", "VAR_DIR"} & set(told)


@pytest.mark.parametrize(
    ("wrong", "fault", "said"),
    [
        ("fails", Fault.FAILED, "The voice is hoarse."),
        ("reads", Fault.NOT_SOUND, ""),
        ("eats", Fault.FAILED, "MemoryError"),
        ("floods", Fault.FAILED, ""),
    ],
)
def test_whatever_it_does_wrong_has_a_name(
    speech: Speech, monkeypatch: pytest.MonkeyPatch, wrong: str, fault: Fault, said: str
) -> None:
    monkeypatch.setattr(program, "MOST_BYTES", 1024 * 1024)
    speech.goes_wrong(wrong)
    found = fault_of()
    assert found.fault == fault
    assert said in found.said


def test_it_is_stopped_when_it_takes_too_long(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MOST_SECONDS", 1)
    speech.goes_wrong("hangs")
    assert fault_of().fault == Fault.TOO_LONG


def test_a_program_that_is_not_there_is_named(settings: Any) -> None:
    settings.SPEECH_COMMAND = ["/nowhere/speak"]
    assert fault_of().fault == Fault.NOT_STARTED
    assert "/nowhere/speak" in fault_of().said
    settings.SPEECH_COMMAND = []
    assert fault_of().fault == Fault.UNSET


@pytest.mark.skipif(ESPEAK is None, reason="espeak-ng is not installed")
def test_espeak_ng_speaks(settings: Any) -> None:
    settings.SPEECH_COMMAND = ["espeak-ng", "--stdin", "--stdout", "-v", "{language}"]
    sound = speak("The tide went out over the flats that morning.", "en-gb")
    assert sound.ending == "wav"
    assert 1 < sound.seconds < 10

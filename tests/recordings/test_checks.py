"""What is said of a recording: too quiet, noisy, cut off, too short or long; and of good ones nothing."""

import io
import wave

import pytest

from recordings.checks import Expected, Fault, findings, letters
from recordings.sound import NoSound, Sound, measured, read_wav, wav
from tests.support.voices import samples

TEXT = "Pour réécouter, tapez étoile."
EXPECTED = Expected(TEXT, 2.4)


def faults(sound: Sound, expected: Expected = EXPECTED) -> list[tuple[Fault, bool]]:
    return [(one.fault, one.grave) for one in findings(measured(sound), expected)]


def spoken(seconds: float, *, height: float = 0.25, noise: float = 0.001) -> Sound:
    return Sound(samples(seconds, height=height, noise=noise), 8000)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_a_good_recording_is_taken_without_a_word_at_any_rate(rate: int) -> None:
    assert faults(Sound(samples(2.5, rate=rate), rate)) == []


@pytest.mark.parametrize(
    ("sound", "fault", "grave"),
    [
        (spoken(2.5, height=0.015, noise=0.0), Fault.TOO_QUIET, False),
        (spoken(2.5, height=0.004, noise=0.0), Fault.TOO_QUIET, True),
        (spoken(2.5, noise=0.05), Fault.NOISY, False),
        (spoken(2.5, height=0.1, noise=0.12), Fault.NOISY, True),
        (spoken(2.5, height=1.6), Fault.CLIPPED, True),
        (spoken(1.0), Fault.TOO_SHORT, False),
        (spoken(0.3), Fault.TOO_SHORT, True),
        (spoken(7.0), Fault.TOO_LONG, False),
        (spoken(20.0), Fault.TOO_LONG, True),
    ],
)
def test_each_fault_is_found_and_only_it(sound: Sound, fault: Fault, grave: bool) -> None:
    assert faults(sound) == [(fault, grave)]


def test_a_single_loud_moment_is_told_and_not_refused() -> None:
    sound = spoken(2.5)
    for place in range(1000, 1020):
        sound.samples[place] = 32767
    assert faults(sound) == [(Fault.CLIPPED, False)]


def test_every_finding_says_what_is_wrong_and_what_to_do() -> None:
    (found,) = findings(measured(spoken(0.3)), EXPECTED)
    assert found.what == "it lasts 0.2 s, and this text takes about 2.4 s"
    assert found.mend


def test_without_a_draft_the_words_tell_the_length() -> None:
    words_only = Expected(TEXT)
    assert faults(spoken(2.5), words_only) == []
    assert faults(spoken(0.3), words_only) == [(Fault.TOO_SHORT, True)]
    assert letters("اِثْنَانِ") == 5
    assert letters("ⵙⵉⵏ ⵉⴷ ⵎⵔⴰⵡ") == 9


def test_one_short_word_is_a_whole_prompt() -> None:
    assert faults(spoken(0.24), Expected("un")) == []
    with_silence = Sound(samples(0.5, height=0.0) + samples(0.24) + samples(0.5, height=0.0), 8000)
    assert faults(with_silence, Expected("un")) == []


def test_a_message_may_say_anything_for_half_a_minute() -> None:
    message = Expected(at_most=30.0)
    assert faults(spoken(29.0), message) == []
    assert faults(spoken(32.0), message) == [(Fault.TOO_LONG, True)]
    assert faults(spoken(0.2), message)[0] == (Fault.TOO_SHORT, False)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a WAV file"),
        (b"RIFF", "not a WAV file"),
        (b"ID3\x04 not at all", "not a WAV file"),
        (wav(Sound(samples(0.0), 8000)), "empty"),
    ],
)
def test_what_is_no_sound_is_said_to_be_none(content: bytes, why: str) -> None:
    with pytest.raises(NoSound, match=why):
        read_wav(content)


def test_silence_is_no_sound() -> None:
    with pytest.raises(NoSound, match="silent"):
        measured(spoken(2.0, height=0.0, noise=0.0))


def test_a_stereo_file_is_not_read_as_one_voice() -> None:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(800))
    with pytest.raises(NoSound, match="mono"):
        read_wav(made.getvalue())


def test_a_sound_is_the_same_after_writing_and_reading() -> None:
    sound = spoken(0.5)
    assert read_wav(wav(sound)) == sound

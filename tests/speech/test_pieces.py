"""Phrases with values from a person's recordings where they exist, and from the synthetic voice where not."""

from pathlib import Path

import numpy as np
import pytest
import structlog

from ivr.prompts import phrase
from routing.model import Language
from speech.made import Voice
from tests.speech.sounds import heard, speech_level, voiced, write_wav

FR = Language.FRENCH


@pytest.fixture
def record(tmp_path):
    """A person says so many seconds."""

    def said(key, seconds=1.0, language=FR):
        return write_wav(tmp_path / "recorded" / language / f"{key}.wav", voiced(seconds, 16000), 16000)

    return said


def keys(prompts, **slots):
    return [part.key for part in prompts.parts(FR, phrase("queue.position", **slots))]


def seconds(sound):
    return len(heard(f"{sound}.wav")) / 8000


async def test_a_sentence_of_which_nothing_is_recorded_is_one_synthetic_sentence(speech, engine, record):
    record("queue.next")
    assert len(await speech.sounds(FR, phrase("queue.position", n=3))) == 1
    assert engine.asked == [speech.text(FR, phrase("queue.position", n=3))]


async def test_recorded_words_are_played_and_the_value_between_them_is_synthetic(
    speech, engine, prompts, record
):
    literal, value = keys(prompts, n=3)
    record(literal, 2)
    recorded, synthetic = await speech.sounds(FR, phrase("queue.position", n=3))
    assert engine.asked == [f"{literal}.wav", prompts.parts(FR, phrase("queue.position", n=3))[1].text]
    assert 1.7 < seconds(recorded) < 2.2
    for sound in (recorded, synthetic):
        assert abs(speech_level(heard(f"{sound}.wav"), 8000) + 21) < 0.5
    # Every place has the same recorded words, and its own value.
    again, other = await speech.sounds(FR, phrase("queue.position", n=4))
    assert (again, other != synthetic) == (recorded, True)

    record(value, 0.5)
    _, said = await speech.sounds(FR, phrase("queue.position", n=3))
    assert said != synthetic
    assert (await speech.sounds(FR, phrase("queue.position", n=4)))[1] == other


async def test_a_number_alone_is_not_said_by_another_voice_than_its_sentence(speech, prompts, record):
    record(keys(prompts, n=3)[1])
    assert len(await speech.sounds(FR, phrase("queue.position", n=3))) == 1


async def test_between_two_recordings_there_is_the_pause_that_their_signs_ask_for(speech, prompts, record):
    confirm = phrase("callback.confirm_number", number="0612345678")
    parts = prompts.parts(FR, confirm)
    for part in parts:
        record(part.key)
    sounds = await speech.sounds(FR, confirm)
    assert {part.pause for part in parts[:-1]} == {0.2, 0.45}
    assert len(sounds) == len(parts)
    for part, sound in zip(parts[:-1], sounds[:-1], strict=True):
        quiet = np.abs(heard(f"{sound}.wav"))[::-1] > 0.001
        assert abs(np.argmax(quiet) / 8000 - max(0.03, part.pause)) < 0.06


async def test_a_spoilt_piece_is_said_by_the_synthetic_voice_and_told(speech, prompts, record):
    literal, value = keys(prompts, n=3)
    record(literal)
    spoilt = record(value)
    spoilt.write_bytes(b"no sound")
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            sounds = await speech.sounds(FR, phrase("queue.position", n=3))
    assert len(sounds) == 2
    assert heard(f"{sounds[1]}.wav").size
    assert [str(spoilt) in entry["why"] for entry in logs if entry["log_level"] == "warning"] == [True]
    assert [str(spoilt) in fault for fault in await speech.faults()] == [True]


async def test_recorded_digits_of_a_telephone_number_leave_no_trace(speech, prompts, record, tmp_path):
    confirm = phrase("callback.confirm_number", number="0612345678")
    parts = prompts.parts(FR, confirm)
    for part in parts:
        record(part.key, 0.4)
    spoilt = record(parts[2].key)
    spoilt.write_bytes(b"no sound")
    with structlog.testing.capture_logs() as logs:
        await speech.sounds(FR, confirm)
    values = [part.key for part in parts if not part.key.startswith("callback.")]
    names = [path.name for path in (tmp_path / "cache").rglob("*.wav")]
    assert len(values) >= 5
    told = f"{names} {logs}".replace("-", ".")
    assert not any(value in told for value in values)
    kept = {path.parent.name for path in (tmp_path / "cache").rglob("*.wav")}
    assert kept == {"private", "fr"}


async def test_a_prompt_whose_every_piece_is_recorded_counts_as_recorded(speech, prompts, record):
    assert (await speech.source(FR, "queue.position")).voice is Voice.ESPEAK
    for part in prompts.pieces(prompts.prompts["queue.position"], FR):
        record(part.key, 0.3)
    assert (await speech.source(FR, "queue.position")).voice is Voice.RECORDED
    file = record("queue.position.part1")
    file.write_bytes(b"")
    source = await speech.source(FR, "queue.position")
    assert source.voice is Voice.ESPEAK
    assert str(Path(file)) in source.problems[0]

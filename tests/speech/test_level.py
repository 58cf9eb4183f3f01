"""What every prompt sounds like: equally loud, whole, and itself. Measured by the tests' own ear."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal

from ivr.prompts import phrase
from routing.model import Language
from speech.level import LOUDNESS, NARROW, WIDE, levelled
from speech.loudness import active_level
from speech.sound import NoSound, Sound
from tests.speech.sounds import heard, speech_level, voiced

PEAK = 10 ** (-3 / 20)


def fault(samples, rate, letters):
    """What a listener would complain of."""
    seconds = len(samples) / rate
    if np.abs(samples).max() > PEAK:
        return "too loud a peak"
    if not letters * 0.035 < seconds < 0.8 + letters * 0.19:
        return f"{seconds:.2f} s for {letters} letters"
    if abs(level := speech_level(samples, rate) - LOUDNESS) > 0.5:
        return f"{level:+.2f} dB"
    if np.abs(samples[: rate // 10]).max() < 0.0015 or np.abs(samples[-3 * rate // 10 :]).max() < 0.0015:
        return "silence at an end"
    return None


def test_every_prompt_without_slots_is_heard_at_telephone_level(everything, prompts):
    wrong = {}
    for (key, language), file in everything.items():
        letters = sum(map(str.isalpha, prompts.text(language, phrase(key))))
        for path, rate in ((file, NARROW), (file.with_suffix(".wav16"), WIDE)):
            if found := fault(heard(path), rate, letters):
                wrong[key, language, rate] = found
    assert wrong == {}


def test_a_wideband_call_hears_more_and_an_ordinary_one_the_same_words(everything, prompts):
    """The same moments in both, and above 4 kHz something that only the wideband sound has."""
    richer = []
    for language in Language:
        file = everything["notice.long", language]
        narrow, wide = heard(file), heard(file.with_suffix(".wav16"))
        assert abs(len(narrow) / NARROW - len(wide) / WIDE) < 0.001
        below = signal.resample_poly(wide, 1, 2)[: len(narrow)]
        assert np.corrcoef(narrow[: len(below)], below)[0, 1] > 0.95
        spectrum = np.abs(np.fft.rfft(wide)) ** 2
        richer.append(spectrum[len(spectrum) // 2 :].sum() / spectrum.sum())
    assert min(richer) > 0.001


def test_different_words_sound_different(everything, prompts):
    by_sound: dict[bytes, set[str]] = {}
    for (key, language), file in everything.items():
        words = prompts.text(language, phrase(key)).casefold().rstrip(".")  # neither is heard
        by_sound.setdefault(file.read_bytes(), set()).add(words)
    assert [texts for texts in by_sound.values() if len(texts) > 1] == []


def test_a_prompt_is_not_taken_for_its_neighbour(everything, prompts):
    """However one is laid over the other, the next prompt of the catalogue is another sound."""
    keys = [prompt.key for prompt in prompts.static()]
    alike = {}
    for language in Language:
        for one, other in pairwise(keys):
            if prompts.text(language, phrase(one)) == prompts.text(language, phrase(other)):
                continue
            a, b = heard(everything[one, language]), heard(everything[other, language])
            likeness = np.abs(signal.correlate(a, b, method="fft")).max() / np.sqrt(
                (a**2).sum() * (b**2).sum()
            )
            if likeness > 0.95:
                alike[one, other, language] = round(float(likeness), 3)
    assert alike == {}


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 44100, 48000])
def test_a_recording_of_any_rate_and_loudness_comes_out_the_same(rate):
    for level in (0.004, 0.05, 0.6):
        sound = Sound((np.clip(voiced(2, rate, level=level), -1, 1) * 32767).astype("<i2").tobytes(), rate)
        made = levelled(sound)
        for raw, at in ((made.narrow, NARROW), (made.wide, WIDE)):
            samples = np.frombuffer(raw, "<i2") / 32768
            assert abs(speech_level(samples, at) - LOUDNESS) < 0.5
            assert np.abs(samples).max() <= PEAK
            assert 1.8 < len(samples) / at < 2.2


def test_silence_around_the_words_is_cut_and_a_pause_added_where_asked():
    quiet = np.zeros(2 * 16000)
    sound = Sound((np.concatenate([quiet, voiced(1, 16000), quiet]) * 32767).astype("<i2").tobytes(), 16000)
    assert 0.9 < len(levelled(sound).narrow) / 2 / NARROW < 1.2
    longer = levelled(sound, tail=0.62)
    assert len(longer.narrow) - len(levelled(sound).narrow) == 2 * NARROW * 0.5
    assert not np.frombuffer(longer.narrow, "<i2")[-NARROW // 2 :].any()


def test_the_level_is_that_of_the_speech_not_of_the_pauses():
    """Source: ITU-T P.56. A pause of a second between two words makes them no quieter."""
    word = voiced(1, 8000).astype(np.float32)
    apart = np.concatenate([word, np.zeros(8000, np.float32), word])
    for samples in (word, apart):
        assert abs(active_level(samples, 8000) - speech_level(samples.astype(float), 8000)) < 0.05
    assert abs(active_level(word, 8000) - active_level(apart, 8000)) < 0.7


@pytest.mark.parametrize("samples", [b"", b"\1", bytes(10), bytes(16000), b"\1\0" * 16000])
def test_a_sound_with_nothing_in_it_is_refused(samples):
    with pytest.raises(NoSound):
        levelled(Sound(samples, 16000))


def test_an_article_lasts_no_longer_than_a_caller_listens(everything):
    lengths = {
        (key, language): len(heard(file)) / NARROW
        for (key, language), file in everything.items()
        if key.startswith("article.text.")
    }
    assert len(lengths) == 3 * 16
    assert max(lengths.values()) <= 25, max(lengths, key=lengths.__getitem__)

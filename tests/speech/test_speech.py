"""The voice itself: real espeak-ng and sox, real sound files."""
# ruff: noqa: ASYNC110, ASYNC240 - a test may look at files and yield to the loop

import array
import asyncio
import math
import os
import time
import wave
from itertools import combinations
from pathlib import Path

import pytest
import structlog

from dialplan.names import FALLBACK_PROMPTS
from ivr.prompts import PromptMissing, phrase
from routing.model import Language
from server.parts import Program, find
from server.voice import PROMPTS
from speech import Catalogue, Espeak, Speech
from speech.cache import Cache, Shelf
from speech.level import LOUDNESS, loudness

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH
MOST = 10 ** (-3 / 20) * 32768


class Counting:
    """The real engine, and what it was asked for."""

    def __init__(self, engine):
        self.engine = engine
        self.asked: list[str] = []

    async def identity(self):
        return await self.engine.identity()

    async def speak(self, language, text, rate):
        self.asked.append(text)
        return await self.engine.speak(language, text, rate)

    async def convert(self, file, rate):
        self.asked.append(file.name)
        return await self.engine.convert(file, rate)


@pytest.fixture(scope="session")
def prompts():
    return Catalogue.load(PROMPTS)


@pytest.fixture(scope="session")
def voice_home(tmp_path_factory):
    return tmp_path_factory.mktemp("voice")


@pytest.fixture
def engine(voice_home):
    return Counting(Espeak(find("espeak-ng"), find("sox"), voice_home))


@pytest.fixture
def speech(prompts, engine, tmp_path):
    return Speech(prompts, engine, Cache(tmp_path / "cache"), tmp_path / "recorded")


@pytest.fixture(scope="session")
def everything(prompts, voice_home, tmp_path_factory):
    """Every static prompt, rendered once for the session: (key, language) → file."""
    root = tmp_path_factory.mktemp("cache")
    progress: list[tuple[int, int]] = []

    async def render():
        speech = Speech(prompts, Espeak(find("espeak-ng"), find("sox"), voice_home), Cache(root))
        await speech.warm(lambda done, all_: progress.append((done, all_)))
        return {
            (prompt.key, language): Path(f"{(await speech.sounds(language, phrase(prompt.key)))[0]}.wav")
            for prompt in prompts.static()
            for language in Language
        }

    files = asyncio.run(render())
    assert progress == [(n, len(files)) for n in range(len(files) + 1)]
    return files


def samples(path) -> "array.array[int]":
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return array.array("h", file.readframes(file.getnframes()))


def test_every_static_prompt_is_heard_at_telephone_level(everything, prompts):
    wrong = {}
    for (key, language), file in everything.items():
        sound = samples(file)
        seconds = len(sound) / 8000
        letters = sum(map(str.isalpha, prompts.text(language, phrase(key))))
        level = 20 * math.log10(loudness(sound, 8000) / 32768)
        if max(max(sound), -min(sound)) > MOST:
            wrong[key, language] = "too loud a peak"
        elif not letters * 0.035 < seconds < 0.8 + letters * 0.19:
            wrong[key, language] = f"{seconds:.2f} s for {letters} letters"
        elif abs(level - LOUDNESS) > 1:
            wrong[key, language] = f"{level:.1f} dB"
        elif max(map(abs, sound[:800])) < 50 or max(map(abs, sound[-2400:])) < 50:
            wrong[key, language] = "silence at an end"
    assert wrong == {}


def test_different_words_sound_different(everything, prompts):
    by_sound: dict[bytes, set[str]] = {}
    for (key, language), file in everything.items():
        by_sound.setdefault(file.read_bytes(), set()).add(prompts.text(language, phrase(key)))
    assert [texts for texts in by_sound.values() if len(texts) > 1] == []


@pytest.mark.parametrize("key", ["welcome", "queue.next", "goodbye"])
def test_each_language_has_its_own_sound(everything, key):
    sounds = [everything[key, language].read_bytes() for language in Language]
    assert all(one != other for one, other in combinations(sounds, 2))


async def test_the_tamazight_voice_reads_tifinagh(voice_home):
    """The Arabic voice, given the same letters, only names them as unknown."""
    espeak = find("espeak-ng")
    data, _ = await Espeak(espeak, find("sox"), voice_home)._data()

    async def phonemes(voice: str) -> str:
        command = espeak.command(f"--path={data}", "-v", voice, "-q", "-x", "ⵜⴰⵏⵎⵎⵉⵔⵜ")
        process = await asyncio.create_subprocess_exec(
            *command, env=espeak.environment(), stdout=asyncio.subprocess.PIPE
        )
        return (await process.communicate())[0].decode().strip().replace("'", "").replace(",", "")

    assert await phonemes("zgh") == "tanmmi*t"
    assert await phonemes("ar") != await phonemes("zgh")


async def test_a_sound_in_the_cache_is_not_rendered_again(speech, engine, prompts, tmp_path):
    first = await speech.sounds(FR, phrase("queue.position", n=3), phrase("queue.next"))
    assert len(engine.asked) == 2
    assert await speech.sounds(FR, phrase("queue.position", n=3), phrase("queue.next")) == first
    restarted = Speech(prompts, engine, Cache(tmp_path / "cache"))
    assert await restarted.sounds(FR, phrase("queue.position", n=3), phrase("queue.next")) == first
    assert len(engine.asked) == 2
    assert all(Path(sound).is_absolute() and "." not in Path(sound).name for sound in first)


async def test_callers_who_ask_at_once_wait_for_one_rendering(speech, engine):
    heard = await asyncio.gather(*(speech.sounds(AR, phrase("queue.position", n=7)) for _ in range(20)))
    assert len(set(heard)) == 1
    assert len(engine.asked) == 1


async def test_a_caller_who_hangs_up_does_not_take_the_sound_from_the_others(speech, engine):
    leaves = asyncio.create_task(speech.sounds(AR, phrase("queue.position", n=8)))
    stays = asyncio.create_task(speech.sounds(AR, phrase("queue.position", n=8)))
    while not engine.asked:
        await asyncio.sleep(0)
    leaves.cancel()
    (sound,) = await stays
    assert samples(f"{sound}.wav")
    assert len(engine.asked) == 1


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"not a sound" * 100])
async def test_a_damaged_file_is_replaced(speech, engine, damage):
    (sound,) = await speech.sounds(ZGH, phrase("queue.next"))
    whole = Path(f"{sound}.wav").read_bytes()
    Path(f"{sound}.wav").write_bytes(damage)
    assert await speech.sounds(ZGH, phrase("queue.next")) == (sound,)
    assert Path(f"{sound}.wav").read_bytes() == whole
    assert len(engine.asked) == 2


async def test_a_file_cut_short_is_replaced(speech):
    (sound,) = await speech.sounds(ZGH, phrase("queue.next"))
    whole = Path(f"{sound}.wav").read_bytes()
    Path(f"{sound}.wav").write_bytes(whole[:-1000])
    await speech.sounds(ZGH, phrase("queue.next"))
    assert Path(f"{sound}.wav").read_bytes() == whole


async def test_a_human_recording_is_preferred_and_levelled(speech, engine, tmp_path):
    recording = tmp_path / "recorded" / "fr" / "queue.next.wav"
    recording.parent.mkdir(parents=True)
    tone = array.array("h", [int(900 * math.sin(n * 0.06)) for n in range(44100)])
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(tone.tobytes())
    (sound,) = await speech.sounds(FR, phrase("queue.next"))
    assert engine.asked == ["queue.next.wav"]
    heard = samples(f"{sound}.wav")
    assert 0.9 < len(heard) / 8000 < 1.2
    assert abs(20 * math.log10(loudness(heard, 8000) / 32768) - LOUDNESS) < 1
    # Another language keeps the synthetic voice.
    await speech.sounds(AR, phrase("queue.next"))
    assert engine.asked[1:] == [speech.text(AR, phrase("queue.next"))]


@pytest.mark.parametrize("content", [b"", b"no sound", b"RIFF" + bytes(40)])
async def test_a_spoilt_recording_falls_back_to_the_synthetic_voice(speech, engine, tmp_path, content):
    recording = tmp_path / "recorded" / "fr" / "queue.next.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(content)
    with structlog.testing.capture_logs() as logs:
        (sound,) = await speech.sounds(FR, phrase("queue.next"))
    assert samples(f"{sound}.wav")
    warning = next(entry for entry in logs if entry["log_level"] == "warning")
    assert str(recording) in warning["why"]


async def test_a_telephone_number_is_in_no_name_and_no_log(speech, tmp_path):
    with structlog.testing.capture_logs() as logs:
        for n in range(3):
            await speech.sounds(FR, phrase("callback.confirm_number", number=f"+21261234567{n}"))
            await speech.sounds(FR, phrase("callback.taken", reference=f"48291{n}"))
    names = " ".join(str(path) for path in (tmp_path / "cache").rglob("*"))
    assert "61234567" not in names + str(logs)
    assert "48291" not in names + str(logs)
    assert not list((tmp_path / "cache" / "slots").rglob("*.wav"))
    # The name of the same number is another after a restart: nobody can try numbers against names.
    before = {path.name for path in (tmp_path / "cache" / "private").iterdir()}
    again = Cache(tmp_path / "cache")
    file_names = [
        cache.path(Shelf.PRIVATE, "fr", "callback.taken", "x").name for cache in (again, Cache(tmp_path))
    ]
    assert file_names[0] != file_names[1]
    assert len(before) == 6


def _gone(file: Path) -> None:
    while file.exists():
        time.sleep(0.02)


async def test_private_sounds_go_after_their_life(prompts, engine, tmp_path):
    speech = Speech(prompts, engine, Cache(tmp_path / "cache", private_life=0.2))
    (sound,) = await speech.sounds(FR, phrase("callback.confirm_number", number="0612345678"))
    await asyncio.wait_for(asyncio.to_thread(_gone, Path(f"{sound}.wav")), 10)


def test_the_least_used_sentences_go(tmp_path):
    cache = Cache(tmp_path, most_slots=3)
    files = [cache.path(Shelf.SLOTS, "fr", "queue.position", str(n)) for n in range(6)]
    long_ago = time.time() - 5000
    for n, file in enumerate(files):
        cache.put(file, b"\1\1" * 100)
        os.utime(file, (long_ago + n, long_ago + n))
    assert cache.holds(files[0])  # used just now
    cache.sweep()
    assert [file.exists() for file in files] == [True, False, False, False, True, True]


async def test_a_missing_key_names_key_language_and_mend(speech):
    with pytest.raises(
        PromptMissing, match=r"'queue\.nothing' in zgh; write it in config/prompts/queue\.yaml"
    ):
        await speech.sounds(ZGH, phrase("queue.nothing"))


BROKEN = {
    "is not there": ("/nonexistent/espeak-ng",),
    "fails": ("/bin/false",),
}


@pytest.mark.parametrize("argv", BROKEN.values(), ids=BROKEN)
async def test_an_engine_that_fails_is_told_with_key_language_and_mend(prompts, tmp_path, argv):
    engine = Espeak(Program(argv), find("sox"), tmp_path / "voice")
    speech = Speech(prompts, engine, Cache(tmp_path / "cache"), tmp_path / "recorded")
    with pytest.raises(PromptMissing, match=r"queue\.next in fr: .*run: make setup, or put a recording at"):
        await speech.sounds(FR, phrase("queue.next"))


async def test_a_level_maker_that_fails_is_told_too(prompts, voice_home, tmp_path):
    speech = Speech(
        prompts, Espeak(find("espeak-ng"), Program(("/bin/false",)), voice_home), Cache(tmp_path / "cache")
    )
    with pytest.raises(PromptMissing, match=r"queue\.next in fr: .*ended with 1"):
        await speech.sounds(FR, phrase("queue.next"))


async def test_an_engine_that_comes_back_is_used_again(prompts, voice_home, tmp_path):
    good = find("espeak-ng")
    engine = Espeak(Program(("/nonexistent/espeak-ng",)), find("sox"), tmp_path / "voice")
    speech = Speech(prompts, engine, Cache(tmp_path / "cache"))
    with pytest.raises(PromptMissing):
        await speech.sounds(FR, phrase("queue.next"))
    engine._espeak = good
    assert await speech.sounds(FR, phrase("queue.next"))


async def test_the_fallback_gets_its_files(speech, tmp_path):
    await speech.export(FALLBACK_PROMPTS, tmp_path / "sounds")
    found = {str(path.relative_to(tmp_path / "sounds")) for path in (tmp_path / "sounds").rglob("*.wav")}
    assert found == {f"{language}/{key}.wav" for language in Language for key in FALLBACK_PROMPTS}


async def test_a_number_never_stands_on_a_command_line(prompts, voice_home, tmp_path):
    """Other users of the machine can read command lines."""
    commands: list[str] = []

    class Seen:
        def __init__(self, program):
            self.program = program

        def command(self, *arguments):
            commands.append(" ".join(map(str, arguments)).replace(str(voice_home), ""))
            return self.program.command(*arguments)

        def environment(self):
            return self.program.environment()

    engine = Espeak(Seen(find("espeak-ng")), Seen(find("sox")), voice_home)
    speech = Speech(prompts, engine, Cache(tmp_path / "cache"))
    await speech.sounds(FR, phrase("callback.confirm_number", number="0612345678"))
    assert commands
    assert not any(
        "douze" in command or "12" in command.replace("120", "") for command in commands if "-v" in command
    )


async def test_the_event_loop_goes_on_while_prompts_are_rendered(speech):
    turns = 0
    rendering = asyncio.gather(*(speech.sounds(AR, phrase("queue.position", n=n)) for n in range(20)))
    while not rendering.done():
        await asyncio.sleep(0)
        turns += 1
    await rendering
    assert turns > 200, "the loop had ten turns for each prompt at least"

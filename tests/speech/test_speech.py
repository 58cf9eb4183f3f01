"""The voice itself: real espeak-ng and sox, real sound files."""
# ruff: noqa: ASYNC110, ASYNC240 - a test may look at files and yield to the loop

import asyncio
import os
import shutil
import time
from itertools import combinations
from pathlib import Path

import pytest
import structlog

from dialplan.names import FALLBACK_PROMPTS
from ivr.prompts import PromptMissing, phrase
from routing.model import Language
from server.parts import Program, find
from speech import Espeak, Speech
from speech.cache import Cache, Shelf, twin
from speech.level import LOUDNESS, Levelled
from speech.made import MadeSounds, Voice
from speech.program import EngineFailed, run
from speech.sox import Sox
from tests.speech.sounds import heard, speech_level, voiced, write_wav

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH


@pytest.mark.parametrize("key", ["welcome", "queue.next", "goodbye"])
def test_each_language_has_its_own_sound(everything, key):
    sounds = [everything[key, language].read_bytes() for language in Language]
    assert all(one != other for one, other in combinations(sounds, 2))


async def test_the_tamazight_voice_reads_tifinagh(voice_home):
    """The Arabic voice, given the same letters, only names them as unknown."""
    espeak = find("espeak-ng")
    data, _ = await Espeak(espeak, voice_home)._data()

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
    restarted = Speech(prompts, engine, engine, Cache(tmp_path / "cache"))
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
    assert heard(f"{sound}.wav").size
    assert len(engine.asked) == 1


@pytest.mark.parametrize("kind", ["wav", "wav16"])
@pytest.mark.parametrize("damage", [b"", b"RIFF", b"not a sound" * 100, "cut short", "gone"])
async def test_a_damaged_file_is_replaced(speech, engine, damage, kind):
    (sound,) = await speech.sounds(ZGH, phrase("queue.next"))
    file = Path(f"{sound}.{kind}")
    whole = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(whole[:-1000] if damage == "cut short" else damage)
    assert await speech.sounds(ZGH, phrase("queue.next")) == (sound,)
    assert file.read_bytes() == whole
    assert len(engine.asked) == 2


async def test_a_human_recording_is_preferred_and_levelled(speech, engine, tmp_path):
    write_wav(tmp_path / "recorded" / "fr" / "queue.next.wav", voiced(1, 44100, level=0.02))
    (sound,) = await speech.sounds(FR, phrase("queue.next"))
    assert engine.asked == ["queue.next.wav"]
    for kind, rate in (("wav", 8000), ("wav16", 16000)):
        samples = heard(f"{sound}.{kind}")
        assert 0.8 < len(samples) / rate < 1.2
        assert abs(speech_level(samples, rate) - LOUDNESS) < 0.5
    # Another language keeps the synthetic voice.
    await speech.sounds(AR, phrase("queue.next"))
    assert engine.asked[1:] == [speech.text(AR, phrase("queue.next"))]


async def test_a_prompt_recorded_while_the_centre_runs_is_heard_in_the_next_call(speech, tmp_path):
    before = await speech.sounds(FR, phrase("queue.next"))
    file = write_wav(tmp_path / "recorded" / "fr" / "queue.next.wav", voiced(1, 8000), 8000)
    first = await speech.sounds(FR, phrase("queue.next"))
    write_wav(file.with_name("new.wav"), voiced(2, 8000), 8000).replace(file)
    second = await speech.sounds(FR, phrase("queue.next"))
    file.unlink()
    assert len({before, first, second}) == 3
    assert await speech.sounds(FR, phrase("queue.next")) == before


@pytest.mark.parametrize("content", [b"", b"no sound", b"RIFF" + bytes(40)])
async def test_a_spoilt_recording_is_told_once_and_the_next_voice_speaks(speech, engine, tmp_path, content):
    recording = tmp_path / "recorded" / "fr" / "queue.next.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(content)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            (sound,) = await speech.sounds(FR, phrase("queue.next"))
    assert heard(f"{sound}.wav").size
    (warning,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert f"record {recording} again" in warning["why"]
    assert engine.asked == ["queue.next.wav", speech.text(FR, phrase("queue.next"))]


async def test_who_says_a_prompt_is_told_with_what_keeps_a_better_voice_from_it(speech, tmp_path):
    recorded = tmp_path / "recorded" / "fr"
    write_wav(recorded / "queue.next.wav", voiced(1, 8000), 8000)
    (recorded / "goodbye.wav").write_bytes(b"no sound")
    assert (await speech.source(FR, "queue.next")).voice is Voice.RECORDED
    spoilt = await speech.source(FR, "goodbye")
    assert spoilt.voice is Voice.ESPEAK
    assert f"record {recorded / 'goodbye.wav'} again" in spoilt.problems[0]
    assert (await speech.source(AR, "queue.next")).voice is Voice.ESPEAK


async def test_a_voice_whose_data_was_cleaned_away_is_made_again(prompts, tmp_path):
    engine = Espeak(find("espeak-ng"), tmp_path / "voice")
    speech = Speech(prompts, engine, Sox(find("sox")), Cache(tmp_path / "cache"))
    await speech.sounds(ZGH, phrase("queue.next"))
    shutil.rmtree(tmp_path / "voice")
    assert await speech.sounds(ZGH, phrase("goodbye"))
    assert (await speech.source(ZGH, "goodbye")).voice is Voice.ESPEAK


async def test_what_was_said_before_is_heard_when_espeak_is_gone_after_a_restart(speech, prompts, tmp_path):
    before = await speech.sounds(FR, phrase("queue.next"), phrase("queue.position", n=3))
    broken = Espeak(Program(("/nonexistent/espeak-ng",)), tmp_path / "voice")
    restarted = Speech(prompts, broken, Sox(find("sox")), Cache(tmp_path / "cache"))
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            assert await restarted.sounds(FR, phrase("queue.next"), phrase("queue.position", n=3)) == before
    assert [entry["log_level"] for entry in logs] == ["warning"]
    source = await restarted.source(FR, "queue.next")
    assert (source.voice, len(source.problems)) == (Voice.ESPEAK, 1)
    with pytest.raises(PromptMissing):
        await restarted.sounds(FR, phrase("queue.position", n=4))


async def test_a_start_without_a_voice_tells_the_reason_and_not_a_line_for_each_prompt(prompts, tmp_path):
    engine = Espeak(Program(("/nonexistent/espeak-ng",)), tmp_path / "voice")
    speech = Speech(prompts, engine, Sox(find("sox")), Cache(tmp_path / "cache"))
    with pytest.raises(PromptMissing, match=r"does not run(.*\n)+and \d+ more$") as told:
        await speech.warm()
    assert str(told.value).count("\n") == 10


async def test_a_recording_that_is_no_prompt_for_its_length_is_refused(speech, tmp_path):
    write_wav(tmp_path / "recorded" / "fr" / "queue.next.wav", voiced(301, 8000), 8000)
    source = await speech.source(FR, "queue.next")
    assert source.voice is Voice.ESPEAK
    assert "longer than 300 s" in source.problems[0]


async def test_without_any_voice_the_administrator_is_told_once(prompts, tmp_path):
    engine = Espeak(Program(("/nonexistent/espeak-ng",)), tmp_path / "voice")
    speech = Speech(prompts, engine, Sox(find("sox")), Cache(tmp_path / "cache"))
    with structlog.testing.capture_logs() as logs:
        for key in ("queue.next", "goodbye"):
            with pytest.raises(PromptMissing):
                await speech.sounds(FR, phrase(key))
    assert [entry["log_level"] for entry in logs] == ["warning"]
    nobody = await speech.source(FR, "queue.next")
    assert nobody.voice is Voice.NOBODY
    assert "run: make setup" in nobody.problems[0]


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
    private = {path.name for path in (tmp_path / "cache" / "private").iterdir()}
    again = Cache(tmp_path / "cache")
    file_names = [
        cache.path(Shelf.PRIVATE, "fr", "callback.taken", "x").name for cache in (again, Cache(tmp_path))
    ]
    assert file_names[0] != file_names[1]
    assert len(private) == 6 * 2, "six sounds at two rates"


def _gone(file: Path) -> None:
    while file.exists():
        time.sleep(0.02)


async def test_private_sounds_go_after_their_life(prompts, engine, tmp_path):
    speech = Speech(prompts, engine, engine, Cache(tmp_path / "cache", private_life=0.2))
    (sound,) = await speech.sounds(FR, phrase("callback.confirm_number", number="0612345678"))
    for kind in ("wav", "wav16"):
        await asyncio.wait_for(asyncio.to_thread(_gone, Path(f"{sound}.{kind}")), 10)


def test_the_least_used_sentences_go(tmp_path):
    cache = Cache(tmp_path, most_slots=3)
    files = [cache.path(Shelf.SLOTS, "fr", "queue.position", str(n)) for n in range(6)]
    long_ago = time.time() - 5000
    for n, file in enumerate(files):
        cache.put(file, Levelled(b"\1\1" * 100, b"\1\1" * 200))
        os.utime(file, (long_ago + n, long_ago + n))
    assert cache.holds(files[0])  # used just now
    cache.sweep()
    kept = [True, False, False, False, True, True]
    assert [file.exists() for file in files] == kept
    assert [twin(file).exists() for file in files] == kept


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
    engine = Espeak(Program(argv), tmp_path / "voice")
    speech = Speech(
        prompts, engine, Sox(find("sox")), Cache(tmp_path / "cache"), MadeSounds(tmp_path / "recorded")
    )
    with pytest.raises(PromptMissing, match=r"queue\.next in fr: .*run: make setup, or put a recording at"):
        await speech.sounds(FR, phrase("queue.next"))


async def test_an_engine_that_comes_back_is_used_again(prompts, voice_home, tmp_path):
    good = find("espeak-ng")
    engine = Espeak(Program(("/nonexistent/espeak-ng",)), tmp_path / "voice")
    speech = Speech(prompts, engine, Sox(good), Cache(tmp_path / "cache"))
    with pytest.raises(PromptMissing):
        await speech.sounds(FR, phrase("queue.next"))
    engine._espeak = good
    assert await speech.sounds(FR, phrase("queue.next"))


async def test_the_fallback_gets_its_files(speech, tmp_path):
    await speech.export(FALLBACK_PROMPTS, tmp_path / "sounds")
    found = {str(path.relative_to(tmp_path / "sounds")) for path in (tmp_path / "sounds").rglob("*.wav*")}
    assert found == {
        f"{language}/{key}.{kind}"
        for language in Language
        for key in FALLBACK_PROMPTS
        for kind in ("wav", "wav16")
    }


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

    engine = Espeak(Seen(find("espeak-ng")), voice_home)
    speech = Speech(prompts, engine, Sox(find("sox")), Cache(tmp_path / "cache"))
    await speech.sounds(FR, phrase("callback.confirm_number", number="0612345678"))
    assert commands
    assert not any("douze" in command or "12" in command for command in commands if "-v" in command)


async def test_a_program_that_writes_without_end_is_ended():
    for _ in range(5):
        with pytest.raises(EngineFailed, match=r"yes: no answer in 0\.05 s"):
            await run(Program(("/usr/bin/yes",)), longest=0.05)
        running = asyncio.create_task(run(Program(("/usr/bin/yes",))))
        await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_the_event_loop_goes_on_while_sentences_are_rendered(speech):
    """Calls are served meanwhile: no turn of the loop takes a large part of what fifty sentences take."""
    await speech.sounds(AR, phrase("queue.position", n=1))  # the voice is there
    loop = asyncio.get_running_loop()
    seen = []
    for language in (
        AR,
        FR,
        ZGH,
    ):  # a busy machine may stop everything once: the loop's own fault shows each time
        started = last = loop.time()
        longest = 0.0
        sentences = (phrase("queue.position", n=n) for n in range(2, 52))
        rendering = asyncio.gather(*(speech.sounds(language, one) for one in sentences))
        while not rendering.done():
            await asyncio.sleep(0.001)
            longest, last = max(longest, loop.time() - last), loop.time()
        seen.append(longest / (last - started))
    assert min(seen) < 1 / 4, seen

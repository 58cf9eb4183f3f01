"""gTTS, the real library and the real way to it, against a stand-in for its service on this machine."""

import asyncio
import subprocess
import sys
from http import HTTPStatus

import numpy as np
import pytest
import structlog
from typer.testing import CliRunner

from ivr.prompts import phrase
from routing.model import Language
from server.cli import app
from server.parts import Program, find
from speech import Catalogue, Espeak, Speech
from speech.ask_gtts import clauses
from speech.cache import Cache
from speech.gtts_engine import Gtts, synthesise
from speech.made import MadeSounds, Voice, gtts_name
from speech.program import EngineFailed
from speech.sox import Sox
from tests.speech.sounds import heard, speech_level, voiced, write_wav
from tests.speech.stand_in.service import AUTHORITY, Answers, Service

AR, FR = Language.ARABIC, Language.FRENCH
TEXTS = """
one:
  ar: "مَرْحَبًا بِكُمْ."
  zgh: "ⴰⵣⵓⵍ."
  fr: "Bienvenue."
two:
  ar: "شُكْرًا لَكُمْ."
  zgh: "ⵜⴰⵏⵎⵎⵉⵔⵜ."
  fr: "Merci."
number.confirm:
  ar: "رَقْمُكُمْ {number:phone}."
  zgh: "ⵓⵟⵟⵓⵏ ⵏⵏⵓⵏ: {number:phone}."
  fr: "Votre numéro: {number:phone}."
"""


@pytest.fixture(scope="session")
def mp3(tmp_path_factory):
    """Three seconds of something like speech, as the service sends it: MP3, 24 kHz, mono."""
    folder = tmp_path_factory.mktemp("mp3")
    wav = write_wav(folder / "said.wav", voiced(3, 24000, level=0.2), 24000)
    sox = find("sox")
    made = folder / "said.mp3"
    subprocess.run(sox.command(wav, "-C", "32", made), env=sox.environment(), check=True)
    return made.read_bytes()


@pytest.fixture
async def service(mp3, monkeypatch):
    async with Service(mp3) as running:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{running.port}")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(AUTHORITY))
        yield running


@pytest.fixture
def gtts():
    return Gtts(Program((sys.executable,)), Sox(find("sox")), pauses=(0.0,))


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "texts.yaml").write_text(TEXTS, encoding="utf-8")
    return folder


def centre(texts, tmp_path, voice_home):
    """The centre as it runs: it never asks the service."""
    made = MadeSounds(tmp_path / "recorded", tmp_path / "gtts")
    engine = Espeak(find("espeak-ng"), voice_home)
    return Speech(Catalogue.load(texts), engine, Sox(find("sox")), Cache(tmp_path / "cache"), made)


async def test_texts_that_never_change_are_said_by_gtts_and_heard_without_the_network(
    service, gtts, texts, tmp_path, voice_home
):
    told: list[str] = []
    outcome = await synthesise(Catalogue.load(texts), gtts, tmp_path / "gtts", told.append)
    assert (outcome.made, outcome.failed, outcome.not_tried) == (4, {}, 0)
    assert service.asked[:2] == [("ar", "مَرْحَبًا بِكُمْ."), ("fr", "Bienvenue.")]
    assert {language for language, _ in service.asked} == {"ar", "fr"}
    assert len(told) == 4

    speech = centre(texts, tmp_path, voice_home)
    (sound,) = await speech.sounds(FR, phrase("one"))
    for kind, rate in (("wav", 8000), ("wav16", 16000)):
        samples = heard(f"{sound}.{kind}")
        assert 2.8 < len(samples) / rate < 3.2
        assert abs(speech_level(samples, rate) + 21) < 0.5
        assert np.abs(samples).max() <= 10 ** (-3 / 20)
    assert (await speech.source(FR, "one")).voice is Voice.GTTS
    assert (await speech.source(Language.TAMAZIGHT, "one")).voice is Voice.ESPEAK
    assert len(service.asked) == 4, "a call asked the service"


async def test_no_name_no_number_and_no_sentence_around_one_leaves_the_machine(
    service, gtts, texts, tmp_path
):
    catalogue = Catalogue.load(texts).with_names({"two": {FR: "Association Nour"}})
    await synthesise(catalogue, gtts, tmp_path / "gtts", lambda line: None, without={"two"})
    assert service.asked == [("ar", "مَرْحَبًا بِكُمْ."), ("fr", "Bienvenue.")]


async def test_only_what_is_new_is_asked_for_and_earlier_words_are_not_played(
    service, gtts, texts, tmp_path, voice_home
):
    folder = tmp_path / "gtts"
    await synthesise(Catalogue.load(texts), gtts, folder, lambda line: None)
    old = folder / "fr" / gtts_name("two", "Merci.")
    assert old.exists()
    (texts / "texts.yaml").write_text(TEXTS.replace("Merci.", "Merci bien."), encoding="utf-8")
    # Before it is made anew the centre says the new words, by its own voice.
    assert (await centre(texts, tmp_path, voice_home).source(FR, "two")).voice is Voice.ESPEAK
    service.asked.clear()
    outcome = await synthesise(Catalogue.load(texts), gtts, folder, lambda line: None)
    assert (outcome.made, outcome.had) == (1, 3)
    assert service.asked == [("fr", "Merci bien.")]
    assert not old.exists()
    assert (await centre(texts, tmp_path, voice_home).source(FR, "two")).voice is Voice.GTTS


async def test_a_person_is_preferred_to_gtts(service, gtts, texts, tmp_path, voice_home):
    await synthesise(Catalogue.load(texts), gtts, tmp_path / "gtts", lambda line: None)
    write_wav(tmp_path / "recorded" / "fr" / "one.wav", voiced(1, 8000), 8000)
    speech = centre(texts, tmp_path, voice_home)
    assert (await speech.source(FR, "one")).voice is Voice.RECORDED
    assert (await speech.source(FR, "two")).voice is Voice.GTTS


FAULTS = {
    "too many requests": (Answers(HTTPStatus.TOO_MANY_REQUESTS), "429"),
    "its own error": (Answers(HTTPStatus.INTERNAL_SERVER_ERROR), "500"),
    "not its language": (Answers(body=b"<html>Please log in to the network</html>"), "no sound"),
    "no text at all": (Answers(body=bytes(range(128, 256)) * 9 + b'jQ1olc","[\\"'), "Decode"),
    "no sound inside": (Answers(body=b'[["wrb.fr","jQ1olc","[null]"]]\n'), "API"),
    "not MP3": (Answers(body=b'[["wrb.fr","jQ1olc","[\\"bm90IGEgc291bmQgYXQgYWxs\\"]"]]\n'), "sox"),
}


@pytest.mark.parametrize(("answer", "why"), FAULTS.values(), ids=FAULTS)
async def test_a_service_that_fails_is_asked_again_and_then_told_with_the_reason(service, gtts, answer, why):
    service.always = answer
    with pytest.raises(EngineFailed, match=why):
        await gtts.say(FR, "Bienvenue.")
    assert len(service.asked) == 2


async def test_a_service_that_recovers_is_used(service, gtts, mp3):
    service.prepared.append(Answers(HTTPStatus.BAD_GATEWAY))
    assert await gtts.say(FR, "Bienvenue.") == mp3


async def test_a_sound_too_short_for_its_words_is_refused(service, gtts):
    with pytest.raises(EngineFailed, match="too short for the text"):
        await gtts.say(
            FR,
            "Nous gardons votre numéro, votre langue et le motif de votre appel pour vous rappeler dès demain.",
        )


async def test_a_service_that_never_answers_is_given_up(service):
    service.always = Answers(hangs=True)
    gtts = Gtts(Program((sys.executable,)), Sox(find("sox")), pauses=(), longest=3)
    with pytest.raises(EngineFailed, match="no answer in 3 s"):
        await gtts.say(FR, "Bienvenue.")


async def test_a_service_with_an_unknown_certificate_is_not_believed(service, gtts, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(EngineFailed, match="(?i)certificate"):
        await gtts.say(FR, "Bienvenue.")
    assert service.asked == []


async def test_without_a_network_every_prompt_is_named_and_espeak_speaks(
    gtts, texts, tmp_path, voice_home, monkeypatch, unused_tcp_port
):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_tcp_port}")
    told: list[str] = []
    outcome = await synthesise(Catalogue.load(texts), gtts, tmp_path / "gtts", told.append)
    assert list(outcome.failed) == [("one", AR), ("one", FR), ("two", AR)]
    assert outcome.not_tried == 1, "the rest would fail as well"
    assert all("ProxyError" in line for line in told)
    speech = centre(texts, tmp_path, voice_home)
    assert await speech.sounds(FR, phrase("one"))
    assert (await speech.source(FR, "one")).voice is Voice.ESPEAK


async def test_a_spoilt_gtts_file_is_told_once_and_espeak_speaks(texts, tmp_path, voice_home):
    spoilt = tmp_path / "gtts" / "fr" / gtts_name("one", "Bienvenue.")
    spoilt.parent.mkdir(parents=True)
    spoilt.write_bytes(b"no sound")
    speech = centre(texts, tmp_path, voice_home)
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            assert await speech.sounds(FR, phrase("one"))
    (warning,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert str(spoilt) in warning["why"]
    source = await speech.source(FR, "one")
    assert (source.voice, len(source.problems)) == (Voice.ESPEAK, 1)


def test_a_long_text_is_cut_between_its_clauses():
    text = "Bienvenue au centre d'appui aux associations. Nous gardons votre numéro et le motif de l'appel. Merci bien."
    pieces = clauses(text)
    assert " ".join(pieces) == text
    assert [piece[-1] for piece in pieces] == [".", "."]


CENTRE = "centre: {name: {ar: A, zgh: Z, fr: F}}\n"


@pytest.fixture
def command(texts, tmp_path, monkeypatch):
    """`mowakaba prompts synthesise` as an administrator types it, beside the running tests."""
    monkeypatch.setattr("server.voice.PROMPTS", texts)
    monkeypatch.setattr("speech.gtts_engine.PAUSES", (0.0,))

    async def run(*options, allowed):
        config = tmp_path / "center.yaml"
        config.write_text(CENTRE + f"voice: {{gtts: {'yes' if allowed else 'no'}}}\n", encoding="utf-8")
        line = [
            "--config",
            str(config),
            "--state",
            str(tmp_path / "state"),
            "prompts",
            "synthesise",
            *options,
        ]
        return await asyncio.to_thread(CliRunner().invoke, app, line)

    return run


async def test_gtts_needs_the_centre_s_leave_and_the_command_s(service, command):
    refused = await command("--gtts", allowed=False)
    assert refused.exit_code == 2
    assert "voice: {gtts: yes}" in refused.output
    assert (await command(allowed=True)).exit_code == 2
    assert service.asked == []


async def test_the_administrator_makes_the_sounds_and_takes_them_away(service, command, tmp_path):
    service.prepared += [Answers(HTTPStatus.FORBIDDEN)] * 2
    first = await command("--gtts", allowed=True)
    assert first.exit_code == 1
    assert "one in ar: " in first.output
    assert "403" in first.output
    second = await command("--gtts", allowed=True)
    assert (second.exit_code, "1 made, 3 there before, 0 failed" in second.output) == (0, True), second.output
    removed = await command("--forget", allowed=False)
    assert "4 sounds" in removed.output
    assert not list((tmp_path / "state" / "voice").rglob("*.mp3"))

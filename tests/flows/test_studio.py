"""Supervisors record prompts by telephone; the message of the day; who is not let in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.flows.studio import studio
from ivr.prompts import Phrase
from ivr.studio import MESSAGE
from recordings.shelf import How
from routing.model import CallEnding, Language
from server.recordable import numbered
from server.recordable import words as said
from server.studio import Folders
from tests.support.house import AR, FR, HIND, NUMBER, OMAR, SUNDAY, WELCOME_BACK, ZGH, House, whole_words
from tests.support.scripted_caller import ScriptedCaller
from tests.support.voices import speech

PIN, OTHER_PIN = "271828", "314159"
SENTENCE = speech(3.0)


@pytest_asyncio.fixture
async def house(open_house: Callable[..., House], tmp_path: Path) -> House:
    house = open_house(state=tmp_path)
    (tmp_path / "takes").mkdir()
    house.studio.open()
    return house


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def number_of(folders: Folders, key: str) -> str:
    return str(folders.numbers.of([key])[key])


async def dials(house: House, caller: ScriptedCaller, telephone: str = "101") -> ScriptedCaller:
    assert await house.serves(caller, studio, telephone) is CallEnding.SELF_SERVED
    told = " ".join(str(line) for line in house.kept.records)
    assert PIN not in told
    assert OTHER_PIN not in told
    return caller


# ---- recording


async def test_a_supervisor_records_a_prompt_and_hears_herself_before_she_keeps_it(
    house: House, folders: Folders, tmp_path: Path
) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'menu.repeat')}#").keys("3").silent()
    caller.says(SENTENCE).keys("1").hangs_up_after("studio.kept")
    await dials(house, caller)
    assert caller.heard == [
        "studio.pin",
        "studio.number",
        *["language.choose"] * 3,
        *("studio.text", "menu.repeat", "studio.speak"),
        *("studio.heard", "studio.heard", "studio.keep"),
        "studio.kept",
    ]
    history = folders.shelf.history(FR, "menu.repeat")
    assert [(one.how, one.by) for one in history.versions] == [(How.TELEPHONE, "hind")]
    assert folders.shelf.current(FR, "menu.repeat").read_bytes()[44:] == SENTENCE
    assert not list((tmp_path / "takes").iterdir())


async def test_her_own_language_speaks_to_her_and_the_prompts_language_only_the_prompt(
    house: House, folders: Folders
) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'goodbye')}#").keys("2").silent()
    caller.says(SENTENCE).keys("1").hangs_up_after("studio.kept")
    await dials(house, caller)
    tamazight = [said.key for said in caller.said if said.language is ZGH]
    assert tamazight == ["language.choose", "goodbye"]
    # Until the PIN nobody knows who it is: the telephone's agent speaks Arabic.
    assert [said.language for said in caller.said if said.key.startswith("studio.")] == [AR] + [FR] * 7


async def test_a_supervisors_own_telephone_asks_for_the_pin_in_her_language(house: House) -> None:
    caller = house.calls(number=None).keys("161803#").hangs_up_after("studio.number")
    await dials(house, caller, "110")
    assert [(said.key, said.language) for said in caller.said] == [("studio.pin", FR), ("studio.number", FR)]


async def test_a_take_she_does_not_like_is_recorded_again(house: House, folders: Folders) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'menu.repeat')}#").keys("1").silent()
    caller.says(speech(3.2)).keys("2").silent().says(SENTENCE).keys("1").hangs_up_after("studio.kept")
    await dials(house, caller)
    assert caller.heard.count("studio.speak") == 2
    assert len(folders.shelf.history(AR, "menu.repeat").versions) == 1
    assert folders.shelf.current(AR, "menu.repeat").read_bytes()[44:] == SENTENCE


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        (b"", "studio.empty"),
        (bytes(48000), "studio.empty"),
        (speech(3.0, height=0.002, noise=0.0), "studio.too_quiet"),
        (speech(0.1), "studio.too_short"),
        (speech(110.0), "studio.too_long"),
        (speech(3.0, height=2.0), "studio.clipped"),
        (speech(3.0, height=0.02, noise=0.3), "studio.noisy"),
    ],
)
async def test_a_recording_that_callers_could_not_follow_is_asked_for_again(
    house: House, folders: Folders, spoken: bytes, told: str
) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'menu.repeat')}#").keys("3").silent()
    caller.says(spoken).silent().says(SENTENCE).keys("1").hangs_up_after("studio.kept")
    await dials(house, caller)
    assert caller.heard[caller.heard.index(told) + 1] == "studio.speak"
    assert folders.shelf.current(FR, "menu.repeat").read_bytes()[44:] == SENTENCE


async def test_who_hangs_up_before_keeping_leaves_everything_as_it_was(
    house: House, folders: Folders, tmp_path: Path
) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'menu.repeat')}#").keys("3").silent()
    caller.says(SENTENCE).hangs_up_after("studio.keep")
    await dials(house, caller)
    assert not folders.shelf.current(FR, "menu.repeat").exists()
    assert not list((tmp_path / "takes").iterdir())


async def test_a_full_disk_is_told_and_the_old_recording_stays(
    house: House, folders: Folders, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "recordings" / "versions").write_text("in the way")
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'menu.repeat')}#").keys("3").silent()
    caller.says(SENTENCE).keys("1").hangs_up_after("studio.not_kept")
    await dials(house, caller)
    assert caller.heard[-1] == "studio.not_kept"
    assert not folders.shelf.current(FR, "menu.repeat").exists()


async def test_a_number_that_is_no_prompts_is_asked_again_and_then_given_up(house: House) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys("9999#").keys("**#").silent()
    await dials(house, caller)
    assert caller.heard.count("studio.unknown_number") == 2
    assert caller.heard[-1] == "goodbye"


class Drafts:
    """A synthetic voice that has said everything already, somewhere."""

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        return tuple(f"/drafts/{language}/{phrase.key}" for phrase in phrases)

    def text(self, language: Language, phrase: Phrase) -> str:
        return phrase.key


async def test_a_piece_of_a_prompt_with_a_value_is_recorded_like_a_prompt(
    open_house: Callable[..., House], tmp_path: Path, folders: Folders
) -> None:
    house = open_house(state=tmp_path, drafts=Drafts())
    (tmp_path / "takes").mkdir()
    house.studio.open()
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, 'menu.subject.legal.part1')}#").keys("2").silent()
    caller.says(SENTENCE).keys("1").hangs_up_after("studio.kept")
    await dials(house, caller)
    assert folders.shelf.current(ZGH, "menu.subject.legal.part1").is_file()


async def test_a_piece_that_a_language_does_not_have_is_not_recorded_in_it(
    house: House, folders: Folders
) -> None:
    whole = whole_words()
    lacking = [
        (key, language) for key in numbered(whole) for language in Language if not said(whole, language, key)
    ]
    key, language = lacking[0]
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys(f"{number_of(folders, key)}#")
    caller.keys(str([AR, ZGH, FR].index(language) + 1)).hangs_up_after("studio.unknown_number")
    await dials(house, caller)
    assert caller.heard[-1] == "studio.unknown_number"


async def test_a_hang_up_at_any_step_leaves_no_take_and_keeps_only_what_was_accepted(
    open_house: Callable[..., House], tmp_path: Path
) -> None:
    steps = 0
    kept = set()
    for step in range(40):
        state = tmp_path / str(step)
        house = open_house(state=state)
        (state / "takes").mkdir(parents=True)
        house.studio.open()
        caller = house.calls(number=None).hangs_up_at_step(step)
        number = number_of(Folders(state), "menu.repeat")
        caller.keys(f"{PIN}#").keys(f"{number}#").keys("3").silent().says(b"").silent().says(SENTENCE).keys(
            "1"
        )
        await dials(house, caller)
        assert not list((state / "takes").iterdir())
        steps = max(steps, len(caller.steps))
        if Folders(state).shelf.current(FR, "menu.repeat").exists():
            kept.add(step)
    accepted = min(kept)
    assert 15 < accepted < steps < 40
    assert kept == set(range(accepted, 40))


# ---- the door


async def test_three_wrong_pins_end_the_call_and_then_the_right_one_does_not_help_for_five_minutes(
    house: House,
) -> None:
    guesser = await dials(house, house.calls(number=None).keys("1111#").keys("2222#").keys("3333#"))
    assert guesser.heard[-1] == "studio.locked"
    assert guesser.heard.count("studio.wrong_pin") == 2
    assert "studio.number" not in guesser.heard

    rightful = await dials(house, house.calls(number=None).keys(f"{PIN}#"))
    assert rightful.heard == ["studio.pin", "studio.locked"]
    elsewhere = await dials(house, house.calls(number=None).keys(f"{OTHER_PIN}#"), "103")
    assert elsewhere.heard == ["studio.pin", "studio.locked"], "he may use any telephone, that one too"


async def test_after_five_minutes_the_door_opens_again(house: House) -> None:
    await dials(house, house.calls(number=None).keys("1111#").keys("2222#").keys("3333#"))
    waits = house.calls(number=None)
    await waits.passes(timedelta(minutes=5).total_seconds())
    await dials(house, waits.keys(f"{PIN}#").hangs_up_after("studio.number"))
    assert "studio.number" in waits.heard


async def test_wrong_pins_of_several_calls_count_together(house: House) -> None:
    for pin in ("1111#", "2222#"):
        await dials(house, house.calls(number=None).keys(pin).hangs_up_after("studio.wrong_pin"))
    last = await dials(house, house.calls(number=None).keys("3333#"))
    assert last.heard == ["studio.pin", "studio.locked"]


async def test_a_supervisors_pin_opens_only_at_his_own_telephone(house: House) -> None:
    elsewhere = house.calls(number=None).keys(f"{PIN}#").hangs_up_after("studio.wrong_pin")
    await dials(house, elsewhere, "103")
    anywhere = house.calls(number=None).keys(f"{OTHER_PIN}#").hangs_up_after("studio.number")
    await dials(house, anywhere, "103")
    assert "studio.number" in anywhere.heard
    assert OMAR.extension is None
    assert HIND.extension == "101"


async def test_who_keys_nothing_is_not_let_in(house: House) -> None:
    silent = await dials(house, house.calls(number=None).silent(3))
    assert silent.heard[-1] == "goodbye"
    assert "studio.number" not in silent.heard


# ---- the message of the day


async def records_message(house: House, language_key: str, days: str = "1") -> ScriptedCaller:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys("0#").keys(language_key).keys(f"{days}#").silent()
    return await dials(house, caller.says(speech(8.0)).keys("1").hangs_up_after("studio.kept"))


async def hears(house: House, language: Language) -> list[str]:
    """What a caller hears whose language is known."""
    number = f"{NUMBER[:-1]}{list(Language).index(language)}"
    caller = house.calls(number, known=language).hangs_up_after("menu.subject_intro")
    caller.hangs_up_after("closed.now")
    await house.serves(caller)
    assert {said.language for said in caller.said if said.key == MESSAGE} <= {language}
    return caller.heard


async def test_callers_of_its_language_hear_the_message_after_the_welcome(house: House) -> None:
    assert MESSAGE not in await hears(house, FR)
    await records_message(house, "3")
    assert (await hears(house, FR))[:3] == [*WELCOME_BACK, MESSAGE]
    for other in (AR, ZGH):
        assert MESSAGE not in await hears(house, other)


async def test_who_changes_the_language_hears_the_message_of_that_language(house: House) -> None:
    await records_message(house, "3")
    caller = house.calls(f"{NUMBER[:-1]}9", known=AR).keys("#", after=1).keys("3", after=1).hangs_up(at=40)
    await house.serves(caller)
    said = [(one.key, one.language) for one in caller.said if one.key in ("language.changed", MESSAGE)]
    assert said == [("language.changed", FR), (MESSAGE, FR)]


async def test_a_key_during_the_message_is_her_choice(house: House) -> None:
    await records_message(house, "3")
    caller = house.calls(NUMBER, known=FR).keys("1", after=5).hangs_up(at=30)
    await house.serves(caller)
    assert caller.heard[:3] == [*WELCOME_BACK, MESSAGE]
    assert house.record_of(caller).subject == "legal"
    assert "menu.subject_intro" not in caller.heard


async def test_the_message_is_heard_until_the_last_midnight_of_its_days(house: House) -> None:
    await records_message(house, "3", days="2")
    began = house.now()
    for hours, heard in [(13, True), (37, True), (38, False)]:
        waits = house.calls(number=None)
        await waits.passes((began + timedelta(hours=hours) - house.now()).total_seconds())
        await house.serves(waits.hangs_up_at_step(1))
        assert (MESSAGE in await hears(house, FR)) is heard


async def test_when_closed_the_message_is_heard_too(
    open_house: Callable[..., House], tmp_path: Path, folders: Folders
) -> None:
    house = open_house(SUNDAY, state=tmp_path)
    (tmp_path / "takes").mkdir()
    await records_message(house, "3")
    assert (await hears(house, FR))[:4] == [*WELCOME_BACK, MESSAGE, "closed.now"]


async def test_a_message_is_no_longer_than_half_a_minute(house: House, folders: Folders) -> None:
    caller = house.calls(number=None)
    caller.keys(f"{PIN}#").keys("0#").keys("3").keys("1#").silent().says(speech(60.0)).keys("1")
    await dials(house, caller.hangs_up_after("studio.kept"))
    (kept,) = folders.shelf.history(FR, MESSAGE).versions
    assert kept.seconds == 30.0


@pytest.mark.parametrize("days", ["0#", "31#", "**#"])
async def test_a_number_of_days_that_makes_no_sense_is_asked_again(house: House, days: str) -> None:
    caller = house.calls(number=None).keys(f"{PIN}#").keys("0#").keys("3").keys(days)
    await dials(house, caller.hangs_up_after("studio.wrong_days"))
    assert caller.heard[-1] == "studio.wrong_days"


@pytest.mark.parametrize(
    "damage",
    [b"{", b"[]", b"\xff", b'{"fr": 5}', b'{"fr": {"until": 1}}', b'{"fr": {}}', b'{"xx": {}}']
    + [b'{"fr": {"until": "2026-11-24T00:00:00", "at": "2026-11-23T00:00:00", "by": "hind"}}'],
)
async def test_a_damaged_file_of_messages_silences_the_message_and_not_the_caller(
    house: House, tmp_path: Path, damage: bytes
) -> None:
    await records_message(house, "3")
    (tmp_path / "recordings" / "messages.json").write_bytes(damage)
    heard = await hears(house, FR)
    assert MESSAGE not in heard
    assert "menu.subject_intro" in heard


@pytest.mark.parametrize("damage", [b"[]", b"\xff", b'{"goodbye": "101"}', b'{"goodbye": null}'])
async def test_a_damaged_file_of_numbers_keeps_nobody_from_calling(
    house: House, tmp_path: Path, damage: bytes
) -> None:
    (tmp_path / "recordings" / "numbers.json").write_bytes(damage)
    house.studio.open()
    caller = house.calls(number=None).keys(f"{PIN}#").keys("101#").hangs_up_after("studio.unknown_number")
    await dials(house, caller)
    assert caller.heard[-1] == "studio.unknown_number"
    assert "menu.subject_intro" in await hears(house, FR)

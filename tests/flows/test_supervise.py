"""A supervisor dials *17: what she hears of the centre, and what she can do from there."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.flows.supervise import supervise
from ivr.flows.wait_for_agent import wait_for_agent
from ivr.studio import MESSAGE
from routing.events import AgentTookBreak
from routing.hours import Closed, Open
from routing.model import AgentId, BreakReason, Callback, CallbackState, CallEnding, CallId, Language
from routing.overrides import Becomes
from server.studio import Folders
from tests.support.house import AR, FR, FUNDING, LEGAL, NUMBER, ZGH, House
from tests.support.scripted_caller import ScriptedCaller, answers
from tests.support.voices import speech

Opened = Callable[..., House]
PINS = {FR: "271828", ZGH: "314159"}
NOBODY = ["sup.nobody_signed_in"]
NO_DAY = ["sup.no_service_level", "sup.none_abandoned", "sup.none_due", "sup.none_overdue"]
MENU = [f"sup.menu.{name}" for name in ("queue", "agents", "callbacks", "day", "hours", "message")]
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def house(open_house: Opened, tmp_path: Path) -> House:
    house = open_house(state=tmp_path)
    (tmp_path / "takes").mkdir()
    house.studio.open()
    return house


async def dials(house: House, caller: ScriptedCaller, telephone: str = "101") -> ScriptedCaller:
    assert await house.serves(caller, supervise, house.above, telephone) is CallEnding.SELF_SERVED
    told = " ".join(str(line) for line in house.kept.records)
    assert not any(pin in told for pin in PINS.values())
    return caller


def supervisor(house: House, language: Language = FR) -> ScriptedCaller:
    return house.calls(number=None).keys(f"{PINS[language]}#")


def slots_of(caller: ScriptedCaller, key: str) -> list[dict[str, str]]:
    return [dict(said.slots) for said in caller.said if said.key == key]


async def waiting(house: House, seconds: float, *languages: Language) -> list[asyncio.Task[CallEnding]]:
    """So many callers have joined the line, and the clock has run on."""
    tasks = []
    for place, language in enumerate(languages):
        caller = house.calls(f"{NUMBER[:-2]}{place:02}")
        tasks.append(asyncio.create_task(house.serves(caller, wait_for_agent, language, LEGAL)))
        caller.hangs_up(at=400)
    await asyncio.sleep(seconds)
    return tasks


@contextmanager
def late(house: House, *languages: Language) -> Iterator[list[Callback]]:
    """Promises whose time was yesterday."""
    yesterday = house.now() - timedelta(days=1)
    promises = []
    for place, language in enumerate(languages):
        asked = yesterday + place * timedelta(minutes=5)
        promises.append(
            Callback(
                id=str(100001 + place),  # type: ignore[arg-type]
                number=f"{NUMBER[:-2]}{place:02}",
                language=language,
                subject=FUNDING,
                asked_at=asked,
                not_before=asked,
                promised_until=asked + HOUR,
                asked_in=CallId("earlier"),
            )
        )
        house.book.keep(promises[-1])
    yield promises


# ---- what is heard


async def test_an_empty_centre_is_told_in_words_not_in_zeros(house: House) -> None:
    caller = await dials(house, supervisor(house).hangs_up_after(MENU[-1]))
    assert caller.heard == ["studio.pin", "sup.nobody_waits", *NOBODY, *NO_DAY, *MENU]
    assert {said.language for said in caller.said[1:]} == {FR}


async def test_the_figures_heard_are_those_of_the_moment(house: House) -> None:
    house.signs_in("amal", "idir", "nadia")
    house.telephones.script("amal", answers(talks=3600))
    house.room.tell(AgentTookBreak(AgentId("idir"), BreakReason.PAUSE))
    house.room.tell(AgentTookBreak(AgentId("nadia"), BreakReason.PAUSE))
    tasks = await waiting(house, 62, FR, AR, AR, ZGH)
    caller = supervisor(house, ZGH).hangs_up_after("sup.none_overdue")
    await dials(house, caller, "103")
    now = await house.above.overview()
    assert now.desk.waiting_count == 3
    assert slots_of(caller, "sup.waiting") == [{"n": "3"}]
    (longest,) = slots_of(caller, "sup.longest")
    assert 62 <= int(longest["seconds"]) <= 70
    assert "sup.nobody_free" in caller.heard
    assert slots_of(caller, "sup.talking") == [{"n": "1"}]
    assert slots_of(caller, "sup.on_break") == [{"n": "2"}]
    assert slots_of(caller, "sup.service_level") == [{"n": "100"}]
    assert {said.language for said in caller.said[1:]} == {ZGH}
    await asyncio.gather(*tasks)


async def test_the_queue_by_language_and_each_agent_behind_a_key(house: House) -> None:
    house.signs_in("idir")
    house.room.tell(AgentTookBreak(AgentId("idir"), BreakReason.PAUSE))
    tasks = await waiting(house, 5, FR, AR, FR)
    caller = supervisor(house).keys("1", after=1).keys("2", after=13).hangs_up_after("sup.state.on_break")
    await dials(house, caller)
    at = caller.heard.index("language.name.ar")
    assert caller.heard[at : at + 4] == ["language.name.ar", "people", "language.name.fr", "people"]
    assert slots_of(caller, "people") == [{"n": "1"}, {"n": "2"}]
    assert caller.heard[-2:] == ["sup.extension", "sup.state.on_break"]
    assert slots_of(caller, "sup.extension") == [{"number": "102"}]
    await asyncio.gather(*tasks)


async def test_the_day_is_told_by_language_too(house: House) -> None:
    house.signs_in("amal")
    house.telephones.script("amal", answers(talks=30))
    served = house.calls()
    assert await house.serves(served, wait_for_agent, FR, LEGAL) is CallEnding.ANSWERED
    gone = house.calls(f"{NUMBER[:-1]}7").hangs_up(at=30)
    await house.serves(gone, wait_for_agent, ZGH, LEGAL)
    caller = supervisor(house).keys("4", after=1).hangs_up_after(MENU[0])
    await dials(house, caller)
    day = caller.heard[caller.heard.index("sup.answered") : -1]
    assert day == [
        *("sup.answered", "sup.abandoned", "sup.service_level"),
        *("language.name.zgh", "sup.service_level", "sup.abandoned"),
        *("language.name.fr", "sup.service_level", "sup.none_abandoned"),
    ]
    assert slots_of(caller, "sup.service_level")[-3:] == [{"n": "50"}, {"n": "0"}, {"n": "100"}]


async def test_without_the_database_she_hears_the_line_and_that_the_day_is_not_known(house: House) -> None:
    house.database_tells = False
    caller = await dials(house, supervisor(house).keys("4", after=1).hangs_up_after(MENU[0]))
    assert caller.heard.count("sup.no_figures") == 1
    assert "sup.nobody_waits" in caller.heard


async def test_the_star_tells_the_centre_anew(house: House) -> None:
    house.later(20, house.signs_in, "amal")
    caller = supervisor(house).keys("*", after=30).hangs_up_after("sup.free")
    await dials(house, caller)
    assert caller.heard.count("sup.nobody_waits") == 2
    assert caller.heard.count("sup.nobody_signed_in") == 1
    assert slots_of(caller, "sup.free") == [{"n": "1"}]


async def test_the_hash_changes_her_language(house: House) -> None:
    caller = supervisor(house).keys("#", after=1).keys("1").hangs_up_after(MENU[0])
    await dials(house, caller)
    assert [said.language for said in caller.said if said.key in ("language.changed", MENU[0])] == [AR, AR]


async def test_silence_and_wrong_keys_end_the_call_kindly(house: House) -> None:
    caller = await dials(house, supervisor(house).keys("9").silent().keys("8"))
    assert caller.heard[-1] == "goodbye"
    assert caller.heard.count("menu.wrong_key") == 1
    assert caller.heard.count("menu.nothing_heard") == 1
    assert "menu.language" in caller.heard


# ---- who is let in


async def test_three_wrong_pins_lock_the_studio_and_this_alike(house: House) -> None:
    guesser = await dials(house, house.calls(number=None).keys("1111#").keys("2222#").keys("3333#"))
    assert guesser.heard[-1] == "studio.locked"
    assert not any(key.startswith("sup.") for key in guesser.heard)
    rightful = await dials(house, supervisor(house))
    assert rightful.heard == ["studio.pin", "studio.locked"]


async def test_who_keys_nothing_hears_nothing_of_the_centre(house: House) -> None:
    silent = await dials(house, house.calls(number=None).silent(3))
    assert silent.heard[-1] == "goodbye"
    assert not any(key.startswith("sup.") for key in silent.heard)


# ---- the hours


async def test_she_closes_the_centre_until_a_time_and_says_why(house: House) -> None:
    caller = supervisor(house).keys("5", after=1).keys("1").keys("1430").keys("2").keys("1")
    await dials(house, caller.hangs_up_after("sup.done"))
    assert slots_of(caller, "sup.closes_until") == [{"on": "2026-11-23", "at": "14:30"}]
    reopens = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    assert house.office.centre.hours.at(house.now()) == Closed(reopens, "technical (hind)")
    assert house.opening.said is not None
    assert (house.opening.said.becomes, house.opening.said.by) == (Becomes.CLOSED, "hind")
    (noted,) = [line for line in house.lines_of(caller) if line.what == "hours changed"]
    assert noted.facts == {"becomes": "closed", "why": "technical", "supervisor": "hind"}


async def test_she_leaves_it_open_longer_and_goes_back_to_the_calendar(house: House) -> None:
    caller = supervisor(house).keys("5", after=1).keys("2").keys("2000").keys("5").keys("1")
    caller.keys("5", after=1).keys("3").keys("1").hangs_up_after("sup.becomes_ordinary")
    await dials(house, caller)
    assert slots_of(caller, "sup.opens_until") == [{"on": "2026-11-23", "at": "20:00"}]
    assert slots_of(caller, "sup.open_now") == [
        {"on": "2026-11-23", "at": "16:30"},
        {"on": "2026-11-23", "at": "20:00"},
    ]
    assert "sup.reason.demand" in caller.heard
    again = supervisor(house).keys("5", after=1).keys("3").keys("1").hangs_up_after("sup.done")
    await dials(house, again)
    assert house.opening.said is None
    assert isinstance(house.office.centre.hours.at(house.now()), Open)


@pytest.mark.parametrize("keyed", ["2500", "1260", "12", "**"])
async def test_a_time_that_is_none_is_asked_again(house: House, keyed: str) -> None:
    caller = supervisor(house).keys("5", after=1).keys("1").keys(f"{keyed}#" if len(keyed) < 4 else keyed)
    await dials(house, caller.hangs_up_after("sup.no_such_time"))
    assert caller.heard[-1] == "sup.no_such_time"
    assert house.opening.said is None


async def test_who_does_not_confirm_changes_nothing(house: House) -> None:
    for script in (["2"], []):
        caller = supervisor(house).keys("5", after=1).keys("1").keys("1430").keys("2")
        for keys in script:
            caller.keys(keys)
        await dials(house, caller.hangs_up_after("sup.not_done"))
        assert caller.heard[-1] == "sup.not_done"
    assert house.opening.said is None


async def test_hours_that_cannot_be_kept_are_not_changed(house: House, tmp_path: Path) -> None:
    (tmp_path / "hours.json").mkdir()
    caller = supervisor(house).keys("5", after=1).keys("1").keys("1430").keys("2").keys("1")
    await dials(house, caller.hangs_up_after("sup.not_done"))
    assert isinstance(house.office.centre.hours.at(house.now()), Open)


# ---- promises


async def test_she_takes_over_the_oldest_late_promise(house: House) -> None:
    with late(house, ZGH, FR) as promises:
        caller = supervisor(house).keys("3", after=1).keys("1").hangs_up_after("sup.taken")
        await dials(house, caller)
    assert slots_of(caller, "sup.overdue")[0] == {"n": "2"}
    told = caller.heard[caller.heard.index("sup.late_since") :]
    assert told[:4] == ["sup.late_since", "language.name.zgh", "subject.name.funding", "sup.take"]
    taken = house.book.find(promises[0].id)
    assert taken is not None
    assert (taken.assigned_to, taken.state) == ("101", CallbackState.DUE)
    other = house.book.find(promises[1].id)
    assert other is not None
    assert other.assigned_to is None


async def test_she_hears_the_next_late_promise_and_not_one_that_is_taken(house: House) -> None:
    with late(house, ZGH, FR) as promises:
        house.book.take_over(promises[0].id, "102")
        caller = supervisor(house).keys("3", after=1).keys("2").hangs_up_after(MENU[0])
        await dials(house, caller)
    assert caller.heard.count("sup.late_since") == 1
    assert "language.name.fr" in caller.heard


async def test_a_promise_that_was_kept_meanwhile_cannot_be_taken(house: House) -> None:
    with late(house, FR) as (promise,):
        house.later(20, house.book.cancel, promise.id)
        caller = supervisor(house).keys("3", after=1).keys("1", after=30).hangs_up_after("sup.not_to_take")
        await dials(house, caller)
    assert caller.heard[-1] == "sup.not_to_take"


async def test_without_late_promises_she_is_back_in_the_menu(house: House) -> None:
    caller = supervisor(house).keys("3", after=1).hangs_up_after(MENU[0])
    await dials(house, caller)
    assert "sup.late_since" not in caller.heard
    assert caller.heard[-3:] == ["sup.none_due", "sup.none_overdue", MENU[0]]


# ---- the message of the day, and hanging up


async def test_the_message_of_the_day_is_recorded_from_here(house: House, tmp_path: Path) -> None:
    caller = supervisor(house).keys("6", after=1).keys("3").keys("1#").silent()
    caller.says(speech(8.0)).keys("1").hangs_up_after("studio.kept")
    await dials(house, caller)
    assert Folders(tmp_path).shelf.current(FR, MESSAGE).is_file()


async def test_a_hang_up_at_any_step_changes_only_what_was_confirmed(
    open_house: Opened, tmp_path: Path
) -> None:
    changed, steps = set(), 0
    for step in range(60):
        state = tmp_path / str(step)
        (state / "takes").mkdir(parents=True)
        house = open_house(state=state)
        house.studio.open()
        with late(house, FR):
            caller = supervisor(house).keys("1", after=1).keys("5", after=1).keys("1").keys("1430").keys("2")
            caller.keys("1").keys("3", after=1).keys("1").keys("2", after=1).hangs_up_at_step(step)
            await dials(house, caller)
        steps = max(steps, len(caller.steps))
        if house.opening.said is not None:
            changed.add(step)
    assert steps < 60
    confirmed = min(changed)
    assert changed == set(range(confirmed, 60))

"""Nobody is signed in, and the centre calls its supervisors one after the other until one of them knows."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import time, timedelta
from pathlib import Path

import pytest

from ivr.flows.alert import alert
from routing.alerts import AlertRules, Kind, OnCall, Reading, Rule, Standing
from routing.events import AgentSignedOut
from routing.hours import Open, Span
from routing.model import AgentId
from server.alarm import Alarm
from tests.support.house import FR, SUNDAY, ZGH, ZONE, House
from tests.support.scripted_caller import ScriptedCaller

Opened = Callable[..., House]
MINUTE = timedelta(minutes=1)
RULES = AlertRules(
    (Rule(Kind.NOBODY_SIGNED_IN, 5 * MINUTE), Rule(Kind.DATABASE, MINUTE, out_of_hours=True)), 15 * MINUTE
)
HIND, OMAR = OnCall("hind", "110", None), OnCall("omar", None, "+212655443322")
Script = Callable[[ScriptedCaller], ScriptedCaller]


def agrees(caller: ScriptedCaller) -> ScriptedCaller:
    return caller.keys("1")


def is_silent(caller: ScriptedCaller) -> ScriptedCaller:
    return caller.silent(9)


def hangs_up(caller: ScriptedCaller) -> ScriptedCaller:
    return caller.hangs_up_after("alert.hello")


class Supervisors:
    """Their telephones: what each does when it is answered; without a script it rings in vain."""

    def __init__(self, house: House, **scripts: Script) -> None:
        self.house, self.scripts = house, scripts
        self.rung: list[tuple[str, float]] = []
        self.heard: list[list[str]] = []

    async def tell(self, person: OnCall, standing: Sequence[Standing]) -> bool:
        house = self.house
        self.rung.append((person.who, (house.now() - house.began).total_seconds()))
        script = self.scripts.get(person.who)
        if script is None:
            await asyncio.sleep(30)
            return False
        call, knows = script(house.calls(number=None)), False

        async def flow(*_: object) -> object:
            nonlocal knows
            knows = await alert(call, FR, standing)
            return "self_served"

        await house.serves(call, flow)  # type: ignore[arg-type]
        self.heard.append(call.heard)
        return knows


@asynccontextmanager
async def watched(
    house: House,
    supervisors: Supervisors,
    people: tuple[OnCall, ...] = (HIND, OMAR),
    kept: Path | None = None,
) -> AsyncIterator[Alarm]:
    """The centre is read every five seconds."""

    async def read() -> Reading:
        seen = house.above.at_once()
        return Reading(
            at=seen.at,
            is_open=isinstance(seen.hours, Open),
            longest_wait=seen.desk.longest_wait,
            waiting=seen.desk.waiting_count,
            signed_in=seen.desk.signed_in,
            promises_at_risk=0,
            service_level=None,
            counted=0,
            database_well=house.database_tells,
        )

    alarm = Alarm(RULES, people, read, supervisors.tell, house.now, ZONE, kept)

    async def ticks() -> None:
        while True:
            await alarm.look()
            await asyncio.sleep(5)

    ticking = asyncio.create_task(ticks())
    try:
        yield alarm
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        await alarm.close()


async def test_the_first_who_acknowledges_is_the_last_who_is_called(open_house: Opened) -> None:
    house = open_house()
    supervisors = Supervisors(house, hind=agrees, omar=agrees)
    async with watched(house, supervisors) as alarm:
        await asyncio.sleep(3600)
        ((who, at),) = supervisors.rung
        assert who == "hind"
        assert at == pytest.approx(300, abs=5)
        assert supervisors.heard == [
            ["alert.hello", "sup.nobody_signed_in", "alert.acknowledge", "alert.thanks"]
        ]
        (standing,) = alarm.standing
        assert standing.acknowledged_by == "hind"
        house.signs_in("amal")
        await asyncio.sleep(10)
        assert alarm.standing == ()


async def test_who_acknowledged_is_not_called_again_after_a_restart_about_what_still_stands(
    open_house: Opened, tmp_path: Path
) -> None:
    house, file = open_house(), tmp_path / "alerts.json"
    supervisors = Supervisors(house, hind=agrees)
    async with watched(house, supervisors, kept=file):
        await asyncio.sleep(900)
        assert [who for who, _ in supervisors.rung] == ["hind"]
    async with watched(house, supervisors, kept=file) as alarm:
        await asyncio.sleep(3600)
        assert [who for who, _ in supervisors.rung] == ["hind"], "he knows"
        assert alarm.standing[0].acknowledged_by == "hind"
        house.signs_in("amal")
        await asyncio.sleep(10)
        house.room.tell(AgentSignedOut(AgentId("amal")))
        await asyncio.sleep(900)
        assert [who for who, _ in supervisors.rung] == ["hind", "hind"], "it is a new one"


async def test_a_restart_does_not_begin_the_minutes_anew_and_a_night_does(
    open_house: Opened, tmp_path: Path
) -> None:
    house, file = open_house(), tmp_path / "alerts.json"
    supervisors = Supervisors(house, hind=agrees)
    for seconds in (200, 200):
        async with watched(house, supervisors, kept=file):
            await asyncio.sleep(seconds)
    assert supervisors.rung[0][1] == pytest.approx(300, abs=10)
    await asyncio.sleep(3600)
    async with watched(house, supervisors, kept=file) as alarm:
        await asyncio.sleep(10)
        assert alarm.standing == ()


@pytest.mark.parametrize("damage", ["{", "[]", '{"at": "today"}', '{"at": "2026-11-23T10:00:00+00:00"}'])
async def test_a_damaged_file_of_alerts_keeps_nobody_from_being_called(
    open_house: Opened, tmp_path: Path, damage: str
) -> None:
    house, file = open_house(), tmp_path / "alerts.json"
    file.write_text(damage)
    supervisors = Supervisors(house, hind=agrees)
    async with watched(house, supervisors, kept=file):
        await asyncio.sleep(400)
    assert [who for who, _ in supervisors.rung] == ["hind"]


async def test_a_moment_without_its_zone_in_the_file_of_alerts_keeps_nobody_from_being_called(
    open_house: Opened, tmp_path: Path
) -> None:
    house, file = open_house(), tmp_path / "alerts.json"
    async with watched(house, Supervisors(house, hind=agrees), kept=file):
        await asyncio.sleep(100)
    kept = json.loads(file.read_text())
    for one in kept["standing"].values():
        one["since"] = one["since"].removesuffix("+00:00")
    file.write_text(json.dumps(kept))
    supervisors = Supervisors(house, hind=agrees)
    async with watched(house, supervisors, kept=file):
        await asyncio.sleep(400)
    assert [who for who, _ in supervisors.rung] == ["hind"]


@pytest.mark.parametrize("script", [is_silent, hangs_up])
async def test_who_does_not_press_the_key_does_not_know_and_the_next_is_called(
    open_house: Opened, script: Script
) -> None:
    house = open_house()
    supervisors = Supervisors(house, hind=script, omar=agrees)
    async with watched(house, supervisors) as alarm:
        await asyncio.sleep(1200)
        assert [who for who, _ in supervisors.rung] == ["hind", "omar"]
        assert alarm.standing[0].acknowledged_by == "omar"


async def test_when_nobody_answers_the_round_begins_again_after_its_time(open_house: Opened) -> None:
    house = open_house()
    supervisors = Supervisors(house)
    async with watched(house, supervisors):
        await asyncio.sleep(2 * 900 + 200)
        firsts = [at for who, at in supervisors.rung if who == "hind"]
        assert [who for who, _ in supervisors.rung] == ["hind", "omar", "hind", "omar"]
        assert firsts[1] - firsts[0] == pytest.approx(900, abs=5)


async def test_who_signs_in_while_it_rings_spares_the_next_supervisor(open_house: Opened) -> None:
    house = open_house()
    supervisors = Supervisors(house)
    house.later(310, house.signs_in, "amal")
    async with watched(house, supervisors):
        await asyncio.sleep(1200)
        assert [who for who, _ in supervisors.rung] == ["hind"]


async def test_out_of_hours_only_what_is_watched_then_calls_anybody(open_house: Opened) -> None:
    house = open_house(SUNDAY)
    supervisors = Supervisors(house, hind=agrees)
    async with watched(house, supervisors):
        await asyncio.sleep(3600)
        assert supervisors.rung == []
        house.database_tells = False
        await asyncio.sleep(120)
        assert [who for who, _ in supervisors.rung] == ["hind"]
        assert "alert.database" in supervisors.heard[0]
        assert "sup.nobody_signed_in" not in supervisors.heard[0]


async def test_who_is_not_on_duty_is_not_called(open_house: Opened) -> None:
    house = open_house()
    supervisors = Supervisors(house, hind=agrees, omar=agrees)
    later = OnCall("hind", "110", None, (Span(time(14), time(18)),))
    async with watched(house, supervisors, (later, OMAR)):
        await asyncio.sleep(1200)
        assert [who for who, _ in supervisors.rung] == ["omar"]


async def test_what_comes_later_is_told_by_itself(open_house: Opened) -> None:
    house = open_house()
    supervisors = Supervisors(house, hind=agrees)
    async with watched(house, supervisors):
        await asyncio.sleep(400)
        house.database_tells = False
        await asyncio.sleep(400)
        assert [heard[1:-2] for heard in supervisors.heard] == [["sup.nobody_signed_in"], ["alert.database"]]


async def test_a_telephone_that_cannot_be_rung_does_not_end_the_watch(open_house: Opened) -> None:
    house = open_house()

    async def breaks(person: OnCall, standing: Sequence[Standing]) -> bool:
        raise RuntimeError("no telephone")

    supervisors = Supervisors(house)
    supervisors.tell = breaks  # type: ignore[method-assign]
    async with watched(house, supervisors) as alarm:
        await asyncio.sleep(600)
        assert alarm.standing
        house.signs_in("amal")
        await asyncio.sleep(10)
        assert alarm.standing == ()


async def test_each_language_has_the_sentences(open_house: Opened) -> None:
    house = open_house()
    every = [Standing(kind, house.now(), 7.0, raised=True) for kind in Kind]
    for language in (FR, ZGH):
        call = house.calls(number=None).keys("1")

        async def flow(*_: object, call: ScriptedCaller = call, language: object = language) -> object:
            assert await alert(call, language, every)  # type: ignore[arg-type]
            return "self_served"

        await house.serves(call, flow)  # type: ignore[arg-type]
        assert {said.language for said in call.said} == {language}
        assert len(call.heard) == len(every) + 3

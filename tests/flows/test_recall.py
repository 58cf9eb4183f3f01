"""Who was set aside is rung and told; what he does with that call is his."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pbx.summons import Summons
from routing.events import AgentTookBreak
from routing.model import AgentId, Available, BreakReason, CallEnding, Direction, OnBreak
from server.recall import Recall
from tests.support.house import House
from tests.support.scripted_caller import ScriptedCaller


class PickedUp(Summons):
    """A telephone that is answered at once, by `leg`."""

    def __init__(self, house: House, leg: ScriptedCaller) -> None:
        self.house, self.leg = house, leg
        self.endings: list[CallEnding] = []

    async def ring(self, unique: str, channel: str, shows: str, at_most: timedelta, flow: Any) -> bool:
        async def serve(call: Any, _: object) -> CallEnding:
            ending: CallEnding = await flow(call)
            return ending

        self.endings.append(await self.house.serves(self.leg, serve))
        return True


async def recalled(house: House, leg: ScriptedCaller) -> PickedUp:
    """Amal has missed an offer and is rung a minute later."""
    leg.log.set(direction=Direction.INTERNAL)
    house.room.tell(AgentTookBreak(AgentId("amal"), BreakReason.MISSED_OFFER))
    picked_up = PickedUp(house, leg)
    recall = Recall(house.office, house.room.desk.seats.values, picked_up, timedelta(seconds=60))
    await asyncio.sleep(61)
    for _ in range(3):
        recall.look()
        await asyncio.sleep(30)
    await recall.close()
    return picked_up


async def test_one_brings_him_back(house: House) -> None:
    picked_up = await recalled(house, house.calls(None).keys("1"))
    assert picked_up.endings == [CallEnding.SELF_SERVED], "he is rung once"
    assert isinstance(house.seat("amal").state, Available)


@pytest.mark.parametrize("step", [0, 1, 2])
async def test_a_hang_up_is_no_failure_and_leaves_him_where_he_was(house: House, step: int) -> None:
    leg = house.calls(None).hangs_up_at_step(step)
    picked_up = await recalled(house, leg)
    assert picked_up.endings == [CallEnding.SELF_SERVED]
    assert isinstance(house.seat("amal").state, OnBreak)

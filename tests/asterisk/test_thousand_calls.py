"""A thousand callers at ten a second who hang up anywhere: Asterisk's count, the database's, and theirs are one."""

import asyncio
import contextlib
from collections import Counter
from typing import Literal

import pytest

from db.cdr import accepted_ids
from routing.model import CallEnding, Direction
from server.softphone import PhoneWaitedInVain, Softphone
from server.softphone_control import ControlError
from tests.asterisk.centre import cdr_rows
from tests.support.sipp import Keys, Pause, Speak, hanging_up_anywhere, may_open_raw_sockets, place_calls

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(400)]

CALLS = 1000
STEPS = (Pause(1.0), Keys("3"), Pause(0.7), Keys("3"), Speak(5, 700))


async def answers_everyone(phone: Softphone) -> None:
    """An agent who talks for a second and hangs up, until he is sent home."""
    while True:
        with contextlib.suppress(PhoneWaitedInVain, ControlError):  # the caller may go at any moment
            ringing = await phone.incoming(60)
            await ringing.accept()
            with contextlib.suppress(PhoneWaitedInVain):
                await ringing.ended(1)
                continue
            await ringing.hang_up()
            await ringing.ended(5)


async def test_no_call_of_a_thousand_is_lost(centre):
    # A crossing of CANCEL and answer is an ERROR in Asterisk's log, and no error.
    centre.allowed.append("Session already DISCONNECTED")
    await centre.opens()
    agents = [await centre.agent(extension) for extension in ("101", "103")]
    at_work = [asyncio.create_task(answers_everyone(agent)) for agent in agents]
    calls = hanging_up_anywhere(CALLS, STEPS, seed=2026, give_up_ringing=0.03)
    # Where SIPp may not send keys as RTP it sends them as INFO.
    keys: Literal["rfc4733", "info"] = "rfc4733" if may_open_raw_sockets() else "info"
    placed = await place_calls(calls, server=centre.exchange.server, rate=10, at_once=200, keys=keys)
    await centre.is_quiet()
    for task in at_work:
        task.cancel()
    await asyncio.gather(*at_work, return_exceptions=True)

    assert (placed.placed, placed.failed, placed.refused) == (CALLS, 0, 0), placed
    accepted = accepted_ids(cdr_rows(centre.exchange.cdr))
    rows = [row for row in await centre.rows() if row.direction is Direction.INBOUND]
    assert len(accepted) == CALLS
    assert {row.id for row in rows} == accepted
    assert [row for row in rows if row.recovered] == []
    endings = Counter(row.ending for row in rows)
    # Every step was somebody's last.
    assert endings.keys() == {CallEnding.LEFT_IN_MENU, CallEnding.ABANDONED, CallEnding.ANSWERED}
